import { describe, expect, test } from 'vitest'
import { afterFailure, HOLDS_FOR_MS, pauseMs, TRIED_FOR_MS } from './retry-decision.ts'

const SINCE = new Date(1_700_000_000_000)
const waiting = { since: SINCE, firstAttemptAt: SINCE, isOutOfOrder: false }

describe('the pause after a failure', () => {
  test('grows from seconds to hours', () => {
    const pauses = Array.from({ length: 14 }, (_, index) => pauseMs(index + 1, null, 0) / 1000)

    expect(pauses).toEqual([5, 30, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 28800, 28800, 28800, 28800])
  })

  test('is that of the configuration first, and then goes on as without it', () => {
    const retries = { policy: 'exponential' as const, delaySeconds: 3, attempts: 4 }
    const pauses = [1, 2, 3, 4, 5, 6].map((attempt) => pauseMs(attempt, retries, 0) / 1000)

    expect(pauses).toEqual([3, 6, 12, 24, 5, 30])
    expect(pauseMs(15, {}, 0)).toBe(2000)
    expect(pauseMs(16, {}, 0)).toBe(5000)
    expect(pauseMs(3, { policy: 'linear', delaySeconds: 10 }, 0)).toBe(30_000)
  })

  test('is spread by up to a fifth', () => {
    expect(pauseMs(1, null, 0.999)).toBeGreaterThan(5900)
    expect(pauseMs(1, null, 0.999)).toBeLessThan(6001)
  })
})

describe('a delivery that failed', () => {
  const at = SINCE.getTime()

  test('waits in its lane for an hour, and then lets the others go on', () => {
    expect(afterFailure(waiting, 5000, at + HOLDS_FOR_MS - 1)).toMatchObject({ action: 'wait', leavesLane: false })
    expect(afterFailure(waiting, 5000, at + HOLDS_FOR_MS)).toMatchObject({ action: 'wait', leavesLane: true })
    expect(afterFailure({ ...waiting, isOutOfOrder: true }, 5000, at + 2 * HOLDS_FOR_MS)).toMatchObject({ leavesLane: false })
  })

  test('is tried for three days, at last at their end', () => {
    expect(afterFailure(waiting, 60_000, at + TRIED_FOR_MS - 10_000)).toMatchObject({ untilMs: at + TRIED_FOR_MS })
    expect(afterFailure(waiting, 60_000, at + TRIED_FOR_MS)).toEqual({ action: 'give-up' })
  })

  test('has a whole new time after it was sent again by an operator', () => {
    const redriven = { ...waiting, since: new Date(at + TRIED_FOR_MS) }

    expect(afterFailure(redriven, 5000, at + TRIED_FOR_MS + 1000)).toMatchObject({ action: 'wait', leavesLane: false })
  })
})
