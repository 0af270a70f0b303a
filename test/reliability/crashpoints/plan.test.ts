import { describe, expect, test } from 'vitest'
import { SeededRandom } from '../../../sandbox/network/seeded-random.ts'
import { planCases, type Extent } from './plan.ts'

const POINTS = new Map([
  ['commit data record', 3],
  ['frame out message', 1],
  ['timer heartbeat', 2],
  ['read session', 1],
])

const planned = (
  extent: Extent,
  { seed = 1, isWhole = false, diedAt = null as string[] | null, strikesEachPassage = false } = {},
) => planCases(POINTS, { extent, random: new SeededRandom(seed), isWhole, about: 'messages', diedAt, strikesEachPassage })

describe('the cases of a scenario', () => {
  test('are a death before and after the first passage of each of its own points, and random others', () => {
    const deaths = ['die-before', 'die-after'].flatMap((fault) => [
      { label: 'commit data record', nth: 1, fault },
      { label: 'frame out message', nth: 1, fault },
    ])
    expect(planned({ others: 0 })).toHaveLength(deaths.length)
    expect(planned({ others: 0 })).toEqual(expect.arrayContaining(deaths))
    expect(planned({ others: 3 })).toHaveLength(deaths.length + 3)
  })

  test('strike the points of other scenarios at random only', () => {
    expect(planned({ others: 0 }).map(({ label }) => label)).not.toContain('read session')
    expect(planned({ others: 100 }).filter(({ label, fault }) => label === 'read session' && fault === 'die-after')).toHaveLength(
      1,
    )
  })

  test('die only at the points of the list that the scenario gives', () => {
    expect(new Set(planned({ others: 0 }, { diedAt: ['read session'] }).map(({ label }) => label))).toEqual(
      new Set(['read session']),
    )
  })

  test('die at each passage where the scenario asks for that', () => {
    const cases = planned({ others: 0 }, { diedAt: ['commit data record'], strikesEachPassage: true })
    expect(cases.map(({ nth, fault }) => `${nth} ${fault}`)).toEqual(
      [1, 2, 3].flatMap((nth) => [`${nth} die-before`, `${nth} die-after`]),
    )
  })

  test('are the same for the same seed, without duplicates', () => {
    expect(planned({ others: 5 }, { seed: 7 })).toEqual(planned({ others: 5 }, { seed: 7 }))
    const all = planned({ sample: 1000 }).map((one) => JSON.stringify(one))
    expect(new Set(all).size).toBe(all.length)
  })

  test('strike the periodic steps of a runner in one scenario only', () => {
    const labels = (isWhole: boolean) => planned('all', { isWhole }).map(({ label }) => label)
    expect(labels(false)).not.toContain('timer heartbeat')
    expect(labels(true)).toContain('timer heartbeat')
  })

  test('are every fault at every passage for the extent "all"', () => {
    expect(planned('all').filter(({ label, fault }) => label === 'commit data record' && fault === 'hang')).toHaveLength(3)
    expect(planned('all').filter(({ fault }) => fault === 'torn')).toEqual([])
  })
})
