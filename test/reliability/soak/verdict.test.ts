import { expect, test } from 'vitest'
import { FIGURES, type Figure, type Sample } from './sample.ts'
import { judgeSamples } from './verdict.ts'

/** Makes the samples of ten minutes, one every ten seconds. */
const samples = (changes: Partial<Record<Figure, (seconds: number) => number>> = {}): Sample[] =>
  Array.from({ length: 60 }, (_, index) => {
    const at = index * 10
    const entries = FIGURES.map((figure) => [figure, changes[figure]?.(at) ?? 100])
    return { ...(Object.fromEntries(entries) as Record<Figure, number>), at }
  })

const complaintsOf = (changes: Parameters<typeof samples>[0]) => judgeSamples(samples(changes), { journal: 200 }).complaints

test('a runner with constant resources is flat in every figure', () => {
  const { trends, complaints } = judgeSamples(samples(), { journal: 200 })
  expect(complaints).toEqual([])
  expect(Object.keys(trends)).toEqual([...FIGURES])
})

test.each(FIGURES.filter((figure) => figure !== 'journal'))('%s that doubles in ten minutes is a complaint', (figure) => {
  expect(complaintsOf({ [figure]: (at: number) => 1000 + at * 2 })).toEqual([expect.stringContaining(`${figure} grew by`)])
})

test('a figure that grows only during the warm-up is no complaint', () => {
  expect(complaintsOf({ heapMb: (at) => Math.min(at, 140) })).toEqual([])
})

test('a journal may grow and shrink within its limit', () => {
  expect(complaintsOf({ journal: (at) => at % 200 })).toEqual([])
  expect(complaintsOf({ journal: (at) => (at === 300 ? 201 : 50) })).toEqual(['a journal had 201 records, more than 200'])
})

test('a run that is too short to judge does not pass', () => {
  expect(judgeSamples(samples().slice(0, 10), { journal: 200 }).complaints).toHaveLength(FIGURES.length)
})
