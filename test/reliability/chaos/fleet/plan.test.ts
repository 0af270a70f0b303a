import { expect, test } from 'vitest'
import { SeededRandom } from '../../../../sandbox/network/seeded-random.ts'
import { FLEET_STRIKES } from './kinds.ts'
import { type FleetStrike, strikesOf } from './plan.ts'

const DEAD_AFTER_MS = 4_000

function draw(seed: number, count: number): FleetStrike[] {
  const strikes = strikesOf(FLEET_STRIKES, new SeededRandom(seed), DEAD_AFTER_MS)
  return Array.from({ length: count }, () => strikes.next().value)
}

test('every kind of strike comes once before one comes again', () => {
  const kinds = draw(1, 2 * FLEET_STRIKES.length).map(({ kind }) => kind)
  for (const half of [kinds.slice(0, FLEET_STRIKES.length), kinds.slice(FLEET_STRIKES.length)])
    expect(half.toSorted()).toEqual(FLEET_STRIKES.toSorted())
})

test('the seed decides the strikes', () => {
  expect(draw(2, 40)).toEqual(draw(2, 40))
  expect(draw(2, 40)).not.toEqual(draw(3, 40))
})

test('a cause lasts until others count the runner as dead, and clocks go wrong in both directions', () => {
  const strikes = draw(4, 100)
  expect(Math.min(...strikes.map(({ ms }) => ms))).toBeGreaterThan(DEAD_AFTER_MS)
  expect(new Set(strikes.map(({ minutes }) => minutes))).toEqual(new Set([5, -5]))
})
