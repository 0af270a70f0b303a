import { setTimeout as pause } from 'node:timers/promises'
import { inParallel } from '@holdfast/core/platform/in-parallel'
import { linkSession } from '../support/linked-session.ts'
import type { SimulatorEvent } from '../support/event-reader.ts'
import { bytesSoFar } from './footprint.ts'
import { memoryAround, type MemoryUse } from './process-usage.ts'
import { round } from './statistics.ts'
import { BenchWorld } from './world.ts'

const MEMBERS = 1000
const AT_ONCE = 16
const OWN = { name: 'group', phone: '5511909000011' }
const READ_LIMIT_MS = 120_000
const LOOK_EVERY_MS = 50
const BYTES_PER_KB = 1000

interface GroupMessage {
  /** From the request to the API until the ack of WhatsApp's server. */
  readonly ackedMs: number
  /** The time until all members have read it. */
  readonly readByAllMs: number
  /** The frames that the runner sent until the ack, and among them questions to the server. */
  readonly frames: number
  readonly queries: number
  /** The devices that the message had a copy of the key for. */
  readonly copies: number
  /** The bytes to WhatsApp until all have read it, in kB. */
  readonly sentKb: number
  readonly memory: MemoryUse
}

/** Measures the first message to a large group, which brings the sender's key to each member, and the second, which does not. */
export async function measureGroups(): Promise<{ members: number; first: GroupMessage; second: GroupMessage }> {
  await using world = await BenchWorld.start()
  const members = Array.from({ length: MEMBERS - 1 }, (_, index) => `551180900${String(index).padStart(4, '0')}`)
  await inParallel(AT_ONCE, members, (member) => world.simulator.createContact(member, `Member ${member}`))
  await linkSession(world.api, world.simulator, OWN)
  const group = await world.simulator.createGroup('A thousand', [OWN.phone, ...members])
  const first = await measureMessage(world, group, 'first')
  const second = await measureMessage(world, group, 'second')
  return { members: MEMBERS, first, second }
}

/** Waits until the runner has acknowledged the receipts of all other members, which would count as traffic of the next message. */
async function receiptsTaken(world: BenchWorld, messageId: string, since: number): Promise<void> {
  const deadline = performance.now() + READ_LIMIT_MS
  const isAck = ({ type, phone, tag, class: of, id }: SimulatorEvent) =>
    type === 'frame' && phone === OWN.phone && tag === 'ack' && of === 'receipt' && id === messageId
  for (;;) {
    const taken = world.happened.slice(since).filter(isAck).length
    if (taken >= MEMBERS - 1) return
    if (performance.now() > deadline) throw new Error(`The runner took ${taken} of ${MEMBERS - 1} receipts.`)
    await pause(LOOK_EVERY_MS)
  }
}

async function measureMessage(world: BenchWorld, group: string, text: string): Promise<GroupMessage> {
  const since = world.happened.length
  const { egress } = await bytesSoFar(world)
  let times = { ackedMs: 0, readByAllMs: 0 }
  let until: readonly SimulatorEvent[] = []
  let copies = 0
  let sentAs = ''
  const memory = await memoryAround(world.sandbox.runner('runner-1').pid ?? Number.NaN, async () => {
    const from = Date.now()
    const message = { session: OWN.name, chatId: group, text, idempotencyKey: `group-${text}` }
    const { messageId } = await world.api.sendText(message)
    sentAs = messageId
    const acked = await world.first(({ type, id }) => type === 'acked' && id === messageId, since)
    until = world.happened.slice(since, world.happened.indexOf(acked))
    copies = Number(until.find(({ type, id }) => type === 'message' && id === messageId)?.['devices'] ?? 0)
    times = { ackedMs: acked.at - from, readByAllMs: (await lastReadAt(world, messageId, since)) - from }
  })
  const sentKb = round(((await bytesSoFar(world)).egress - egress) / BYTES_PER_KB)
  await receiptsTaken(world, sentAs, since)
  const frames = until.filter(({ type, phone }) => type === 'frame' && phone === OWN.phone)
  return {
    ...times,
    frames: frames.length,
    queries: frames.filter(({ tag, attrsType }) => tag === 'iq' && attrsType !== 'result').length,
    copies,
    sentKb,
    memory,
  }
}

/** Waits until all other members have read the message. Returns the time of the last one. */
async function lastReadAt(world: BenchWorld, messageId: string, since: number): Promise<number> {
  const deadline = performance.now() + READ_LIMIT_MS
  for (;;) {
    const reads = world.happened.slice(since).filter(({ type, id }) => type === 'contact-received' && id === messageId)
    if (reads.length >= MEMBERS - 1) return Math.max(...reads.map(({ at }) => at))
    if (performance.now() > deadline) throw new Error(`${reads.length} of ${MEMBERS - 1} members have read the message.`)
    await pause(LOOK_EVERY_MS)
  }
}
