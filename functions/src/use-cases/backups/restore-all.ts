import { Deadline } from '@holdfast/core/platform/deadlines'
import { isDamage, isKeyTrouble, messageOf } from '@holdfast/core/platform/errors'
import { inParallel } from '@holdfast/core/platform/in-parallel'
import { sessionIdOf, sessionNameOf } from '@holdfast/core/session/ids'
import { isHandedOut, movedSchema } from '@holdfast/core/session/session-document'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import type { Principal } from '../../app/principal.ts'
import type { Dependencies } from '../dependencies.ts'
import { knownSessions, namedSession, unknownSession } from '../find-session.ts'
import { actionsOf, MOST_AT_ONCE, newRun } from '../recoveries/action-runs.ts'
import { requestAction } from '../recoveries/request-action.ts'
import { Refusal } from '../refusal.ts'
import { returnToBackup } from './return-to-backup.ts'

type Needed = Pick<Dependencies, 'documents' | 'objects' | 'journals' | 'wrappingKey' | 'clock' | 'logger'>

/** Each reads the whole state of a session. */
const AT_ONCE = 5

/** A request has a minute. The sessions that it does not come to in this time are left to the next one. */
const BEGINS_WITHIN_MS = 30_000

export interface RestoreOfAll {
  /** The time to return to: each session returns to its newest backup that is not after it. */
  readonly at: Date
  /** Names. Undefined: all sessions of the caller. */
  readonly sessions: readonly string[] | undefined
  /** If false, nothing is changed, and the answer says what would be lost. */
  readonly approve: boolean
  /** The approved run that goes on. Undefined: a new one. */
  readonly run: string | undefined
  /** Only sessions after this one, by name. For a plan of many parts. */
  readonly after: string | undefined
}

/** What a return of one session would bring. */
interface Planned {
  readonly session: string
  readonly backup: string
  readonly gapMs: number | null
  readonly records: number
  readonly messages: number
  /** Null when the present state cannot be read. */
  readonly contacts: number | null
  readonly chats: number
  readonly risk: 'low' | 'medium' | 'high'
  /** Why no runner performs it for now. Null: one does. */
  readonly waitsFor: 'session-exported' | null
  readonly action: string | null
}

interface Refused {
  readonly session: string
  readonly code: string
  readonly sentence: string
}

/**
 * Returns sessions of the caller to a point in time, each to its own backup. Says first what would be lost, and which sessions cannot return.
 * With approval each session gets an action; one that cannot return gets an action that says why, so that the run knows all of its sessions.
 * What there is no time for, or what the stores do not answer once a run has begun, is left to a request that goes on with it.
 *
 * @throws Refusal `unknown-session` for a named session that there is none of, `unknown-action` when there is no such run
 */
export async function restoreAll(needed: Needed, principal: Principal, request: RestoreOfAll) {
  const { documents, clock, logger } = needed
  const { at, approve, run: given, after } = request
  const deadline = new Deadline(clock, BEGINS_WITHIN_MS)
  const earlier = given === undefined ? [] : await actionsOf({ documents, logger }, principal, { id: given, kind: 'restore' })
  const begun = new Set(earlier.map(({ action }) => action.sessionId))
  const wanted = await wantedSessions(needed, principal, request)
  const missing = wanted.filter(({ id }) => !begun.has(id) && (after === undefined || sessionNameOf(id) > after))
  const now = missing.slice(0, MOST_AT_ONCE)
  const run = approve ? (given ?? newRun(clock.now())) : null
  const planned: Planned[] = []
  const refused: Refused[] = []
  let begins = 0
  let trouble: Error | null = null as Error | null
  await inParallel(AT_ONCE, now, async (snapshot) => {
    if (trouble !== null || (begins > 0 && deadline.remainingMs === 0)) return
    begins++
    try {
      const found = await returnOf(needed, principal, snapshot, { at, run })
      if ('code' in found) refused.push(found)
      else planned.push(found)
    } catch (error) {
      trouble ??= error instanceof Error ? error : new Error(messageOf(error))
    }
  })
  const done = planned.length + refused.length
  // Whoever does not learn the id of a run that has begun would begin another one.
  if (trouble !== null && (run === null || done === 0)) throw trouble
  if (run !== null) {
    const told = { run, at, count: planned.length, refused: refused.length, ...(trouble === null ? {} : { error: trouble }) }
    logger.warn(told, 'A return of sessions was approved.')
  }
  const left = missing.length - done
  // They begin in the order of their names.
  const last = now[begins - 1]
  return {
    run,
    at,
    sums: sumsOf(planned, refused),
    sessions: planned.toSorted(byName),
    refused: refused.toSorted(byName),
    left,
    after: left > 0 && last ? sessionNameOf(last.id) : null,
  }
}

