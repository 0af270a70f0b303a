import { expect, test } from 'vitest'
import { percentilesOf, Recoveries } from './recoveries.ts'

test('percentiles use the nearest rank', () => {
  expect(percentilesOf([])).toEqual({ p50: 0, p95: 0, max: 0 })
  expect(percentilesOf([30, 10])).toEqual({ p50: 10, p95: 30, max: 30 })
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index)
  expect(percentilesOf(hundred)).toEqual({ p50: 50, p95: 95, max: 100 })
})

test('an account that a strike has missed is open, and is no sample', async () => {
  const recoveries = new Recoveries({ on: () => () => {} })
  recoveries.struck(['1', '2'])
  const open = recoveries.untilOpen(['1', '2'], 60_000)
  recoveries.missed(['1'])
  expect([recoveries.isOpen('1'), recoveries.isOpen('2')]).toEqual([true, false])
  recoveries.missed(['2'])
  expect(await open).toBe(true)
  expect(recoveries.samples).toEqual([])
})
