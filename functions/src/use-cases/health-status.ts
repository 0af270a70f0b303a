import { HEALTH_STATUSES, type HealthStatus } from '@holdfast/core/operations/health-document'
import type { OutageVerdict } from '@holdfast/core/operations/network-report'
import type { ApiStatus } from '@holdfast/core/session/session-states'

/** Derives the problems and the status of GET /health from the measured figures. */

/** The status that each problem causes. The worst problem decides the status of the installation. */
const SEVERITY = {
  /** Some sessions are not connected, or a store does not answer. Connected sessions go on. */
  'database-unavailable': 'degraded',
  'storage-unavailable': 'degraded',
  'sessions-recovering': 'degraded',
  'sessions-failed': 'degraded',
  /** Its sessions wait for another runner. */
  'runner-lost': 'degraded',
  /** A runner is close to its limits. */
  'cpu-high': 'warning',
  'memory-high': 'warning',
  /** Something outside the sessions keeps them from working. */
  outage: 'warning',
  /** Retries, alerts and this health wait for the schedule. */
  'sweep-dead': 'warning',
  /** No session works. */
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

/** Percent of the limits of a runner's container. */
export interface Thresholds {
  readonly cpu: number
  readonly memory: number
}

export interface RunnerFigures {
  readonly id: string
  readonly isAlive: boolean
  /** Whether documents of sessions still name it. Absent: not known. */
  readonly hasSessions?: boolean
  /** Percent, null when unknown. */
  readonly cpu: number | null
  readonly memory: { readonly percentage: number | null }
}

export interface SessionFigures {
  readonly total: number
  readonly failed: number
  readonly recovering: number
  /** Sessions that are wanted online. */
  readonly wanted: number
  /** Sessions that are wanted online and have failed. */
  readonly wantedFailed: number
}

export type CountedSessions = SessionFigures & { readonly active: number }

/** A session as an operator sees it. */
export interface SeenSession {
  readonly status: ApiStatus
  /** Whether it is wanted online. */
  readonly isWanted: boolean
}

export function countSessions(sessions: readonly SeenSession[]): CountedSessions {
  const counts = { total: sessions.length, active: 0, failed: 0, recovering: 0, wanted: 0, wantedFailed: 0 }
  for (const session of sessions) {
    const group = groupOf(session)
    if (group) counts[group]++
    if (!session.isWanted) continue
    counts.wanted++
    if (group === 'failed') counts.wantedFailed++
  }
  return counts
}

/** Returns the group in which a session counts. Null for a session that is stopped or waits for a phone, as it should. */
function groupOf({ status, isWanted }: SeenSession): 'active' | 'failed' | 'recovering' | null {
  switch (status) {
    case 'WORKING':
      return 'active'
    case 'FAILED':
      return 'failed'
    case 'STARTING':
    case 'STOPPED':
      return isWanted ? 'recovering' : null
    case 'SCAN_QR_CODE':
      return null
  }
}

export interface Measured {
  /** Null while Firestore does not answer. */
  readonly fleet: { readonly sessions: SessionFigures; readonly runners: readonly RunnerFigures[] } | null
  readonly storageAnswers: boolean
  readonly thresholds: Thresholds
  /** Where an outage lies, as all runners together show it. */
  readonly outage?: OutageVerdict
  /** Whether the schedule of each minute runs. */
  readonly sweepRuns?: boolean
}

export function problemsOf(measured: Measured): HealthProblem[] {
  const { fleet, storageAnswers, thresholds, outage = 'none', sweepRuns = true } = measured
  return [
    ...(outage === 'none' ? [] : [problem('outage', OUTAGES[outage])]),
    ...(sweepRuns ? [] : [problem('sweep-dead', SWEEP_IS_DEAD)]),
    ...(fleet
      ? [...problemsOfSessions(fleet), ...problemsOfRunners(fleet.runners, thresholds)]
      : [problem('database-unavailable', 'Firestore does not answer, so the state of the sessions is unknown.')]),
    ...(storageAnswers
      ? []
      : [
          problem(
            'storage-unavailable',
            'The store of checkpoints does not answer. Until it does, checkpoints wait and no session can be taken over.',
          ),
        ]),
  ]
}

const OUTAGES: Readonly<Record<Exclude<OutageVerdict, 'none'>, string>> = {
  runner: 'The network of a runner is away; other runners work.',
  egress: 'No runner reaches anything outside Google.',
  whatsapp: 'WhatsApp does not answer, or refuses connections; the network works.',
  google: 'Firestore or Cloud Storage does not answer a runner; the network works.',
  fleet: 'No runner can be reached, or none reaches anything.',
}

const SWEEP_IS_DEAD =
  'The schedule of each minute has not run for minutes: due retries, alerts and the health of the installation wait for it.'

function problemsOfSessions({ sessions, runners }: NonNullable<Measured['fleet']>): HealthProblem[] {
  const { total, failed, recovering, wanted, wantedFailed } = sessions
  const problems: HealthProblem[] = []
  if (wanted > 0 && !runners.some(({ isAlive }) => isAlive)) {
    problems.push(problem('no-runner', `No runner is alive; ${counted(wanted, 'session')} wanted online.`))
  }
  if (wanted > 0 && wantedFailed === wanted) {
    problems.push(problem('all-sessions-failed', `All sessions that are wanted online have failed (${wanted}).`))
  }
  if (failed > 0) {
    const what = 'wait for an operator; GET /api/sessions says what to do'
    problems.push(problem('sessions-failed', `${failed} of ${total} sessions ${what}.`))
  }
  if (recovering > 0) {
    problems.push(problem('sessions-recovering', `${recovering} of ${total} sessions are on the way to a connection.`))
  }
  return problems
}

function problemsOfRunners(runners: readonly RunnerFigures[], thresholds: Thresholds): HealthProblem[] {
  const alive = runners.filter(({ isAlive }) => isAlive)
  const lost = runners.filter((runner) => !runner.isAlive && runner.hasSessions).map(({ id }) => id)
  const cpu = worstOf(alive, ({ cpu }) => cpu)
  const memory = worstOf(alive, ({ memory }) => memory.percentage)
  const above = (code: 'cpu-high' | 'memory-high', what: string, worst: Worst | null, limit: number): HealthProblem[] =>
    worst && worst.percentage > limit
      ? [problem(code, `${worst.id} uses ${worst.percentage} % of its ${what}; the threshold is ${limit} %.`)]
      : []
  const losses =
    lost.length === 0 ? [] : [problem('runner-lost', `Sessions wait for another runner, because theirs died: ${named(lost)}.`)]
  return [
    ...losses,
    ...above('cpu-high', 'CPU', cpu, thresholds.cpu),
    ...above('memory-high', 'memory', memory, thresholds.memory),
  ]
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

/** Returns the highest figures of all live runners. They can come from different runners. */
export function worstResources(runners: readonly RunnerFigures[]): { cpu: number | null; memory: { percentage: number | null } } {
  const alive = runners.filter(({ isAlive }) => isAlive)
  const percentage = worstOf(alive, ({ memory }) => memory.percentage)?.percentage ?? null
  return { cpu: worstOf(alive, ({ cpu }) => cpu)?.percentage ?? null, memory: { percentage } }
}

const problem = (code: ProblemCode, sentence: string): HealthProblem => ({ code, sentence })

const counted = (count: number, what: string): string => (count === 1 ? `1 ${what} is` : `${count} ${what}s are`)

/** Names some of many. */
const named = (ids: readonly string[]): string =>
  ids.length > 3 ? `${ids.slice(0, 3).join(', ')} and ${ids.length - 3} more` : ids.join(', ')
