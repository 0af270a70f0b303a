import { describe, expect, test } from 'vitest'
import { circuitOf, openUntilMs, retryAfterMs } from './circuit-breaker.ts'

const NOW = Date.UTC(2026, 0, 1)
const pause = (failures: number, status: number | null = 500, asked: number | null = null) => {
  const untilMs = openUntilMs({ failures, status, retryAfterMs: asked }, NOW)
  return untilMs === null ? null : (untilMs - NOW) / 1000
}

describe('the circuit of an end point', () => {
  test('opens after five failures in a row, each time for longer', () => {
    expect([1, 4, 5, 6, 7, 11, 50].map((failures) => pause(failures))).toEqual([null, null, 15, 30, 60, 900, 900])
  })

  test('opens at once for an hour when the end point is gone', () => {
    expect(pause(1, 410)).toBe(3600)
  })

  test('opens for as long as the end point asks for, at most for an hour', () => {
    expect(pause(1, 429)).toBe(5)
    expect(pause(1, 429, 120_000)).toBe(120)
    expect(pause(1, 503, 7_200_000)).toBe(3600)
  })

  test('lets one probe through when its time is over', () => {
    expect(circuitOf(null, NOW)).toEqual({ state: 'closed', failures: 0 })
    expect(circuitOf({ openUntil: null, failures: 3 }, NOW)).toEqual({ state: 'closed', failures: 3 })
    expect(circuitOf({ openUntil: new Date(NOW + 1), failures: 5 }, NOW)).toEqual({ state: 'open', untilMs: NOW + 1 })
    expect(circuitOf({ openUntil: new Date(NOW), failures: 5 }, NOW)).toEqual({ state: 'probe' })
  })
})

test('Retry-After is a number of seconds or a date', () => {
  expect(retryAfterMs('90', NOW)).toBe(90_000)
  expect(retryAfterMs(new Date(NOW + 60_000).toUTCString(), NOW)).toBe(60_000)
  for (const odd of ['', 'soon', '-5', '1.5', '5, 10', '1e9', '0x10']) expect(retryAfterMs(odd, NOW)).toBeNull()
  expect(retryAfterMs(undefined, NOW)).toBeNull()
  const hour = 3_600_000
  for (const long of ['3601', '999999999', '9'.repeat(400), 'Fri, 31 Dec 9999 23:59:59 GMT'])
    expect(retryAfterMs(long, NOW)).toBe(hour)
  expect(retryAfterMs('Mon, 01 Jan 2001 00:00:00 GMT', NOW)).toBe(0)
})
