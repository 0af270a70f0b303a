import { describe, expect, test } from 'vitest'
import { NO_PAST, pastOf, pauseBefore, tell } from './restarts.ts'

const POLICY = { uptimeMs: 10_000, memoryUptimeMs: 600_000, alertAfter: 10, longestPauseMs: 60_000 }

const at = (seconds: number): Date => new Date(Date.UTC(2026, 10, 1, 12) + seconds * 1000)

/** The document of a process that started at 100 s. `workedS` is the time that it worked, in seconds; null if it never did. */
const life = (workedS: number | null, shortLives: number | undefined = 0, state: 'active' | 'draining' = 'active') => ({
  state,
  startedAt: at(100),
  workingSince: workedS === null ? null : at(103),
  heartbeatAt: at(103 + (workedS ?? 2)),
  shortLives,
})

describe('the number of short lives in a row', () => {
  test.each([
    ['no process ran before', [], 0],
    ['the last process left in order, without a document', [], 0],
    ['the last process worked long enough', [life(10, 7)], 0],
    ['the last process died a moment too early', [life(9.999, 0)], 1],
    ['several processes died early', [life(3, 6)], 7],
    ['the last process died in its pause', [life(null, 6)], 7],
    ['the last process died after its stop signal', [life(3, 6, 'draining')], 0],
    ['the last process had a version without the count', [{ ...life(3), shortLives: undefined }], 1],
  ])('is right when %s', (_, predecessors, expected) => {
    expect(pastOf(predecessors, POLICY).shortLives).toBe(expected)
  })

  test('takes the start of a process for the start of its work when an old version did not record it', () => {
    const { workingSince: _, ...old } = life(0)
    expect(pastOf([{ ...old, heartbeatAt: at(109), workingSince: undefined }], POLICY).shortLives).toBe(1)
    expect(pastOf([{ ...old, heartbeatAt: at(110), workingSince: undefined }], POLICY).shortLives).toBe(0)
  })

  test('follows the last process that started, in whatever order the documents are found', () => {
    const earlier = { ...life(3, 3), startedAt: at(50) }
    for (const found of [
      [earlier, life(3, 8)],
      [life(3, 8), earlier],
    ]) {
      expect(pastOf(found, POLICY).shortLives).toBe(9)
    }
  })
})

/** The document of a process that left because of its memory. */
const forMemory = (workedS: number | null, shortLives = 0) => ({
  ...life(workedS, shortLives, 'draining'),
  leavesBecause: 'memory-limit' as const,
})

describe('a process that left at its memory limit', () => {
  test.each([
    [
      'after a few looks counts as short, although it left in order',
      forMemory(12, 2),
      { shortLives: 3, lastEnd: 'memory-limit' },
    ],
    ['before it worked counts as short', forMemory(null, 2), { shortLives: 3, lastEnd: 'memory-limit' }],
    ['a moment too early counts as short', forMemory(599.999), { shortLives: 1, lastEnd: 'memory-limit' }],
    ['after ten minutes does not count', forMemory(600, 9), NO_PAST],
  ])('%s', (_, last, expected) => {
    expect(pastOf([last], POLICY)).toEqual(expected)
  })

  test('is reported with a remedy, and a killed process with the place to look', () => {
    expect(tell({ shortLives: 3, lastEnd: 'memory-limit' }, POLICY)).toEqual({
      sentence:
        'Each of the last 3 processes of this container ended too soon, the last one because its memory came to its limit before it had worked for 600 s.',
      userAction: expect.stringMatching(/memory limit.*MAX_CONNECTIONS/),
    })
    expect(tell({ shortLives: 1, lastEnd: 'death' }, POLICY)).toEqual({
      sentence: 'The last process of this container died before it had worked for 10 s.',
      userAction: expect.stringContaining('log'),
    })
  })
})

test('the pause is none after up to two failures, then doubles from a second up to its limit', () => {
  const pauses = Array.from({ length: 13 }, (_, shortLives) => pauseBefore(shortLives, POLICY) / 1000)
  expect(pauses).toEqual([0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60])
  expect(pauseBefore(5000, POLICY)).toBe(60_000)
})
