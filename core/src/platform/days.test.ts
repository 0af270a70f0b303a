import { describe, expect, test } from 'vitest'
import { dayOf, daysBetween, nextDayStartMs } from './days.ts'

const HOUR_MS = 60 * 60 * 1000

const day = (at: string, zone: string): string => dayOf(Date.parse(at), zone)
const next = (at: string, zone: string): string => new Date(nextDayStartMs(Date.parse(at), zone)).toISOString()

describe('a day of a time zone', () => {
  test('begins at midnight in that zone', () => {
    expect(day('2026-12-02T02:59:59.999Z', 'America/Sao_Paulo')).toBe('2026-12-01')
    expect(day('2026-12-02T03:00:00.000Z', 'America/Sao_Paulo')).toBe('2026-12-02')
    expect(next('2026-12-02T02:59:59.999Z', 'America/Sao_Paulo')).toBe('2026-12-02T03:00:00.000Z')
    expect(next('2026-12-02T03:00:00.000Z', 'America/Sao_Paulo')).toBe('2026-12-03T03:00:00.000Z')
  })

  test.each([
    ['23 hours when summer time begins', '2026-03-28T23:00:00Z', 23],
    ['25 hours when it ends', '2026-10-24T22:00:00Z', 25],
    ['24 hours otherwise', '2026-12-01T23:00:00Z', 24],
  ])('has %s', (_, from, hours) => {
    const end = nextDayStartMs(Date.parse(from), 'Europe/Berlin')
    expect(end - Date.parse(from)).toBe(hours * HOUR_MS)
    expect(dayOf(end - 1, 'Europe/Berlin')).toBe(day(from, 'Europe/Berlin'))
    expect(dayOf(end, 'Europe/Berlin')).not.toBe(day(from, 'Europe/Berlin'))
  })

  test('begins an hour late where the clocks change at midnight', () => {
    expect(next('2027-04-29T12:00:00Z', 'Africa/Cairo')).toBe('2027-04-29T22:00:00.000Z')
    expect(day('2027-04-29T22:00:00Z', 'Africa/Cairo')).toBe('2027-04-30')
  })

  test('has one end for all its instants, also when they are asked for in any order', () => {
    const midnight = '2027-02-11T03:00:00.000Z'
    for (const from of ['2027-02-10T12:00:00Z', '2027-02-11T02:59:59Z', '2027-02-10T04:00:00Z', '2027-02-10T13:00:00Z']) {
      expect(next(from, 'America/Sao_Paulo')).toBe(midnight)
    }
    expect(next(midnight, 'America/Sao_Paulo')).toBe('2027-02-12T03:00:00.000Z')
    expect(next('2027-02-10T02:00:00Z', 'America/Sao_Paulo')).toBe('2027-02-10T03:00:00.000Z')
  })

  test('cannot be told without a known zone', () => {
    expect(() => dayOf(0, 'Mars/Olympus')).toThrow(RangeError)
  })

  test('has a distance from another day, over a change of the clocks too', () => {
    expect(daysBetween('2026-03-28', '2026-03-30')).toBe(2)
    expect(daysBetween('2026-12-31', '2027-01-01')).toBe(1)
    expect(daysBetween('2026-12-02', '2026-12-01')).toBe(-1)
  })
})
