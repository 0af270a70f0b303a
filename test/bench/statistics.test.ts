import { describe, expect, test } from 'vitest'
import { medianOf, percentiles, spansBetween } from './statistics.ts'

describe('the median', () => {
  test.each([
    [[7], 7],
    [[9, 1, 5], 5],
    [[10, 20], 15],
    [[4, 100, 1, 2], 3],
  ])('of %j is %d', (values, median) => {
    expect(medianOf(values)).toBe(median)
  })

  test('of an empty list is NaN', () => {
    expect(medianOf([])).toBeNaN()
  })
})

test('percentiles use the nearest rank and do not depend on the order', () => {
  const values = Array.from({ length: 200 }, (_, index) => 200 - index)
  expect(percentiles(values)).toEqual({ p50: 100, p95: 190, p99: 198, max: 200 })
  expect(percentiles([])).toEqual({ p50: 0, p95: 0, p99: 0, max: 0 })
})

test('spans are those of things that had both events', () => {
  const first = new Map([
    ['a', 100],
    ['b', 200],
    ['c', 300],
  ])
  const second = new Map([
    ['b', 250],
    ['d', 400],
    ['a', 101],
  ])
  expect(spansBetween(first, second)).toEqual([50, 1])
})
