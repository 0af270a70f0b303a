import type { HealthStatus } from '@holdfast/core/operations/health-document'
import { describe, expect, test } from 'vitest'
import {
  type Measured,
  PROBLEM_CODES,
  type ProblemCode,
  type RunnerFigures,
  problemsOf,
  statusOfProblems,
  worstResources,
} from './health-status.ts'

const CRITICAL: readonly ProblemCode[] = ['no-runner', 'all-sessions-failed']
const WARNING: readonly ProblemCode[] = ['cpu-high', 'memory-high', 'outage', 'sweep-dead']
const DEGRADED: readonly ProblemCode[] = [
  'database-unavailable',
  'storage-unavailable',
  'sessions-failed',
  'sessions-recovering',
  'runner-lost',
]

describe('the status', () => {
  test('is defined for every problem', () => {
    expect([...CRITICAL, ...WARNING, ...DEGRADED].sort()).toEqual([...PROBLEM_CODES].sort())
  })

  test('is that of the worst problem, in every combination', () => {
    const seen = new Map<HealthStatus, number>()
    for (let bits = 0; bits < 2 ** PROBLEM_CODES.length; bits++) {
      const codes = PROBLEM_CODES.filter((_, index) => bits & (1 << index))
      const has = (list: readonly ProblemCode[]) => codes.some((code) => list.includes(code))
      const expected = has(CRITICAL) ? 'critical' : has(WARNING) ? 'warning' : has(DEGRADED) ? 'degraded' : 'healthy'
      expect(statusOfProblems(codes), codes.join()).toBe(expected)
      seen.set(expected, (seen.get(expected) ?? 0) + 1)
    }
    expect(Object.fromEntries(seen)).toEqual({ healthy: 1, degraded: 31, warning: 480, critical: 1536 })
  })
})

const runner = (cpu: number | null, memory: number | null, isAlive = true): RunnerFigures => ({
  id: `runner-${cpu}-${memory}`,
  isAlive,
  cpu,
  memory: { percentage: memory },
})

const fine = { total: 4, failed: 0, recovering: 0, wanted: 3, wantedFailed: 0 }

const codesOf = (changes: Partial<Measured>): ProblemCode[] =>
  problemsOf({
    fleet: { sessions: fine, runners: [runner(10, 20)] },
    storageAnswers: true,
    thresholds: { cpu: 70, memory: 75 },
    ...changes,
  }).map(({ code }) => code)

const fleet = (sessions: Partial<typeof fine>, runners: readonly RunnerFigures[] = [runner(10, 20)]): Partial<Measured> => ({
  fleet: { sessions: { ...fine, ...sessions }, runners },
})

describe('the list of problems', () => {
  const nothingWanted = { wanted: 0, wantedFailed: 0 }

  test.each<[string, Partial<Measured>, ProblemCode[]]>([
    ['all is well', {}, []],
    ['Firestore is away', { fleet: null }, ['database-unavailable']],
    ['Cloud Storage is away', { storageAnswers: false }, ['storage-unavailable']],
    ['both are away', { fleet: null, storageAnswers: false }, ['database-unavailable', 'storage-unavailable']],
    ['one session failed', fleet({ failed: 1, wantedFailed: 1 }), ['sessions-failed']],
    ['a session that is not wanted online failed', fleet({ failed: 1 }), ['sessions-failed']],
    ['one session is not connected yet', fleet({ recovering: 1 }), ['sessions-recovering']],
    [
      'all sessions that are wanted online failed',
      fleet({ failed: 3, wantedFailed: 3 }),
      ['all-sessions-failed', 'sessions-failed'],
    ],
    ['there is no runner', fleet({ recovering: 3 }, []), ['no-runner', 'sessions-recovering']],
    ['no runner is alive', fleet({}, [runner(99, 99, false)]), ['no-runner']],
    ['there is no runner and no session is wanted online', fleet(nothingWanted, []), []],
    ['the installation is empty', fleet({ ...nothingWanted, total: 0 }, []), []],
    ['CPU is at the threshold', fleet({}, [runner(70, 20)]), []],
    ['CPU is above the threshold', fleet({}, [runner(70.1, 20)]), ['cpu-high']],
    ['memory is at the threshold', fleet({}, [runner(10, 75)]), []],
    ['memory is above the threshold', fleet({}, [runner(10, 75.1)]), ['memory-high']],
    ['one of several runners is above both thresholds', fleet({}, [runner(10, 20), runner(90, 90)]), ['cpu-high', 'memory-high']],
    ['the runner above the thresholds is dead', fleet({}, [runner(10, 20), runner(90, 90, false)]), []],
    ['no runner reports what it uses', fleet({}, [runner(null, null)]), []],
  ])('is complete when %s', (_, changes, expected) => {
    expect(codesOf(changes)).toEqual(expected)
  })

  test('has a sentence with figures for each problem', () => {
    const runners = [runner(90.5, 20), runner(80, 30), runner(10, 91)]
    const sentences = problemsOf({
      fleet: { sessions: { ...fine, failed: 1 }, runners },
      storageAnswers: true,
      thresholds: { cpu: 70, memory: 75 },
    }).map(({ sentence }) => sentence)
    expect(sentences).toEqual([
      '1 of 4 sessions wait for an operator; GET /api/sessions says what to do.',
      'runner-90.5-20 uses 90.5 % of its CPU; the threshold is 70 %.',
      'runner-10-91 uses 91 % of its memory; the threshold is 75 %.',
    ])
  })
})

test('the resources are the highest figures of all live runners', () => {
  expect(worstResources([runner(10, 80), runner(60, null), runner(99, 99, false)])).toEqual({
    cpu: 60,
    memory: { percentage: 80 },
  })
  expect(worstResources([runner(null, null)])).toEqual({ cpu: null, memory: { percentage: null } })
  expect(worstResources([])).toEqual({ cpu: null, memory: { percentage: null } })
})
