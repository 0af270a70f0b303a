import type { ServerDuplexStream } from '@grpc/grpc-js'
import type { Audience } from './audience.ts'
import type { Latency } from './latency.ts'
import { beside, encode, type ListenRequest, type Micros, timestampOf } from './messages.ts'
import { type Plan, planOf } from './plan.ts'
import { notHere } from './refusal.ts'
import { bytesFor } from './answers.ts'
import type { Store } from './store.ts'
import { type Outlet, planOfDocument, Target } from './target.ts'

/** How often a quiet listener hears that nothing has happened. Google's client opens its stream anew after two minutes of silence. */
const QUIET_MS = 30_000

const ADD = 1
const REMOVE = 2
const CURRENT = 3
const RESET = 4

interface Parts {
  readonly store: Store
  readonly audience: Audience
  readonly latency: Latency
}

/** Answers a stream of `Listen`: each target with what is there, and with each change after the latency. */
export function listenCall(call: ServerDuplexStream<ListenRequest, Buffer>, { store, audience, latency }: Parts): void {
  const targets = new Map<number, Target>()
  let isOpen = true
  const say = (message: Buffer): void => latency.after(() => void (isOpen && call.write(message)))
  const upTo = (at: Micros) => encode.listen({ targetChange: { readTime: timestampOf(at), resumeToken: tokenOf(at) } })
  const quiet = setInterval(() => say(upTo(store.now())), QUIET_MS)
  const end = (): void => {
    isOpen = false
    clearInterval(quiet)
    for (const target of targets.values()) target.end()
    targets.clear()
  }
  const outletOf = (plan: Plan, targetIds: readonly number[]): Outlet => {
    const rest = encode.documentChange({ targetIds })
    return {
      document: (document) => say(beside(CHANGE_FIELD, beside(1, bytesFor(plan, document), rest), NOTHING)),
      gone: (name, isDeleted, at) => {
        const gone = { document: name, removedTargetIds: targetIds, readTime: timestampOf(at) }
        say(encode.listen(isDeleted ? { documentDelete: gone } : { documentRemove: gone }))
      },
      reset: () => say(encode.listen({ targetChange: { targetChangeType: RESET, targetIds } })),
      upTo: (at, isFirst) => {
        const change = { targetChangeType: CURRENT, targetIds, readTime: timestampOf(at), resumeToken: tokenOf(at) }
        if (isFirst) say(encode.listen({ targetChange: change }))
        say(upTo(at))
      },
    }
  }
  const add = ({ targetType, query, documents, targetId, resumeToken }: NonNullable<ListenRequest['addTarget']>): void => {
    const [only = '', ...more] = documents?.documents ?? []
    if (more.length > 0) throw notHere('listener to several documents')
    const plan = targetType === 'query' ? planOf(query.parent, query.structuredQuery) : planOfDocument(only)
    if (plan.group !== null) throw notHere('listener to a group of collections')
    const targetIds = [targetId]
    say(encode.listen({ targetChange: { targetChangeType: ADD, targetIds } }))
    const since = resumeToken.length === 0 ? null : Number(Buffer.from(resumeToken).toString())
    targets.set(targetId, new Target(plan, { store, audience, outlet: outletOf(plan, targetIds) }, since))
  }
  call.on('data', ({ addTarget, removeTarget }: ListenRequest) => {
    try {
      if (addTarget) add(addTarget)
      else {
        targets.get(removeTarget)?.end()
        targets.delete(removeTarget)
        say(encode.listen({ targetChange: { targetChangeType: REMOVE, targetIds: [removeTarget] } }))
      }
    } catch (error) {
      call.emit('error', error)
    }
  })
  call.on('end', () => {
    end()
    call.end()
  })
  call.on('cancelled', end)
  call.on('error', end)
}

/** The field `document_change` of `ListenResponse`. */
const CHANGE_FIELD = 3
const NOTHING = Buffer.alloc(0)

/** A listener that comes back names the time up to which it has heard. */
const tokenOf = (at: Micros): Buffer => Buffer.from(String(at))
