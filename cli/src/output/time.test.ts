import { expect, it } from 'vitest'
import { age, length, readTime } from './time.ts'

it.each([
  [0, '0 s'],
  [-5, '0 s'],
  [119_000, '119 s'],
  [120_000, '2 min'],
  [7_199_000, '119 min'],
  [7_200_000, '2 h'],
  [172_800_000, '2 d'],
])('%i ms are %s', (ms, text) => {
  expect(length(ms)).toBe(text)
})

const NOW = Date.parse('2026-12-01T12:00:00Z')

it.each([
  ['2h', 1, '2026-12-01T14:00:00.000Z'],
  ['30min', -1, '2026-12-01T11:30:00.000Z'],
  ['1d', -1, '2026-11-30T12:00:00.000Z'],
  ['2026-12-31T18:00:00+01:00', 1, '2026-12-31T17:00:00.000Z'],
  ['tomorrow', 1, null],
  ['5', 1, null],
  ['12/31/2026', 1, null],
] as const)('%s, seen in direction %i, is %s', (text, direction, at) => {
  expect(readTime(text, NOW, direction)).toBe(at)
})

it('what is not known has no age', () => {
  expect(age(null, NOW)).toBeNull()
  expect(age('2026-12-01T11:59:00Z', NOW)).toBe('60 s')
})
