import { beforeEach, expect, test, vi } from 'vitest'
import { StateImage } from '@holdfast/core/journal/state-image'
import { createLogger } from '@holdfast/core/platform/logging'
import { systemClock } from '@holdfast/core/platform/system-clock'
import type { Connection } from '../../whatsapp/port.ts'
import type { Journal } from '../journal/journal.ts'
import { JournaledState } from '../journal/journaled-state.ts'
import { Resending } from './resending.ts'

const CHAT = '120363000000000001@g.us'
const ANA = '5511900000002@s.whatsapp.net'
const BOB = '5511900000003:1@s.whatsapp.net'
const MINUTE_MS = 60_000
const POLICY = { ackTimeoutMs: 20_000, retryDelaysMs: [0, 5 * MINUTE_MS], maxRetries: 3 }

let image: StateImage
/** The devices that copies went to, each with the number of the copy. */
let sent: string[]
let resending: Resending
let messageOf: () => Promise<Uint8Array | null>

const connection = {
  resend: async (_message: Uint8Array, { device, count }: { device: string; count: number }) => {
    sent.push(`${device === ANA ? 'ana' : 'bob'} ${count}`)
  },
} as unknown as Connection

beforeEach(() => {
  vi.useFakeTimers()
  image = new StateImage()
  sent = []
  messageOf = () => Promise.resolve(Buffer.from('message'))
  resending = newOwner()
  resending.opened(connection)
  return () => vi.useRealTimers()
})

function newOwner(): Resending {
  const journal = { append: () => 1, ended: null } as unknown as Journal
  const receipts = { messageOf: () => messageOf() }
  const logger = createLogger('test', 'silent')
  return new Resending({ state: new JournaledState(image, journal), receipts, policy: POLICY, clock: systemClock, logger })
}

const asks = (device: string) => resending.asked({ messageId: 'M1', chat: CHAT, device })
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)
const remembered = () => [...image.entries('asked-again')].length

test('a copy that WhatsApp has is the last one', async () => {
  asks(ANA)
  expect(remembered()).toBe(1)
  resending.acknowledged('M1', null)
  await pass(60 * MINUTE_MS)
  expect([sent, remembered()]).toEqual([[], 0])
})

test('a refused copy is sent again after the delays of a job, and given up when they are used up', async () => {
  asks(ANA)
  resending.acknowledged('M1', '479')
  await pass(0)
  expect(sent).toEqual(['ana 2'])
  resending.acknowledged('M1', '479')
  await pass(5 * MINUTE_MS - 1)
  expect(sent).toEqual(['ana 2'])
  await pass(1)
  resending.acknowledged('M1', '479')
  await pass(5 * MINUTE_MS)
  resending.acknowledged('M1', '479')
  await pass(24 * 60 * MINUTE_MS)
  expect([sent, remembered()]).toEqual([['ana 2', 'ana 3', 'ana 4'], 0])
})

test('a copy that waits leaves in time when the clock is set ahead', async () => {
  asks(ANA)
  resending.acknowledged('M1', '479')
  await pass(0)
  resending.acknowledged('M1', '479')
  vi.setSystemTime(Date.now() + 5 * MINUTE_MS)
  await pass(10_000)
  expect(sent).toEqual(['ana 2', 'ana 3'])
})

test('a copy that WhatsApp refuses for good is not sent again', async () => {
  asks(ANA)
  resending.acknowledged('M1', '404')
  await pass(60 * MINUTE_MS)
  expect([sent, remembered()]).toEqual([[], 0])
})

test('a copy without an ack is sent again after the timeout, unless the device tells that it has read one', async () => {
  asks(ANA)
  asks(BOB)
  resending.received('M1', ANA)
  await pass(POLICY.ackTimeoutMs)
  expect(sent).toEqual(['bob 2'])
  resending.received('M1', BOB)
  await pass(24 * 60 * MINUTE_MS)
  expect([sent, remembered()]).toEqual([['bob 2'], 0])
})

