import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Random } from '@holdfast/core/platform/ports'
import { StateImage } from '@holdfast/core/journal/state-image'
import { systemClock, systemRandom } from '@holdfast/core/platform/system-clock'
import { DEFAULT_RECONNECT_POLICY } from '@holdfast/core/session/disconnect-policy'
import type { JournalStore } from '@holdfast/core/journal/journal-store'
import { DialPacer } from '../../supervisor/dial-pacer.ts'
import { Journal } from '../journal/journal.ts'
import { projectEvents } from '../events/projector.ts'
import { Reconnection } from './reconnection.ts'
import { SessionMemory } from '../session-memory.ts'
import { JournaledState } from '../journal/journaled-state.ts'

const MINUTE_MS = 60_000

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

/** A journal store that makes nothing durable. The tests look at the image only. */
const NOWHERE = { append: () => new Promise(() => {}) } as unknown as JournalStore

function memoryOn(image: StateImage): SessionMemory {
  const head = { sequence: 1, epoch: 1, hash: '' }
  const journal = new Journal({
    journals: NOWHERE,
    sessionId: 'default.test',
    runnerId: 'runner',
    clock: systemClock,
    random: systemRandom,
    head,
    project: projectEvents,
  })
  return new SessionMemory(new JournaledState(image, journal))
}

const earliest: Random = { fraction: () => 0, bytes: (length) => Buffer.alloc(length) }

interface Owner {
  readonly reconnection: Reconnection
  readonly memory: SessionMemory
}

/** Starts the next owner of the session with the given state. */
function takeOver(image: StateImage, options: { beginsAnew?: boolean; random?: Random } = {}): Owner & { wait: unknown } {
  const { beginsAnew = false, random = earliest } = options
  const memory = memoryOn(image)
  memory.rememberLogin()
  const policy = DEFAULT_RECONNECT_POLICY
  const reconnection = new Reconnection({ clock: systemClock, random, policy, halted: false, beginsAnew })
  return { reconnection, memory, wait: reconnection.recall(memory) }
}

const judge = ({ reconnection, memory }: Owner, code: number | undefined) =>
  reconnection.judge({ code }, { paired: true, qrShown: false }, memory)

/** How long until the owner may dial. */
const waitOf = ({ reconnection }: Owner): number => Math.max(0, reconnection.dialAtMs - systemClock.now())

describe('an owner that takes over while a session waits because of trouble at WhatsApp', () => {
  test('waits for the rest of the time, and continues the count', () => {
    const image = new StateImage()
    let owner: Owner = takeOver(image)
    // Each attempt is made by another owner.
    const waits = [1, 2, 3, 4, 5, 6, 7].map(() => {
      const decision = judge(owner, 503)
      if (decision.action === 'stop') return decision.reason
      vi.advanceTimersByTime(30_000)
      owner = takeOver(image)
      const wait = waitOf(owner)
      vi.advanceTimersByTime(wait)
      return wait / MINUTE_MS
    })
    expect(waits).toEqual([0, 0.5, 1.5, 2.5, 3.5, 4.5, 'whatsapp-keeps-failing'])
  })

  test('reports the reason and the end of the wait', () => {
    const image = new StateImage()
    const owner = takeOver(image)
    judge(owner, 500)
    judge(owner, 500)
    expect(takeOver(image).wait).toEqual({ untilMs: systemClock.now() + MINUTE_MS, state: 'BACKOFF', reason: 'bad-session' })
    vi.advanceTimersByTime(MINUTE_MS)
    expect(takeOver(image).wait).toBeNull()
  })

  test('starts the count anew when a connection opened and lasted', () => {
    const image = new StateImage()
    const owner = takeOver(image)
    for (const code of [503, 503, 503]) judge(owner, code)
    owner.reconnection.opened(owner.memory)
    vi.advanceTimersByTime(MINUTE_MS)
    const next = takeOver(image)
    expect(waitOf(next)).toBe(0)
    expect(judge(next, 503)).toMatchObject({ delayMs: 0 })
  })

  test('does not trust a clock that was far ahead', () => {
    const image = new StateImage()
    const owner = takeOver(image)
    for (const code of [503, 503]) judge(owner, code)
    vi.setSystemTime(systemClock.now() - 24 * 60 * MINUTE_MS)
    expect(waitOf(takeOver(image))).toBe(6 * MINUTE_MS)
  })

  test('forgets all failures when the session was stopped and started again', () => {
    const image = new StateImage()
    const owner = takeOver(image)
    for (const code of [503, 503, 503, 440]) judge(owner, code)
    const next = takeOver(image, { beginsAnew: true })
    expect(waitOf(next)).toBe(0)
    expect(judge(next, 503)).toMatchObject({ delayMs: 0 })
    expect(judge(next, 440)).toMatchObject({ action: 'reconnect' })
  })

  test('does not wait after a lost network or a refused version, because a new runner may cure both', () => {
    for (const code of [428, 405]) {
      const image = new StateImage()
      const owner = takeOver(image)
      expect(judge(owner, code)).toMatchObject({ action: 'reconnect' })
      expect(waitOf(owner)).toBeGreaterThan(0)
      expect(waitOf(takeOver(image))).toBe(0)
    }
  })
})

