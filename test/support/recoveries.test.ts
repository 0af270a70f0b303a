import { expect, test } from 'vitest'
import { percentilesOf } from './recoveries.ts'

test('percentiles use the nearest rank', () => {
  expect(percentilesOf([])).toEqual({ p50: 0, p95: 0, max: 0 })
  expect(percentilesOf([30, 10])).toEqual({ p50: 10, p95: 30, max: 30 })
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index)
  expect(percentilesOf(hundred)).toEqual({ p50: 50, p95: 95, max: 100 })
})
