/** What GET /health makes of what was measured. Pure: which figure is a problem, and how bad all of them are together. */

/** From good to bad. */
export const HEALTH_STATUSES = ['healthy', 'degraded', 'warning', 'critical'] as const

export type HealthStatus = (typeof HEALTH_STATUSES)[number]

/** How bad each problem is on its own. Together they are as bad as the worst. */
const SEVERITY = {
  /** Sessions are not all as they should be, or something that is needed later does not answer. What works goes on. */
  'database-unavailable': 'degraded',
  'storage-unavailable': 'degraded',
  'sessions-recovering': 'degraded',
  'sessions-failed': 'degraded',
  /** A runner comes to its limits. */
  'cpu-high': 'warning',
  'memory-high': 'warning',
  /** Nothing can work. */
  'no-runner': 'critical',
  'all-sessions-failed': 'critical',
} as const satisfies Record<string, HealthStatus>

export type ProblemCode = keyof typeof SEVERITY

export const PROBLEM_CODES = Object.keys(SEVERITY) as readonly ProblemCode[]

export interface HealthProblem {
  readonly code: ProblemCode
  readonly sentence: string
}

export function statusOfProblems(codes: Iterable<ProblemCode>): HealthStatus {
  const worst = Math.max(0, ...[...codes].map((code) => HEALTH_STATUSES.indexOf(SEVERITY[code])))
  return HEALTH_STATUSES[worst] ?? 'critical'
}

/** Percent of what the container of a runner may use. */
export interface Thresholds {
  readonly cpu: number
  readonly memory: number
}

export interface RunnerFigures {
  readonly id: string
  readonly isAlive: boolean
  /** Percent, null where it is not known. */
  readonly cpu: number | null
  readonly memory: { readonly percentage: number | null }
}

export interface SessionFigures {
  readonly total: number
  readonly failed: number
  readonly recovering: number
  /** Those that are wanted online, and how many of them have failed. */
  readonly wanted: number
  readonly wantedFailed: number
}

export interface Measured {
  /** Null while Firestore does not answer. */
  readonly fleet: { readonly sessions: SessionFigures; readonly runners: readonly RunnerFigures[] } | null
  readonly storageAnswers: boolean
  readonly thresholds: Thresholds
}

export function problemsOf({ fleet, storageAnswers, thresholds }: Measured): HealthProblem[] {
  return [
    ...(fleet
      ? [...problemsOfSessions(fleet), ...problemsOfRunners(fleet.runners, thresholds)]
      : [sayingThat('database-unavailable', 'Firestore does not answer: nothing is known of the sessions.')]),
    ...(storageAnswers
      ? []
      : [
          sayingThat(
            'storage-unavailable',
            'The store of checkpoints does not answer: they wait, and a session can only be taken over when it does.',
          ),
        ]),
  ]
}

function problemsOfSessions({ sessions, runners }: NonNullable<Measured['fleet']>): HealthProblem[] {
  const { total, failed, recovering, wanted, wantedFailed } = sessions
  const problems: HealthProblem[] = []
  if (wanted > 0 && !runners.some(({ isAlive }) => isAlive)) {
    problems.push(sayingThat('no-runner', `No runner is alive; ${counted(wanted, 'session')} wanted online.`))
  }
  if (wanted > 0 && wantedFailed === wanted) {
    problems.push(sayingThat('all-sessions-failed', `All sessions that are wanted online have failed (${wanted}).`))
  }
  if (failed > 0) {
    const what = 'wait until somebody acts; GET /api/sessions says what to do'
    problems.push(sayingThat('sessions-failed', `${failed} of ${total} sessions ${what}.`))
  }
  if (recovering > 0) {
    problems.push(sayingThat('sessions-recovering', `${recovering} of ${total} sessions are on their way to be connected.`))
  }
  return problems
}

function problemsOfRunners(runners: readonly RunnerFigures[], thresholds: Thresholds): HealthProblem[] {
  const alive = runners.filter(({ isAlive }) => isAlive)
  const cpu = worstOf(alive, ({ cpu }) => cpu)
  const memory = worstOf(alive, ({ memory }) => memory.percentage)
  const tell = (code: 'cpu-high' | 'memory-high', what: string, worst: Worst | null, limit: number): HealthProblem[] =>
    worst && worst.percentage > limit
      ? [sayingThat(code, `${worst.id} uses ${worst.percentage} % of its ${what}; the threshold is ${limit} %.`)]
      : []
  return [...tell('cpu-high', 'CPU', cpu, thresholds.cpu), ...tell('memory-high', 'memory', memory, thresholds.memory)]
}

interface Worst {
  readonly id: string
  readonly percentage: number
}

function worstOf(runners: readonly RunnerFigures[], figure: (runner: RunnerFigures) => number | null): Worst | null {
  const known = runners.flatMap((runner) => {
    const percentage = figure(runner)
    return percentage === null ? [] : [{ id: runner.id, percentage }]
  })
  return known.length === 0 ? null : known.reduce((worst, next) => (next.percentage > worst.percentage ? next : worst))
}

/** Of the worst runner alive, each figure on its own. */
export function worstResources(runners: readonly RunnerFigures[]): { cpu: number | null; memory: { percentage: number | null } } {
  const alive = runners.filter(({ isAlive }) => isAlive)
  const percentage = worstOf(alive, ({ memory }) => memory.percentage)?.percentage ?? null
  return { cpu: worstOf(alive, ({ cpu }) => cpu)?.percentage ?? null, memory: { percentage } }
}

const sayingThat = (code: ProblemCode, sentence: string): HealthProblem => ({ code, sentence })

const counted = (count: number, what: string): string => (count === 1 ? `1 ${what} is` : `${count} ${what}s are`)
