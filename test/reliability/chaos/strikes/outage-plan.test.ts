import { expect, test } from 'vitest'
import { SeededRandom } from '../../../../sandbox/network/seeded-random.ts'
import { planOutages, WAYS, type Way } from './outage-plan.ts'

const plan = (store: 'firestore' | 'storage' | 'both' | 'each', how: readonly Way[], { seed = 1, seconds = 60 } = {}) =>
  planOutages({ store, how, seconds }, new SeededRandom(seed))

test('a plan strikes one store after the other with every kind of outage, or both at once', () => {
  const each = plan('each', WAYS)
  expect(each.map(({ mode }) => mode.how)).toEqual([...WAYS, ...WAYS])
  expect(each.map(({ stores }) => stores.join())).toEqual([...WAYS.map(() => 'firestore'), ...WAYS.map(() => 'storage')])
  expect(plan('both', ['hang'])).toMatchObject([{ stores: ['firestore', 'storage'], mode: { how: 'hang' } }])
  expect(plan('storage', ['refuse'])).toHaveLength(1)
})

test('the seed of a plan decides delays, cuts and kills, independent of the chosen kinds', () => {
  expect(plan('each', WAYS, { seed: 3 })).toEqual(plan('each', WAYS, { seed: 3 }))
  expect(plan('each', WAYS, { seed: 3 })).not.toEqual(plan('each', WAYS, { seed: 4 }))
  const cut = plan('each', WAYS, { seed: 3 }).filter(({ mode }) => mode.how === 'cut')
  expect(plan('each', ['cut'], { seed: 3 })).toEqual(cut)
})

test('a plan kills a runner in some outages, unless they are short', () => {
  const outages = (seconds: number) => Array.from({ length: 20 }, (_, seed) => plan('each', WAYS, { seed, seconds })).flat()
  const share = outages(60).filter(({ withKill }) => withKill).length / 200
  expect(share).toBeGreaterThan(0.2)
  expect(share).toBeLessThan(0.5)
  expect(outages(9).some(({ withKill }) => withKill)).toBe(false)
})
