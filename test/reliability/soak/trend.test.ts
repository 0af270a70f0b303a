import { expect, test } from 'vitest'
import { SeededRandom } from '../../../sandbox/network/seeded-random.ts'
import { trendOf, warmUpOf } from './trend.ts'

const NONE = { share: 0, amount: 0 }
const series = (valueAt: (seconds: number) => number, points = 60) =>
  Array.from({ length: points }, (_, index) => ({ at: index * 10, value: valueAt(index * 10) }))

test('a steadily growing figure has a slope per hour and is not flat', () => {
  const trend = trendOf(
    series((at) => 100 + at / 10),
    0,
    { share: 0.05, amount: 5 },
  )
  expect(trend?.perHour).toBeCloseTo(360)
  expect(trend?.growth).toBeCloseTo(59)
  expect(trend).toMatchObject({ first: 100, last: 159, most: 159, isFlat: false })
})

test('a steady or shrinking figure is flat without any tolerance', () => {
  expect(
    trendOf(
      series(() => 40),
      0,
      NONE,
    ),
  ).toMatchObject({ perHour: 0, growth: 0, isFlat: true })
  expect(
    trendOf(
      series((at) => 100 - at / 10),
      0,
      NONE,
    )?.isFlat,
  ).toBe(true)
})

test('a noisy figure is flat within a small tolerance', () => {
  const random = new SeededRandom(1)
  expect(
    trendOf(
      series(() => 100 + random.between(-10, 10)),
      0,
      { share: 0.05, amount: 0 },
    )?.isFlat,
  ).toBe(true)
})

test('a growing figure is flat up to the tolerated share or amount', () => {
  const growing = series((at) => 100 + at / 100)
  expect(trendOf(growing, 0, NONE)?.isFlat).toBe(false)
  expect(trendOf(growing, 0, { share: 0.06, amount: 0 })?.isFlat).toBe(true)
  expect(trendOf(growing, 0, { share: 0, amount: 6 })?.isFlat).toBe(true)
  expect(trendOf(growing, 0, { share: 0, amount: 5 })?.isFlat).toBe(false)
})

test('a trend ignores the warm-up', () => {
  const warming = series((at) => (at < 150 ? at : 150))
  expect(trendOf(warming, 0, { share: 0.05, amount: 0 })?.isFlat).toBe(false)
  expect(trendOf(warming, 150, { share: 0.05, amount: 0 })?.isFlat).toBe(true)
  expect(warmUpOf(600)).toBe(150)
  expect(warmUpOf(120)).toBe(60)
})

test('a trend of too few points is null', () => {
  expect(
    trendOf(
      series(() => 1, 7),
      0,
      NONE,
    ),
  ).toBeNull()
  expect(
    trendOf(
      series(() => 1),
      590,
      NONE,
    ),
  ).toBeNull()
})
