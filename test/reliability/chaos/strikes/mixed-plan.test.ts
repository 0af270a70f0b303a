import { expect, test } from 'vitest'
import { SeededRandom } from '../../../../sandbox/network/seeded-random.ts'
import { drawStrike, PARTS } from './mixed-plan.ts'

const strikes = (seed: number) => {
  const random = new SeededRandom(seed)
  return Array.from({ length: 300 }, () => drawStrike(random))
}

test('mixed strikes kill each part alone or with others, and take each service away', () => {
  const killed = strikes(1).flatMap((strike) => (strike.what === 'kill' ? [strike.parts.join()] : []))
  expect([...new Set(killed)]).toEqual(expect.arrayContaining([...PARTS, PARTS.join()]))
  const away = strikes(1).flatMap((strike) => (strike.what === 'away' ? [strike.service] : []))
  expect([...new Set(away)].toSorted()).toEqual(['firestore', 'storage', 'tasks'])
})

test('the seed decides the strikes', () => {
  expect(strikes(2)).toEqual(strikes(2))
  expect(strikes(2)).not.toEqual(strikes(3))
})
