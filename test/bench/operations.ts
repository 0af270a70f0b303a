import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { WrappingKey } from '@holdfast/core/security/envelope'
import { createLogger } from '@holdfast/core/platform/logging'
import { DocumentJournals } from '@holdfast/core/journal/document-journals'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { createApp } from '../../functions/src/app/app.ts'
import { holderOf } from '../../functions/src/app/authentication.ts'
import { difference, per, sum, type Operations } from './costs.ts'
import { type Clients, freshHeartbeat } from './product.ts'
import type { Chat } from './subject.ts'
import type { BenchWorld } from './world.ts'

interface Window {
  readonly operations: Operations
  readonly hours: number
}

/** What the runner asked of Google while something was done, as its heartbeats tell. */
async function during(clients: Clients, work: () => Promise<void>): Promise<Window> {
  const before = await freshHeartbeat(clients)
  await work()
  const after = await freshHeartbeat(clients)
  if (!before.operations || !after.operations) throw new Error('The runner does not tell its operations.')
  const hours = (after.heartbeatAt.getTime() - before.heartbeatAt.getTime()) / 3_600_000
  return { operations: difference(after.operations, before.operations), hours }
}

const share = ({ operations }: Window, hours: number, of: Window): Operations =>
  difference(operations, per(of.operations, of.hours / hours))

/**
 * Operations of each message to send (the API's and the runner's), of each received one, and of an idle session in an hour. What a
 * runner costs whatever it holds (its heartbeat, its look for sessions) is measured with no session and taken off.
 */
export async function measureOperations(
  world: BenchWorld,
  clients: Clients,
  /** `online`: how many sessions the runner holds. */
  options: { chats: readonly Chat[]; online: number; messages: number; idleMs: number; empty: Window },
) {
  const { chats, online, messages, idleMs, empty } = options
  const total = chats.length * messages
  const phones = chats.map(({ phone }) => phone)
  const idle = await during(clients, () => pause(idleMs))
  const sent = await during(clients, async () => {
    const acked = world.span('acked', phones, total)
    for (let index = 0; index < messages; index++) {
      await Promise.all(
        chats.map(({ name, contact }) =>
          world.api.sendText({
            session: name,
            chatId: `${contact}@c.us`,
            text: `To be counted ${index}`,
            idempotencyKey: `counted-${name}-${index}`,
          }),
        ),
      )
    }
    await acked
    // Delivery receipts of the contact belong to the message.
    await pause(2000)
  })
  const received = await during(clients, async () => {
    const receipts = world.span('receipt', phones, total)
    for (const { contact, phone } of chats) await world.simulator.sendManyAsContact(contact, phone, 'To be counted {n}', messages)
    await receipts
    await pause(2000)
  })
  return {
    perSent: sum(per(share(sent, sent.hours, idle), total), await operationsOfRequest(clients, chats)),
    perReceived: per(share(received, received.hours, idle), total),
    perIdleSessionHour: per(share(idle, idle.hours, empty), online * idle.hours),
    perIdleRunnerHour: per(empty.operations, empty.hours),
  }
}

/** Of a runner that holds nothing. */
export const measureEmpty = (clients: Clients, ms: number): Promise<Window> => during(clients, () => pause(ms))

/** What one accepted message costs the API, on the clients that count. */
async function operationsOfRequest({ documents, objects, operations }: Clients, chats: readonly Chat[]): Promise<Operations> {
  const apiKey = randomBytes(16).toString('hex')
  const app = createApp({
    documents,
    objects,
    storage: objects,
    journalsOn: (guarded) => new DocumentJournals(guarded),
    // Nothing that is made here is ever opened: the session does not exist for the runner.
    wrappingKey: new WrappingKey(randomBytes(32)),
    authenticate: holderOf(apiKey),
    thresholds: { cpu: 100, memory: 100 },
    clock: systemClock,
    logger: createLogger('bench', 'silent'),
  })
  const post = (path: string, body: unknown) =>
    app.request(path, {
      method: 'POST',
      headers: { 'X-Api-Key': apiKey, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })
  await post('/api/sessions', { name: 'counted-by-itself', start: false })
  const before = { ...operations }
  const count = chats.length
  for (const { contact } of chats) {
    const { status } = await post('/api/sendText', { session: 'counted-by-itself', chatId: `${contact}@c.us`, text: 'Counted' })
    if (status !== 202) throw new Error(`The API answered ${status} to a message.`)
  }
  return per(difference(operations, before), count)
}
