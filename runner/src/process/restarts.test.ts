import { describe, expect, test } from 'vitest'
import { pauseBefore, shortLivesBefore } from './restarts.ts'

const POLICY = { uptimeMs: 10_000, alertAfter: 10, longestPauseMs: 60_000 }

const at = (seconds: number): Date => new Date(Date.UTC(2026, 10, 1, 12) + seconds * 1000)

/** A life that began at 100 s. */
const life = (workedS: number | null, shortLives: number | undefined = 0, state: 'active' | 'draining' = 'active') => ({
  state,
  startedAt: at(100),
  workingSince: workedS === null ? null : at(103),
  heartbeatAt: at(103 + (workedS ?? 2)),
  shortLives,
})

describe('the number of short lives in a row', () => {
  test.each([
    ['there was none before', [], 0],
    ['the last one left in order, which leaves no document', [], 0],
    ['the last one worked long enough', [life(10, 7)], 0],
    ['the last one died a moment too early', [life(9.999, 0)], 1],
    ['several died early', [life(3, 6)], 7],
    ['the last one died in its pause', [life(null, 6)], 7],
    ['the last one died while it was leaving as it was told', [life(3, 6, 'draining')], 0],
    ['the last one is of a version that did not count', [{ ...life(3), shortLives: undefined }], 1],
  ])('when %s', (_, predecessors, expected) => {
    expect(shortLivesBefore(predecessors, POLICY)).toBe(expected)
  })

  test('of a version that did not write when work began, which was at its start', () => {
    const { workingSince: _, ...old } = life(0)
    expect(shortLivesBefore([{ ...old, heartbeatAt: at(109), workingSince: undefined }], POLICY)).toBe(1)
    expect(shortLivesBefore([{ ...old, heartbeatAt: at(110), workingSince: undefined }], POLICY)).toBe(0)
  })

  test('goes by the last one that started, whatever order they are found in', () => {
    const earlier = { ...life(3, 3), startedAt: at(50) }
    for (const found of [
      [earlier, life(3, 8)],
      [life(3, 8), earlier],
    ]) {
      expect(shortLivesBefore(found, POLICY)).toBe(9)
    }
  })
})

test('the pause is none after two failures, then doubles from a second up to its limit', () => {
  const pauses = Array.from({ length: 13 }, (_, shortLives) => pauseBefore(shortLives, POLICY) / 1000)
  expect(pauses).toEqual([0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60])
  expect(pauseBefore(5000, POLICY)).toBe(60_000)
})
