import { expect, test } from 'vitest'
import { fuzz } from './fuzz.ts'
import { TARGETS } from './targets.ts'

const ROUNDS = 40

test('the product accepts every mutated input or refuses it with a typed error', { timeout: 300_000 }, async () => {
  const seed = Number(process.env['FUZZ_SEED'] ?? 1)
  const { cases, broken } = await fuzz({ seed, seconds: 240, only: [], index: null, rounds: ROUNDS, onBroken: () => {} })
  expect({ seed, broken }).toEqual({ seed, broken: [] })
  expect(cases).toEqual(Object.fromEntries(TARGETS.map(({ name }) => [name, ROUNDS])))
})
