import { expect, test } from 'vitest'
import { nextTime } from './schedule-times.ts'

const after = (schedule: string, time: string, timeZone = 'UTC') =>
  new Date(nextTime(schedule, timeZone, Date.parse(time))).toISOString()

test('an interval is due at round times, and never at the time itself', () => {
  expect(after('every 1 minutes', '2026-11-01T12:00:00Z')).toBe('2026-11-01T12:01:00.000Z')
  expect(after('every 1 minutes', '2026-11-01T12:00:59.999Z')).toBe('2026-11-01T12:01:00.000Z')
  expect(after('every 2 hours', '2026-11-01T12:30:00Z')).toBe('2026-11-01T14:00:00.000Z')
})

test('cron is read in its time zone', () => {
  expect(after('30 3 * * *', '2026-11-01T12:00:00Z')).toBe('2026-11-02T03:30:00.000Z')
  expect(after('30 3 * * *', '2026-11-01T12:00:00Z', 'America/Sao_Paulo')).toBe('2026-11-02T06:30:00.000Z')
  expect(after('30 3 * * *', '2026-03-28T12:00:00Z', 'Europe/Berlin')).toBe('2026-03-29T01:30:00.000Z')
})

test('anything else is refused', () => {
  expect(() => after('every day 09:00', '2026-11-01T12:00:00Z')).toThrow()
  expect(() => after('every 0 minutes', '2026-11-01T12:00:00Z')).toThrow()
  expect(() => after('* * * * * *', '2026-11-01T12:00:00Z')).toThrow()
})