const byName = (one: { readonly session: string }, other: { readonly session: string }): number =>
  one.session < other.session ? -1 : 1

/** By name, so that parts follow one another. */
async function wantedSessions(
  { documents }: Needed,
  principal: Principal,
  { sessions }: RestoreOfAll,
): Promise<DocumentSnapshot[]> {
  const known = await knownSessions(documents, principal, { select: ['moved'] })
  const inOrder = known.toSorted((one, other) => (one.id < other.id ? -1 : 1))
  if (sessions === undefined) return inOrder
  const named = new Set(sessions.map((name) => namedSession(principal, name)))
  const found = inOrder.filter(({ id }) => named.has(id))
  const unknown = sessions.find((name) => !found.some(({ id }) => id === sessionIdOf(principal.tenant, name)))
  if (unknown !== undefined) throw unknownSession(unknown)
  return found
}

async function returnOf(
  needed: Needed,
  principal: Principal,
  { id, fields }: DocumentSnapshot,
  { at, run }: { readonly at: Date; readonly run: string | null },
): Promise<Planned | Refused> {
  const session = sessionNameOf(id)
  try {
    const { body } = await returnToBackup(needed, principal, { name: session, wanted: { at }, approve: run !== null, run })
    const { records, messages, contacts, chats } = body.wouldLose
    const moved = movedSchema.safeParse(fields['moved']).data ?? null
    return {
      session,
      backup: body.backup.id,
      gapMs: body.gapMs,
      records,
      messages,
      contacts,
      chats,
      risk: body.risk.level,
      waitsFor: isHandedOut({ moved }) ? 'session-exported' : null,
      action: 'action' in body ? body.action.id : null,
    }
  } catch (error) {
    const why = reasonOf(error)
    if (run !== null) await note(needed, principal, { sessionId: id, run, why })
    return { session, ...why }
  }
}

/** Why a session cannot return. An error of the stores ends the request instead: repeated, it goes on. */
function reasonOf(error: unknown): { readonly code: string; readonly sentence: string } {
  const isOfSession = error instanceof Refusal || isDamage(error) || isKeyTrouble(error)
  if (isOfSession) return { code: error.code, sentence: messageOf(error) }
  throw error
}

async function note(
  { documents }: Needed,
  principal: Principal,
  { sessionId, run, why }: { readonly sessionId: string; readonly run: string; readonly why: Omit<Refused, 'session'> },
): Promise<void> {
  const result = { code: why.code, sentence: why.sentence }
  const asked = { sessionId, type: 'restore' as const, why: `Return of many sessions (${run}).`, restoreRun: run }
  await requestAction(documents, principal, { ...asked, state: 'vetoed', result })
}

function sumsOf(planned: readonly Planned[], refused: readonly Refused[]) {
  const sum = (of: (one: Planned) => number | null): number => planned.reduce((total, one) => total + (of(one) ?? 0), 0)
  return {
    sessions: planned.length,
    refused: refused.length,
    waiting: planned.filter(({ waitsFor }) => waitsFor !== null).length,
    records: sum(({ records }) => records),
    messages: sum(({ messages }) => messages),
    contacts: sum(({ contacts }) => contacts),
    chats: sum(({ chats }) => chats),
  }
}
