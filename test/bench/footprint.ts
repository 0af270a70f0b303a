import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { journalPath } from '@holdfast/core/journal/journal-record'
import { JOBS } from '@holdfast/core/message/job-document'
import { messagesPath } from '@holdfast/core/message/message-document'
import { sessionIdOf } from '@holdfast/core/session/ids'
import { sessionDocumentSchema, sessionPath } from '@holdfast/core/session/session-document'
import type { Clients } from './product.ts'
import type { Chat } from './subject.ts'
import type { BenchWorld } from './world.ts'

/** What the runner leaves in the world, beside the operations that Google counts. In bytes. */
export interface Bytes {
  /** Traffic to WhatsApp with the overhead of WebSocket and TLS, which leaves the network of Google. */
  readonly egress: number
  readonly log: number
}

/** The size of what is kept, in bytes. */
export interface Kept {
  readonly job: number
  readonly receivedMessage: number
  readonly journalRecord: number
  readonly checkpoint: number
}

const READ_SIDE_MS = 2000

/** Measures traffic and logs of sessions that do nothing, send, and receive. `egress` and `log` of the last two are per message. */
export async function measureFootprint(
  world: BenchWorld,
  { chats, online, messages, idleMs }: { chats: readonly Chat[]; online: number; messages: number; idleMs: number },
) {
  const phones = chats.map(({ phone }) => phone)
  const total = chats.length * messages
  const idle = await left(world, () => pause(idleMs))
  const beyondIdle = ({ bytes, ms }: Left): Bytes => ({
    egress: (bytes.egress - (idle.bytes.egress * ms) / idle.ms) / total,
    log: (bytes.log - (idle.bytes.log * ms) / idle.ms) / total,
  })
  const sent = await left(world, async () => {
    const acked = world.span('acked', phones, total)
    for (let index = 0; index < messages; index++) {
      for (const { name, contact } of chats) {
        const idempotencyKey = `footprint-${name}-${index}`
        await world.api.sendText({ session: name, chatId: `${contact}@c.us`, text: TEXT, idempotencyKey })
      }
    }
    await acked
    await pause(READ_SIDE_MS)
  })
  const received = await left(world, async () => {
    const receipts = world.span('receipt', phones, total)
    for (const { contact, phone } of chats) await world.simulator.sendManyAsContact(contact, phone, `${TEXT} {n}`, messages)
    await receipts
    await pause(READ_SIDE_MS)
  })
  const hours = (online * idle.ms) / 3_600_000
  return {
    perIdleSessionHour: { egress: idle.bytes.egress / hours, log: idle.bytes.log / hours },
    perSent: beyondIdle(sent),
    perReceived: beyondIdle(received),
  }
}

/** As long as a message between a business and its customer. */
const TEXT =
  'Your appointment is on Thursday at 10:30. Answer 1 to confirm, 2 to move it, 3 to cancel it. Thank you, and see you soon.'

interface Left {
  readonly bytes: Bytes
  readonly ms: number
}

async function left(world: BenchWorld, work: () => Promise<unknown>): Promise<Left> {
  const [before, startedAt] = [await bytesSoFar(world), performance.now()]
  await work()
  const after = await bytesSoFar(world)
  return {
    bytes: { egress: after.egress - before.egress, log: after.log - before.log },
    ms: performance.now() - startedAt,
  }
}

/** Whatever does not go to Google's services goes to WhatsApp. */
export async function bytesSoFar({ sandbox }: BenchWorld): Promise<Bytes> {
  const written = (await sandbox.runner('runner-1').ask('bytes written')) as Record<string, number>
  const { firestore, storage, tasks } = sandbox.info
  const ofGoogle = new Set([firestore, storage, tasks].map((address) => /:(\d+)$/.exec(address)?.[1]))
  const egress = Object.entries(written).reduce((sum, [port, bytes]) => sum + (ofGoogle.has(port) ? 0 : bytes), 0)
  const { size } = await stat(join(sandbox.folder, 'logs', 'runner-1.log'))
  return { egress, log: size }
}

/** Measures the mean size of what stays in Firestore and Cloud Storage. A document counts as long as its JSON. */
export async function measureKept(clients: Clients, chats: readonly Chat[]): Promise<Kept> {
  const { documents } = clients
  const jobs = await documents.query({ collection: JOBS })
  const ids = chats.map(({ name }) => sessionIdOf('default', name))
  const records = await Promise.all(ids.map((id) => documents.query({ collection: journalPath(id) })))
  const messages = await Promise.all(ids.map((id) => documents.query({ collection: messagesPath(id) })))
  return {
    job: mean(jobs.map(({ fields }) => sizeOf(fields))),
    receivedMessage: mean(messages.flat().map(({ fields }) => sizeOf(fields))),
    journalRecord: mean(records.flat().map(({ fields }) => sizeOf(fields))),
    checkpoint: mean((await Promise.all(ids.map((id) => checkpointSize(clients, id)))).filter((size) => size > 0)),
  }
}

const sizeOf = (value: unknown): number =>
  Buffer.isBuffer(value) || value instanceof Uint8Array
    ? value.length
    : value !== null && typeof value === 'object' && !(value instanceof Date)
      ? Object.entries(value).reduce((sum, [name, part]) => sum + (Array.isArray(value) ? 0 : name.length + 1) + sizeOf(part), 0)
      : String(value).length + 1

async function checkpointSize({ documents, objects }: Clients, id: string): Promise<number> {
  const session = await documents.read(sessionPath(id))
  const { checkpoint } = sessionDocumentSchema.parse(session?.fields)
  return checkpoint === null ? 0 : ((await objects.read(checkpoint.object))?.bytes.length ?? 0)
}

const mean = (sizes: readonly number[]): number =>
  sizes.length === 0 ? 0 : Math.round(sizes.reduce((sum, size) => sum + size, 0) / sizes.length)
