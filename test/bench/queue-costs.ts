import { setTimeout as pause } from 'node:timers/promises'
import type { TextOptions } from '../support/api-client.ts'
import { CountedApi } from './counted-api.ts'
import { per, sum, type Operations } from './costs.ts'
import type { Clients } from './product.ts'
import { beyond, during, type Window } from './runner-window.ts'
import type { Chat } from './subject.ts'
import type { BenchWorld } from './world.ts'

/** Just beyond what the runner waits by itself, so that a task makes the message due. */
const RETRY_MS = 61_000
const LATER_MS = 10_000
const HOUR_MS = 3_600_000

/** The contact's delivery receipt belongs to the message. */
const RECEIPT_MS = 2000

export interface QueueCosts {
  /** A message that WhatsApp refused once, and whose retry came by a task. */
  readonly perRetried: Operations
  /** A message for a later time. */
  readonly perScheduled: Operations
  /** A message for a later time that was cancelled before. Its task comes all the same. */
  readonly perCanceled: Operations
}

/**
 * Measures the operations of messages with a longer life, from request to delivery receipt: those of the runner by its heartbeats, and
 * those of the API and of the task's handler in this process.
 */
export async function measureQueueCosts(
  world: BenchWorld,
  clients: Clients,
  { chats, idle }: { readonly chats: readonly Chat[]; readonly idle: Window },
): Promise<QueueCosts> {
  for (const { phone } of chats) await world.simulator.orderFault({ kind: 'nack', account: phone, code: 479, count: 1 })
  const runner = async (what: string, options: () => TextOptions): Promise<Operations> =>
    per(beyond(idle, await during(clients, () => send(world, chats, what, options))), chats.length)
  const retried = await runner('retried', () => ({ retry: { delaysMs: [RETRY_MS] } }))
  const scheduled = await runner('scheduled', () => ({ sendAt: inMs(LATER_MS) }))
  const { accepted, acceptedForLater, canceled, task, taskOfCanceled } = await measureFunctions(clients, chats)
  return {
    perRetried: sum(sum(retried, accepted), task),
    perScheduled: sum(sum(scheduled, acceptedForLater), task),
    perCanceled: sum(sum(acceptedForLater, canceled), taskOfCanceled),
  }
}

/** Measures each part that functions take in the life of a message. */
async function measureFunctions(clients: Clients, chats: readonly Chat[]) {
  const api = await CountedApi.open(clients)
  const ids: string[] = []
  const each = (work: (id: string) => Promise<void>) =>
    api.count(ids.length, async () => {
      for (const id of ids) await work(id)
    })
  const accept = (options: TextOptions) =>
    api.count(chats.length, async () => {
      for (const { contact } of chats) ids.push(await api.accept(contact, options))
    })
  const accepted = await accept({ retry: { delaysMs: [RETRY_MS] } })
  ids.length = 0
  const acceptedForLater = await accept({ sendAt: inMs(HOUR_MS) })
  const task = await each((id) => api.handleTask(id))
  ids.length = 0
  await accept({ sendAt: inMs(HOUR_MS) })
  const canceled = await each((id) => api.cancel(id))
  return { accepted, acceptedForLater, task, canceled, taskOfCanceled: await each((id) => api.handleTask(id)) }
}

const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString()

/** Sends one message from each session, and waits until all have arrived. */
async function send(world: BenchWorld, chats: readonly Chat[], what: string, options: () => TextOptions): Promise<void> {
  const acked = world.span(
    'acked',
    chats.map(({ phone }) => phone),
    chats.length,
  )
  await Promise.all(
    chats.map(({ name, contact }) =>
      world.api.sendText({
        session: name,
        chatId: `${contact}@c.us`,
        text: `To be counted: ${what}`,
        idempotencyKey: `${what}-${name}`,
        ...options(),
      }),
    ),
  )
  await acked
  await pause(RECEIPT_MS)
}
