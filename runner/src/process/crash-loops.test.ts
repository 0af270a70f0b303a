import { expect, test } from 'vitest'
import { isOfFleet, loopsOf } from './crash-loops.ts'

const life = (slot: number, shortLives: number, second = 0, revision = 'r2') => ({
  instanceId: null,
  slot,
  shortLives,
  revision,
  startedAt: new Date(second * 1000),
})

test.each([
  ['one runner of one', [life(1, 10)], false],
  ['two of two', [life(1, 10), life(2, 12)], true],
  ['two of four', [life(1, 10), life(2, 12), life(3, 0), life(4, 9)], false],
  ['two of three', [life(1, 10), life(2, 12), life(3, 9)], true],
  [
    'two of the new revision, beside sound ones of the old',
    [life(1, 10), life(2, 10), life(3, 0, 0, 'r1'), life(4, 0, 0, 'r1')],
    true,
  ],
  ['one, with its predecessor still on the list', [life(1, 10, 1), life(1, 11, 2)], false],
  ['two whose newest processes are sound', [life(1, 10, 1), life(1, 0, 2), life(2, 10, 1), life(2, 0, 2)], false],
])('%s in a crash loop', (_, lives, expected) => {
  expect(isOfFleet(loopsOf(lives, 'r2', 10))).toBe(expected)
})
