import { expect, test } from 'vitest'
import { SeededRandom } from '../../seeded-random.ts'
import { planOutages, WAYS, type Way } from './outage-plan.ts'

const plan = (store: 'firestore' | 'storage' | 'both' | 'each', how: readonly Way[], seed = 1) =>
  planOutages({ store, how }, new SeededRandom(seed))

test('one store after the other in every way, or both at once', () => {
  const each = plan('each', WAYS)
  expect(each.map(({ mode }) => mode.how)).toEqual([...WAYS, ...WAYS])
  expect(each.map(({ stores }) => stores.join())).toEqual([...WAYS.map(() => 'firestore'), ...WAYS.map(() => 'storage')])
  expect(plan('both', ['hang'])).toEqual([
    { stores: ['firestore', 'storage'], mode: { how: 'hang' }, withKill: expect.any(Boolean) },
  ])
  expect(plan('storage', ['refuse'])).toHaveLength(1)
})

test('the seed decides delays, cuts and kills', () => {
  expect(plan('each', WAYS, 3)).toEqual(plan('each', WAYS, 3))
  expect(plan('each', WAYS, 3)).not.toEqual(plan('each', WAYS, 4))
  const kills = Array.from({ length: 20 }, (_, seed) => plan('each', WAYS, seed)).flat()
  const share = kills.filter(({ withKill }) => withKill).length / kills.length
  expect(share).toBeGreaterThan(0.2)
  expect(share).toBeLessThan(0.5)
})