describe('an owner that takes over a session that another connection replaced', () => {
  test('waits for the rest of the time, and does not reconnect after a second replacement within the hour', () => {
    const image = new StateImage()
    judge(takeOver(image), 440)
    vi.advanceTimersByTime(5000)
    const next = takeOver(image)
    expect(next.wait).toEqual({ untilMs: systemClock.now() + 15_000, state: 'REPLACED', reason: 'replaced-waiting' })
    vi.advanceTimersByTime(waitOf(next))
    expect(judge(next, 440)).toMatchObject({ action: 'stop', reason: 'foreign-connection' })
  })

  test('reads the memory of an earlier version', () => {
    const image = new StateImage()
    const now = systemClock.now()
    image.apply({ keys: { meta: { replaced: JSON.stringify({ atMs: [now], dialAtMs: now + 20_000 }) } } })
    const owner = takeOver(image)
    expect(waitOf(owner)).toBe(20_000)
    expect(judge(owner, 440)).toMatchObject({ reason: 'foreign-connection' })
  })
})

describe('a restart', () => {
  test('ends the wait and the count, also for the next owner', () => {
    const image = new StateImage()
    const owner = takeOver(image)
    for (const code of [503, 503, 503, 440]) judge(owner, code)
    owner.reconnection.resume(owner.memory)
    expect(waitOf(owner)).toBe(0)
    expect([...image.entries('meta')]).toEqual([['everLoggedIn', '1']])
    expect(judge(takeOver(image), 503)).toMatchObject({ delayMs: 0 })
  })

  test('of a session whose state could not be read yet takes effect once it is read', () => {
    const image = new StateImage()
    const owner = takeOver(image)
    for (const code of [503, 503, 503]) judge(owner, code)
    const next = takeOver(new StateImage())
    next.reconnection.resume(null)
    expect(next.reconnection.recall(memoryOn(image))).toBeNull()
    expect(waitOf(next)).toBe(0)
    expect(image.get('meta', 'failures')).toBeUndefined()
  })
})

describe('an owner that reads the state again', () => {
  test('recalls nothing from it, but deletes the failures that a restart ends', () => {
    const image = new StateImage()
    const owner = takeOver(image)
    for (const code of [503, 503, 428]) judge(owner, code)
    const { dialAtMs } = owner.reconnection
    expect(owner.reconnection.recall(memoryOn(image))).toBeNull()
    expect(owner.reconnection.dialAtMs).toBe(dialAtMs)
    expect(judge(owner, 428)).toMatchObject({ delayMs: 1000 })
    owner.reconnection.resume(null)
    expect(owner.reconnection.recall(memoryOn(image))).toBeNull()
    expect(image.get('meta', 'failures')).toBeUndefined()
  })
})

describe('an outage', () => {
  const inOutage = ({ reconnection, memory }: Owner, code: number, sinceMs = 0) =>
    reconnection.judge({ code }, { paired: true, qrShown: false }, memory, sinceMs)

  test('spends no attempt, however long WhatsApp refuses, and the pauses grow to the longest of the network', () => {
    const owner = takeOver(new StateImage())
    const delays = Array.from({ length: 20 }, (_, index) => {
      const decision = inOutage(owner, index % 2 === 0 ? 503 : 500)
      expect(decision).toMatchObject({ action: 'reconnect', rereads: false, bindsNextOwner: false })
      return decision.action === 'stop' ? null : decision.delayMs
    })
    expect(delays.slice(0, 4)).toEqual([500, 1000, 2000, 4000])
    expect(delays.at(-1)).toBe(30_000)
    expect(judge(owner, 503)).toMatchObject({ delayMs: 0 })
  })

  test('gives back the attempts since its first sign, and no earlier ones', () => {
    const image = new StateImage()
    const owner = takeOver(image)
    for (const code of [503, 503]) judge(owner, code)
    vi.advanceTimersByTime(MINUTE_MS)
    const sinceMs = systemClock.now()
    for (const code of [503, 503, 503]) judge(owner, code)
    owner.reconnection.excuse(sinceMs, owner.memory)
    expect(owner.memory.failures?.failures.whatsapp).toBe(2)
    expect(waitOf(owner)).toBe(0)
    owner.reconnection.excuse(sinceMs, owner.memory)
    expect(owner.memory.failures?.failures.whatsapp).toBe(2)
  })

  test('spends no round of QR codes', () => {
    const owner = takeOver(new StateImage())
    for (let round = 0; round < 10; round++) {
      const linking = { paired: false, qrShown: true }
      expect(owner.reconnection.judge({ code: 408 }, linking, owner.memory, 0).action).not.toBe('stop')
    }
  })

  test('ends no refusal that is meant for the session', () => {
    const owner = takeOver(new StateImage())
    expect(inOutage(owner, 401)).toMatchObject({ action: 'stop', reason: 'logged-out' })
    expect(inOutage(owner, 403)).toMatchObject({ action: 'stop', reason: 'account-banned' })
  })
})

