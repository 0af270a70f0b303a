import { Deadline } from '@holdfast/core/platform/deadlines'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { ConnectionKeeper } from './connection/connection-keeper.ts'
import type { Engine } from './engine.ts'
import type { SessionEvent } from './events/session-event.ts'
import { HAND_OVER_PLAN, HAND_OVER_WITHIN_MS, releaseSession } from './hand-over.ts'
import type { Entry } from './journal/group.ts'
import type { Journal } from './journal/journal.ts'

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
  lastDisconnect: null,
}

const never = (): Promise<void> => new Promise(() => {})

/** Releases a session whose parts all hang, except the journal's last append. Resolves with the time of that append, ms. */
async function releaseWhatHangs(deadline: Deadline): Promise<number> {
  const startedAt = systemClock.monotonic()
  const engine = {
    outbox: { stop: never },
    history: { stop: never },
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
