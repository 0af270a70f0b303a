import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { WrappingKey } from '@holdfast/core/security/envelope'
import { DEFAULT_TENANT_SETTINGS } from '@holdfast/core/operations/tenant-settings'
import { createLogger } from '@holdfast/core/platform/logging'
import { DocumentJournals } from '@holdfast/core/journal/document-journals'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { createApp } from '../../functions/src/app/app.ts'
import { keysBeside } from '../../functions/src/app/authentication.ts'
import { difference, per, sum, type Operations } from './costs.ts'
import { RecordedTasks } from '../support/recorded-tasks.ts'
import { type Clients, freshHeartbeat } from './product.ts'
import type { Chat } from './subject.ts'
import type { BenchWorld } from './world.ts'

interface Window {
  readonly operations: Operations
  readonly hours: number
}

/** Measures the runner's operations on Google's services during some work, by its heartbeats before and after. */
async function during(clients: Clients, work: () => Promise<void>): Promise<Window> {
  const before = await freshHeartbeat(clients)
  await work()
  const after = await freshHeartbeat(clients)
  if (!before.operations || !after.operations) throw new Error('The heartbeats of the runner have no counts of operations.')
  const hours = (after.heartbeatAt.getTime() - before.heartbeatAt.getTime()) / 3_600_000
  return { operations: difference(after.operations, before.operations), hours }
}

const share = ({ operations }: Window, hours: number, of: Window): Operations =>
  difference(operations, per(of.operations, of.hours / hours))

/**
 * Measures the operations per sent message (of the API and the runner), per received message, and per idle session and hour. The
 * operations of a runner without sessions (its heartbeat and its search for sessions) are measured first and subtracted.
 */
export async function measureOperations(
  world: BenchWorld,
  clients: Clients,
  /** `online` is the number of sessions on the runner. */
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
    // The contact's delivery receipts belong to the message.
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

/** Measures a runner without sessions. */
export const measureEmpty = (clients: Clients, ms: number): Promise<Window> => during(clients, () => pause(ms))

/** Measures the operations of the API per accepted message, on clients that count. */
async function operationsOfRequest({ documents, objects, operations }: Clients, chats: readonly Chat[]): Promise<Operations> {
  const apiKey = randomBytes(16).toString('hex')
  const app = createApp({
    documents,
    objects,
    archives: objects,
    storage: objects,
    tasks: new RecordedTasks(),
    journalsOn: (guarded) => new DocumentJournals(guarded),
    // A random key is enough, because no runner opens the content of this session.
    wrappingKey: new WrappingKey(randomBytes(32)),
    authenticatorOn: keysBeside(apiKey),
    tenantDefaults: DEFAULT_TENANT_SETTINGS,
    acceptsMessages: true,
    isMultiTenant: true,
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
    if (status !== 201) throw new Error(`The API answered ${status} to a message.`)
  }
  return per(difference(operations, before), count)
}
