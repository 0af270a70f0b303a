import { expect, test } from 'vitest'
import { fuzz } from './fuzz.ts'

const SECONDS = 5

test('whatever is written to it, the product refuses in words that its callers understand, and goes on', async () => {
  const seed = Number(process.env['FUZZ_SEED'] ?? 1)
  const { cases, broken } = await fuzz({ seed, seconds: SECONDS, only: [], index: null, onBroken: () => {} })
  expect({ seed, broken }).toEqual({ seed, broken: [] })
  // Otherwise nothing was put to the test.
  expect(Math.min(...Object.values(cases))).toBeGreaterThan(20)
})
