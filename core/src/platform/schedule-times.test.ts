import { expect, test } from 'vitest'
import { nextTimeOf } from './schedule-times.ts'

const next = (schedule: string, after: string, timeZone = 'Etc/UTC') =>
  new Date(nextTimeOf({ schedule, timeZone }, Date.parse(after))).toISOString()

test.each([
  ['every 1 minutes', '2026-01-01T00:00:00.000Z', '2026-01-01T00:01:00.000Z'],
  ['every 1 minutes', '2026-01-01T00:00:59.999Z', '2026-01-01T00:01:00.000Z'],
  ['every 5 minutes', '2026-01-01T00:04:00.000Z', '2026-01-01T00:05:00.000Z'],
  ['17 3 * * *', '2026-01-01T03:16:59.000Z', '2026-01-01T03:17:00.000Z'],
  ['17 3 * * *', '2026-01-01T03:17:00.000Z', '2026-01-02T03:17:00.000Z'],
])('%s is due after %s at %s', (schedule, after, due) => {
  expect(next(schedule, after)).toBe(due)
})

test('cron goes by its time zone', () => {
  expect(next('17 3 * * *', '2026-01-01T04:00:00.000Z', 'America/Sao_Paulo')).toBe('2026-01-01T06:17:00.000Z')
})

test.each(['every day', 'every 0 minutes', '61 * * * *'])('`%s` is refused', (schedule) => {
  expect(() => nextTimeOf({ schedule, timeZone: 'Etc/UTC' }, 0)).toThrow()
})
