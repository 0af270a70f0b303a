import { StateImage } from '@holdfast/core/journal/state-image'
import { Deadline } from '@holdfast/core/platform/deadlines'
import { createLogger } from '@holdfast/core/platform/logging'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Connection } from '../whatsapp/port.ts'
import type { ConnectionKeeper } from './connection/connection-keeper.ts'
import type { Engine } from './engine.ts'
import type { SessionEvent } from './events/session-event.ts'
import { HAND_OVER_PLAN, HAND_OVER_WITHIN_MS, releaseSession } from './hand-over.ts'
import type { Entry } from './journal/group.ts'
import type { Journal } from './journal/journal.ts'
import { JournaledState } from './journal/journaled-state.ts'
import { Resending } from './outbox/resending.ts'
import { DEFAULT_SEND_POLICY } from './outbox/send-policy.ts'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

const FIGURES = {
  counters: { sent: 0, received: 0 },
  downSince: null,
  lastProofOfLifeAt: null,
  lastInboundAt: null,
  phoneSeenAt: null,
  recovery: null,
  lastDisconnect: null,
}

const CHAT = '5511900000002@s.whatsapp.net'

const never = (): Promise<void> => new Promise(() => {})

/** Copies of messages that devices ask for again, over an open connection that calls `resend` for each. */
function openResending(resend: () => Promise<void> = never) {
  const image = new StateImage()
  const resending = new Resending({
    state: new JournaledState(image, { append: () => 1 } as unknown as Journal),
    receipts: { messageOf: () => Promise.resolve(Buffer.from('message')) },
    policy: DEFAULT_SEND_POLICY,
    clock: systemClock,
    logger: createLogger('test', 'silent'),
  })
  resending.opened({ resend } as unknown as Connection)
  return { resending, waiting: () => [...image.entries('asked-again')].length }
}

/** Releases a session whose parts all hang, except the journal's last append. Resolves with the time of that append, ms. */
async function releaseWhatHangs(deadline: Deadline, { resending } = openResending()): Promise<number> {
  const startedAt = systemClock.monotonic()
  const engine = {
    outbox: { stop: never },
    history: { stop: never },
    incomingMedia: { stop: () => {} },
    resending,
    state: { unsavedChanges: 1 },
    checkpointer: { run: never },
  } as unknown as Engine
  const keeper = { close: (_: unknown, until: Deadline) => until.wait(never()) } as unknown as ConnectionKeeper
  const journal = {
    whenDurable: (position?: number) => (position === undefined ? never() : Promise.resolve()),
  } as unknown as Journal
  let releasedAtMs = Number.NaN
  const append = ({ kind, onWritten }: Entry): number => {
    if (kind === 'release') releasedAtMs = systemClock.monotonic() - startedAt
    onWritten?.()
    return 1
  }
  const released: SessionEvent = { type: 'session.released', shown: null, figures: FIGURES }
  const release = releaseSession({ journal, engine, keeper, deadline, append, released })
  await vi.advanceTimersByTimeAsync(HAND_OVER_WITHIN_MS)
  await release
  return releasedAtMs
}

test('the steps of a hand-over fill its time', () => {
  const plannedMs = Object.values(HAND_OVER_PLAN).reduce((sum, ms) => sum + ms, 0)
  expect(plannedMs).toBe(HAND_OVER_WITHIN_MS)
})

test('a session whose parts all hang is released in time', async () => {
  const { release, farewell } = HAND_OVER_PLAN
  const releasedAtMs = await releaseWhatHangs(new Deadline(systemClock, HAND_OVER_WITHIN_MS))
  expect(releasedAtMs).toBeLessThanOrEqual(HAND_OVER_WITHIN_MS - release - farewell)
})

test('a session with less time for its hand-over shortens each step', async () => {
  const { release, farewell } = HAND_OVER_PLAN
  const releasedAtMs = await releaseWhatHangs(new Deadline(systemClock, HAND_OVER_WITHIN_MS / 2))
  expect(releasedAtMs).toBeLessThanOrEqual((HAND_OVER_WITHIN_MS - release - farewell) / 2)
})

test('a session that is handed over sends no more copies of messages, but hears the answers to those that have left', async () => {
  const resend = vi.fn(never)
  const asked = openResending(resend)
  asked.resending.asked({ messageId: 'REFUSED', chat: CHAT, device: CHAT })
  asked.resending.asked({ messageId: 'TAKEN', chat: CHAT, device: CHAT })
  const released = releaseWhatHangs(new Deadline(systemClock, HAND_OVER_WITHIN_MS), asked)
  asked.resending.acknowledged('REFUSED', '479')
  asked.resending.acknowledged('TAKEN', null)
  await released
  await vi.advanceTimersByTimeAsync(DEFAULT_SEND_POLICY.ackTimeoutMs)
  expect([resend.mock.calls, asked.waiting()]).toEqual([[], 1])
})