describe('what a session remembers', () => {
  test('is deleted once the session has worked again', () => {
    const image = new StateImage()
    const owner = takeOver(image)
    judge(owner, 503)
    expect(image.get('meta', 'failures')).toBeDefined()
    owner.reconnection.opened(owner.memory)
    vi.advanceTimersByTime(MINUTE_MS)
    judge(owner, 428)
    expect([...image.entries('meta')]).toEqual([['everLoggedIn', '1']])
  })
})

/** Mulberry32, so that the numbers are the same each time. */
function seeded(seed: number): Random {
  let state = seed
  const fraction = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return { fraction, bytes: (length) => Buffer.alloc(length) }
}

/**
 * Plays an outage that ends all connections of one runner, and 30 minutes after it. Returns the times of
 * all dials, ms since its start.
 */
async function outage(options: {
  sessions: number
  lastsMs: number
  code: number | undefined
  random: Random
}): Promise<number[]> {
  const startedAt = systemClock.now()
  const sinceStart = () => systemClock.now() - startedAt
  const pacer = new DialPacer({ clock: systemClock, perSecond: 10, burst: 10, pairings: 2 })
  const dials: number[] = []
  const lose = (owner: Owner): void => {
    judge(owner, options.code)
    if (!owner.reconnection.isHalted) systemClock.after(waitOf(owner), () => pacer.ask('login', () => dial(owner)), 'wake')
  }
  const dial = (owner: Owner): void => {
    dials.push(sinceStart())
    if (sinceStart() < options.lastsMs) lose(owner)
  }
  for (let session = 0; session < options.sessions; session++) lose(takeOver(new StateImage(), { random: options.random }))
  await vi.advanceTimersByTimeAsync(options.lastsMs + 30 * MINUTE_MS)
  return dials
}

const most = (times: readonly number[], withinMs: number): number =>
  Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + withinMs).length))

describe('50 sessions after an outage', () => {
  const seed = systemRandom.bytes(4).readUInt32BE()

  test(`of WhatsApp reconnect spread out, and never faster than the runner may dial (seed ${seed})`, async () => {
    const lastsMs = 7 * MINUTE_MS
    const dials = await outage({ sessions: 50, lastsMs, code: 503, random: seeded(seed) })
    expect(most(dials, 1000)).toBeLessThanOrEqual(20)
    expect(most(dials, 10_000)).toBeLessThanOrEqual(110)
    const back = dials.filter((at) => at >= lastsMs)
    expect(back).toHaveLength(50)
    // The jitter of the delays spreads the sessions.
    expect(Math.max(...back) - Math.min(...back)).toBeGreaterThan(20_000)
    expect(most(back, 1000)).toBeLessThan(15)
    // Each session dials at once, and after each delay of the schedule that ends before WhatsApp works again.
    expect(dials.length / 50).toBeLessThan(6)
  })

  test(`of the network reconnect spread out, within the longest delay (seed ${seed})`, async () => {
    const lastsMs = 10 * MINUTE_MS
    const dials = await outage({ sessions: 50, lastsMs, code: undefined, random: seeded(seed) })
    const back = dials.filter((at) => at >= lastsMs)
    expect(back).toHaveLength(50)
    expect(Math.max(...back)).toBeLessThanOrEqual(lastsMs + MINUTE_MS)
    expect(most(back, 1000)).toBeLessThan(15)
    expect(most(dials, 1000)).toBeLessThanOrEqual(20)
  })
})

describe('a session that was moved in', () => {
  const moved = (): StateImage => {
    const image = new StateImage()
    image.apply({ keys: { meta: { movedIn: JSON.stringify({ connectedAtMs: null }) } } })
    return image
  }

  test('gives up when its old owner connects before it, or within ten minutes of its first connection', () => {
    expect(judge(takeOver(moved()), 440)).toMatchObject({ action: 'stop', reason: 'old-owner-alive' })
    const owner = takeOver(moved())
    owner.reconnection.opened(owner.memory)
    vi.advanceTimersByTime(9 * MINUTE_MS)
    expect(judge(owner, 440)).toMatchObject({ action: 'stop', state: 'NEEDS_ATTENTION', reason: 'old-owner-alive' })
  })

  test('is replaced like any other later, whoever owned it at its first connection', () => {
    const image = moved()
    const first = takeOver(image)
    first.reconnection.opened(first.memory)
    vi.advanceTimersByTime(6 * MINUTE_MS)
    const next = takeOver(image)
    next.reconnection.opened(next.memory)
    vi.advanceTimersByTime(5 * MINUTE_MS)
    expect(judge(next, 440)).toMatchObject({ action: 'reconnect', reason: 'replaced-waiting' })
  })
})
