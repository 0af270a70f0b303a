import { expect, test } from 'vitest'
import { dayOfReaching, growthPerDay } from './record-forecast.ts'

const days = (...numbers: number[]) => numbers.map((records, index) => ({ day: 100 + index, records }))

test('the growth is that of most days, whatever a burst or a clean-up does on one of them', () => {
  expect(growthPerDay(days(10, 12, 14, 16, 18))).toBe(2)
  expect(growthPerDay(days(10, 12, 900, 16, 18, 20, 22))).toBe(2)
  expect(growthPerDay(days(10, 12, 14, 16, 18, 20, 0))).toBe(2)
  expect(growthPerDay(days(50, 50, 50))).toBe(0)
})

test('the growth of a session that is cleaned up every two weeks is that of the days since', () => {
  const cleanedUpOn = (day: number) => day % 14 === 13
  const history = Array.from({ length: 33 }, (_, day) => ({ day, records: 60 + 8 * (day % 14) }))
  const last = history.findLast(({ day }) => cleanedUpOn(day))?.day ?? 0
  expect(growthPerDay(history, last)).toBe(8)
  expect(dayOfReaching(175, 60 + 8 * (32 % 14), 32, growthPerDay(history, last))).toBe(43)
  // One that is cleaned up each day grows as its numbers of all days do.
  const steady = days(112, 112, 113, 112, 112)
  expect(growthPerDay(steady, 104)).toBe(0)
})

test('too few days say nothing', () => expect(growthPerDay(days(10, 20))).toBeNull())

test('a number will be reached when the growth has covered the distance', () => {
  expect(dayOfReaching(175, 165, 200, 4)).toBe(203)
  expect(dayOfReaching(175, 175, 200, null)).toBe(200)
  expect([dayOfReaching(175, 165, 200, 0), dayOfReaching(175, 165, 200, null), dayOfReaching(175, 1, 200, 0.1)]).toEqual([
    null,
    null,
    null,
  ])
})
