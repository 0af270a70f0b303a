import { describe, expect, test } from 'vitest'
import { sizeOf, type SizingFacts } from './sizing.ts'

const POLICY = { minimum: 1, maximum: 10, spare: 1, calmMs: 600_000 }

const facts = (more: Partial<SizingFacts>): SizingFacts => ({
  wanted: 100,
  capacity: 50,
  instances: 3,
  lowerForMs: 0,
  unchangedForMs: 3_600_000,
  isAtRest: true,
  ...more,
})

describe('the number of instances', () => {
  test.each([
    ['fits', facts({}), [3, 3, 'enough']],
    ['is one too few for one session', facts({ wanted: 101 }), [4, 4, 'more-needed']],
    ['is far too low', facts({ wanted: 400, instances: 1 }), [9, 9, 'more-needed']],
    [
      'is too low in an outage, right after a change',
      facts({ wanted: 101, isAtRest: false, unchangedForMs: 0 }),
      [4, 4, 'more-needed'],
    ],
    ['would be above its maximum', facts({ wanted: 5000, instances: 2 }), [10, 10, 'more-needed']],
    ['is at its maximum, and more sessions are wanted', facts({ wanted: 5000, instances: 10 }), [10, 10, 'at-maximum']],
    ['is below its minimum', facts({ wanted: 0, instances: 0 }), [1, 1, 'more-needed']],
    ['is too high for a moment', facts({ wanted: 10, lowerForMs: 599_999 }), [2, 3, 'calm-not-over']],
    [
      'is too high, and was changed lately',
      facts({ wanted: 10, lowerForMs: 900_000, unchangedForMs: 599_999 }),
      [2, 3, 'calm-not-over'],
    ],
    ['is too high while a runner is lost', facts({ wanted: 10, lowerForMs: 900_000, isAtRest: false }), [2, 3, 'not-at-rest']],
    ['is too high for long', facts({ wanted: 10, lowerForMs: 600_000 }), [2, 2, 'fewer-needed']],
    ['is far too high for long', facts({ wanted: 0, instances: 9, lowerForMs: 600_000 }), [1, 8, 'fewer-needed']],
  ])('%s', (_, found, [needed, target, why]) => {
    expect(sizeOf(found, POLICY)).toEqual({ needed, target, why })
  })
})

test('sessions that come and go each minute do not make the fleet flap', () => {
  let [instances, lowerSince, changedAt] = [3, null as number | null, 0]
  const sizes: number[] = []
  for (let minute = 1; minute <= 120; minute++) {
    const now = minute * 60_000
    const wanted = minute % 2 === 0 ? 101 : 100
    const given = facts({
      wanted,
      instances,
      lowerForMs: lowerSince === null ? 0 : now - lowerSince,
      unchangedForMs: now - changedAt,
    })
    const { needed, target } = sizeOf(given, POLICY)
    lowerSince = needed < instances ? (lowerSince ?? now) : null
    if (target !== instances) [instances, changedAt] = [target, now]
    sizes.push(instances)
  }
  expect(new Set(sizes.slice(1))).toEqual(new Set([4]))
})
