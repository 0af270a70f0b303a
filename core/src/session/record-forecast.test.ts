import { expect, test } from 'vitest'
import { dayOfReaching, growthPerDay } from './record-forecast.ts'

const days = (...numbers: number[]) => numbers.map((records, index) => ({ day: 100 + index, records }))

test('the growth is that of most days, whatever a burst or a clean-up does on one of them', () => {
  expect(growthPerDay(days(10, 12, 14, 16, 18))).toBe(2)
  expect(growthPerDay(days(10, 12, 900, 16, 18, 20, 22))).toBe(2)
  expect(growthPerDay(days(10, 12, 14, 16, 18, 20, 0))).toBe(2)
  expect(growthPerDay(days(50, 50, 50))).toBe(0)
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
