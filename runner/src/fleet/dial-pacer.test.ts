import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { systemClock } from '@holdfast/core/system-clock'
import { DialPacer } from './dial-pacer.ts'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

/** Asks for so many turns at once and notes when each came, in milliseconds. */
function ask(pacer: DialPacer, turns: number): { name: number; at: number }[] {
  const startedAt = systemClock.monotonic()
  const came: { name: number; at: number }[] = []
  for (let name = 0; name < turns; name++) {
    void pacer.turn().then(() => came.push({ name, at: Math.round(systemClock.monotonic() - startedAt) }))
  }
  return came
}

const most = (times: readonly number[], withinMs: number): number =>
  Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + withinMs).length))

describe('a thousand sessions that want to dial at once', () => {
  test('get a burst, and then no more than the rate, in the order of asking', async () => {
    const came = ask(new DialPacer({ clock: systemClock, perSecond: 10, burst: 10 }), 1000)
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

describe('a runner that has been quiet', () => {
  test('may burst again, but has not saved up more than that', async () => {
    const pacer = new DialPacer({ clock: systemClock, perSecond: 10, burst: 10 })
    ask(pacer, 10)
    await vi.advanceTimersByTimeAsync(3_600_000)
    const came = ask(pacer, 30)
    await vi.advanceTimersByTimeAsync(0)
    expect(came).toHaveLength(10)
  })

  test('for a moment may dial as often as the rate allows for that moment', async () => {
    const pacer = new DialPacer({ clock: systemClock, perSecond: 10, burst: 10 })
    ask(pacer, 10)
    await vi.advanceTimersByTimeAsync(300)
    const came = ask(pacer, 10)
    await vi.advanceTimersByTimeAsync(0)
    expect(came).toHaveLength(3)
  })
})
