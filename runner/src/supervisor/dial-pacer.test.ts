import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { systemClock } from '@holdfast/core/platform/system-clock'
import type { DialKind, DialTurn } from '../session/connection/dial-place.ts'
import { DialPacer } from './dial-pacer.ts'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

interface Came {
  readonly name: number
  readonly at: number
}

/** Requests turns at once and records when each one came, in milliseconds. */
function ask(pacer: DialPacer, turns: number, kind: DialKind = 'login'): { came: Came[]; asked: DialTurn[] } {
  const startedAt = systemClock.monotonic()
  const came: Came[] = []
  const asked = Array.from({ length: turns }, (_, name) =>
    pacer.ask(kind, () => came.push({ name, at: Math.round(systemClock.monotonic() - startedAt) })),
  )
  return { came, asked }
}

const newPacer = (options: { pairings?: number } = {}) =>
  new DialPacer({ clock: systemClock, perSecond: 10, burst: 10, pairings: 2, ...options })

const settle = () => vi.advanceTimersByTimeAsync(0)

const most = (times: readonly number[], withinMs: number): number =>
  Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + withinMs).length))

describe('a thousand sessions that want to dial at once', () => {
  test('get a burst, and then no more than the rate, in the order of their requests', async () => {
    const { came } = ask(newPacer(), 1000)
    await vi.advanceTimersByTimeAsync(0)
    expect(came).toHaveLength(10)
    await vi.advanceTimersByTimeAsync(1000)
    expect(came).toHaveLength(20)
    await vi.runAllTimersAsync()
    const times = came.map(({ at }) => at)
    expect(came.map(({ name }) => name)).toEqual(Array.from({ length: 1000 }, (_, index) => index))
    expect(times.at(-1)).toBe(99_000)
    expect(most(times, 1000)).toBeLessThanOrEqual(20)
    expect(most(times.slice(20), 1000)).toBeLessThanOrEqual(10)
  })
})

describe('a runner that has dialled nothing', () => {
  test('for an hour has one burst, and has not saved up more', async () => {
    const pacer = newPacer()
    ask(pacer, 10)
    await vi.advanceTimersByTimeAsync(3_600_000)
    const { came } = ask(pacer, 30)
    await vi.advanceTimersByTimeAsync(0)
    expect(came).toHaveLength(10)
  })

  test('for a moment may dial as often as the rate allows for that moment', async () => {
    const pacer = newPacer()
    ask(pacer, 10)
    await vi.advanceTimersByTimeAsync(300)
    const { came } = ask(pacer, 10)
    await vi.advanceTimersByTimeAsync(0)
    expect(came).toHaveLength(3)
  })
})

describe('a turn that is no longer needed', () => {
  test('goes to the next session, and costs nothing', async () => {
    const pacer = newPacer()
    ask(pacer, 10)
    const { asked } = ask(pacer, 5)
    const { came } = ask(pacer, 1)
    for (const turn of asked) turn.end()
    await vi.advanceTimersByTimeAsync(100)
    expect(came).toEqual([{ name: 0, at: 100 }])
  })

  test('leaves no timer behind', async () => {
    const pacer = newPacer()
    const turns = [...ask(pacer, 20).asked, ...ask(pacer, 5, 'pairing').asked]
    await settle()
    for (const turn of [...turns, ...turns]) turn.end()
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('pairings', () => {
  test('run a few at a time, in the order of their requests, and delay no login', async () => {
    const pacer = newPacer()
    const pairings = ask(pacer, 5, 'pairing')
    const logins = ask(pacer, 4)
    await settle()
    expect(pairings.came.map(({ name }) => name)).toEqual([0, 1])
    expect(logins.came).toHaveLength(4)
    // The second pairing shows its QR code, which ends its turn.
    pairings.asked[1]?.end()
    await settle()
    expect(pairings.came.map(({ name }) => name)).toEqual([0, 1, 2])
    pairings.asked[0]?.end()
    pairings.asked[2]?.end()
    await settle()
    expect(pairings.came.map(({ name }) => name)).toEqual([0, 1, 2, 3, 4])
  })

  test('with a scanned QR code go before those without a QR code', async () => {
    const pacer = newPacer({ pairings: 1 })
    const pairings = ask(pacer, 3, 'pairing')
    await settle()
    const scanned = ask(pacer, 2, 'first-login')
    await settle()
    pairings.asked[0]?.end()
    await settle()
    scanned.asked[0]?.end()
    await settle()
    expect([pairings.came.length, scanned.came.length]).toEqual([1, 2])
    scanned.asked[1]?.end()
    await settle()
    expect(pairings.came.map(({ name }) => name)).toEqual([0, 1])
  })

  test('that never end delay the others for a minute at most', async () => {
    const pacer = newPacer()
    const { came, asked } = ask(pacer, 6, 'first-login')
    await vi.advanceTimersByTimeAsync(59_999)
    expect(came).toHaveLength(2)
    await vi.advanceTimersByTimeAsync(2)
    expect(came).toHaveLength(4)
    // A turn that ends after it lost its place frees no second one.
    asked[0]?.end()
    asked[1]?.end()
    await settle()
    expect(came).toHaveLength(4)
    await vi.advanceTimersByTimeAsync(60_001)
    expect(came.map(({ name }) => name)).toEqual([0, 1, 2, 3, 4, 5])
  })

  test('keep to the rate as well', async () => {
    const pacer = newPacer({ pairings: 100 })
    const { came } = ask(pacer, 30, 'pairing')
    await vi.advanceTimersByTimeAsync(1000)
    expect(came).toHaveLength(20)
  })
})