test('copies without any ack have an end', async () => {
  asks(ANA)
  await pass(24 * 60 * MINUTE_MS)
  expect([sent, remembered()]).toEqual([['ana 2', 'ana 3', 'ana 4'], 0])
})

test('a refusal among the answers to two devices may concern either, so both get another copy', async () => {
  asks(ANA)
  asks(BOB)
  resending.acknowledged('M1', null)
  expect(remembered()).toBe(2)
  resending.acknowledged('M1', '479')
  await pass(0)
  expect(sent).toEqual(['ana 2', 'bob 2'])
})

test('a refusal among the answers to two devices is not that of the one that has read its copy', async () => {
  asks(ANA)
  asks(BOB)
  resending.acknowledged('M1', null)
  resending.received('M1', ANA)
  resending.acknowledged('M1', '479')
  await pass(0)
  expect(sent).toEqual(['bob 2'])
})

test('a refusal that a retry may mend counts among those for several devices', async () => {
  asks(ANA)
  asks(BOB)
  resending.acknowledged('M1', '404')
  resending.acknowledged('M1', '479')
  await pass(0)
  expect(sent).toEqual(['ana 2', 'bob 2'])
})

test('copies for two devices are the last ones when WhatsApp has both', async () => {
  asks(ANA)
  asks(BOB)
  resending.acknowledged('M1', null)
  resending.acknowledged('M1', null)
  await pass(60 * MINUTE_MS)
  expect([sent, remembered()]).toEqual([[], 0])
})

test('an answer to a copy of the last connection says nothing about those of the next', async () => {
  asks(ANA)
  asks(BOB)
  resending.closed()
  resending.opened(connection)
  resending.acknowledged('M1', null)
  expect(remembered()).toBe(2)
})

test('a session that is handed over sends no more copies, but hears the answers to those that have left', async () => {
  asks(ANA)
  resending.stop()
  resending.acknowledged('M1', null)
  expect(remembered()).toBe(0)
  asks(BOB)
  resending.acknowledged('M1', '479')
  await pass(60 * MINUTE_MS)
  expect([sent, remembered()]).toEqual([[], 1])
})

test('a device that can read no copy gets no more of them after five requests', async () => {
  for (let n = 0; n < 5; n++) {
    asks(ANA)
    resending.acknowledged('M1', null)
  }
  asks(ANA)
  await pass(60 * MINUTE_MS)
  expect([sent, remembered()]).toEqual([[], 0])
})

test('the next owner waits for late receipts, and for the delay that the last one began', async () => {
  asks(ANA)
  resending.acknowledged('M1', '479')
  await pass(0)
  resending.acknowledged('M1', '479')
  asks(BOB)
  resending.closed()
  resending = newOwner()
  await pass(MINUTE_MS)
  resending.opened(connection)
  await pass(POLICY.ackTimeoutMs - 1)
  expect(sent).toEqual(['ana 2'])
  await pass(1)
  expect(sent).toEqual(['ana 2', 'bob 2'])
  resending.received('M1', BOB)
  await pass(4 * MINUTE_MS)
  expect(sent).toEqual(['ana 2', 'bob 2', 'ana 3'])
})

test('a message that cannot be read from the store yet uses up no copy', async () => {
  asks(ANA)
  messageOf = () => Promise.reject(new Error('Firestore is away.'))
  await pass(5 * MINUTE_MS)
  messageOf = () => Promise.resolve(Buffer.from('message'))
  await pass(POLICY.ackTimeoutMs)
  expect(sent).toEqual(['ana 2'])
})

test('a message that is not ours is forgotten', async () => {
  messageOf = () => Promise.resolve(null)
  asks(ANA)
  await pass(POLICY.ackTimeoutMs)
  expect([sent, remembered()]).toEqual([[], 0])
})

test('requests have a limit', () => {
  for (let n = 0; n < 1500; n++) resending.asked({ messageId: `M${n}`, chat: CHAT, device: ANA })
  expect(remembered()).toBe(1000)
})
