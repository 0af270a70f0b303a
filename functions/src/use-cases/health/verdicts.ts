import { HEALTH_STATUSES, type HealthDocument, type HealthStatus } from '@holdfast/core/operations/health-document'
import { REASONS } from '@holdfast/core/session/session-states'
import type { FleetFacts } from '../fleet-facts.ts'
import type { RunnerFact } from '../fleet/runner-facts.ts'
import { isPhoneAway, type SessionFact } from '../fleet/session-facts.ts'
import { problemsOf, statusOfProblems, type Thresholds, worstResources } from '../health-status.ts'
import { sessionFigures } from './session-figures.ts'

/** The health of the fleet, of a runner or of a session, as the facts show it. */
export type HealthVerdict = Pick<HealthDocument, 'status' | 'problems' | 'figures'>

type Problem = HealthDocument['problems'][number]

type Outage = NonNullable<HealthDocument['outage']>['verdict']

const MINUTE_MS = 60_000

/** A session without a connection is a warning after the first limit, and critical after the second one. */
const WARNING_AFTER_MS = 2 * MINUTE_MS
const CRITICAL_AFTER_MS = 15 * MINUTE_MS

/** Storage is looked at by whoever asks for the health: an outage that ended must not be shown for a minute. */
export function healthOfFleet(
  facts: FleetFacts,
  { thresholds, outage }: { thresholds: Thresholds; outage: Outage },
): HealthVerdict {
  const { runners, queue, alerts, actions } = facts
  const sessions = sessionFigures(facts)
  const seen = runners.map((runner) => ({
    id: runner.id,
    isAlive: !runner.isDead,
    hasSessions: facts.sessions.some(({ runnerId }) => runnerId === runner.id),
    cpu: runner.document.resources?.cpu.percentage ?? null,
    memory: { percentage: runner.document.resources?.memory.percentage ?? null },
  }))
  const alive = runners.filter(({ isDead }) => !isDead)
  const problems = problemsOf({ fleet: { sessions, runners: seen }, storageAnswers: true, thresholds, outage })
  const { cpu, memory } = worstResources(seen)
  return {
    status: statusOfProblems(problems.map(({ code }) => code)),
    problems,
    figures: {
      ...sessions,
      waiting: queue.waiting,
      processing: queue.active,
      failedMessages: queue.failed,
      runnersAlive: alive.length,
      runnersDead: runners.length - alive.length,
      capacity: alive.reduce((sum, { document: { capacity } }) => sum + capacity, 0),
      cpu,
      memory: memory.percentage,
      alerts: alerts.length,
      criticalAlerts: alerts.filter(({ content: { severity } }) => severity === 'critical').length,
      actions: actions.length,
      isComplete: facts.cut.length === 0,
    },
  }
}

export function healthOfRunner(runner: RunnerFact, sessions: readonly SessionFact[], thresholds: Thresholds): HealthVerdict {
  const { document, isDead, silentForMs } = runner
  const left = sessions.filter(({ runnerId }) => runnerId === runner.id).length
  const found = isDead ? [death(silentForMs, left)] : problemsOfLive(runner, thresholds)
  const connected = Object.values(document.sessions).filter(({ state }) => state === 'CONNECTED').length
  return {
    ...worstOf(found),
    figures: {
      state: isDead ? 'dead' : document.state,
      sessions: isDead ? left : Object.keys(document.sessions).length,
      connected: isDead ? 0 : connected,
      capacity: document.capacity,
      cpu: document.resources?.cpu.percentage ?? null,
      memory: document.resources?.memory.percentage ?? null,
      network: document.network?.verdict ?? null,
      version: document.version ?? null,
      revision: document.revision || null,
      silentForMs,
    },
  }
}

interface Graded extends Problem {
  readonly status: HealthStatus
}

const death = (silentForMs: number, left: number): Graded => {
  const silence = `The runner has been silent for ${Math.round(silentForMs / 1000)} s`
  return left > 0
    ? { code: 'runner-lost', status: 'critical', sentence: `${silence}. Sessions that still wait for another one: ${left}.` }
    : { code: 'runner-dead', status: 'warning', sentence: `${silence}. Other runners have its sessions.` }
}

function problemsOfLive({ document }: RunnerFact, thresholds: Thresholds): Graded[] {
  const { resources, network, store, state, workingSince } = document
  const above = (code: string, what: string, percentage: number | null | undefined, limit: number): Graded[] =>
    percentage != null && percentage > limit
      ? [{ code, status: 'warning', sentence: `It uses ${percentage} % of its ${what}; the threshold is ${limit} %.` }]
      : []
  const verdict = network?.verdict ?? 'none'
  return [
    ...(verdict === 'none'
      ? []
      : [{ code: 'outage', status: 'warning' as const, sentence: `Its own verdict on its network: ${verdict}.` }]),
    ...(store && !store.valid
      ? store.problems.map(({ code, sentence }) => ({ code, status: 'warning' as const, sentence }))
      : []),
    ...above('cpu-high', 'CPU', resources?.cpu.percentage, thresholds.cpu),
    ...above('memory-high', 'memory', resources?.memory.percentage, thresholds.memory),
    ...(workingSince === null
      ? [
          {
            code: 'held-back',
            status: 'warning' as const,
            sentence: 'It waits before it takes sessions, because its predecessors died young.',
          },
        ]
      : []),
    ...(state === 'draining'
      ? [{ code: 'draining', status: 'degraded' as const, sentence: 'It hands its sessions over and leaves.' }]
      : []),
  ]
}

/** Whether runners are at work and none of them has room. Where none is at work, more room would not help. */
export function isFull({ runners }: Pick<FleetFacts, 'runners'>): boolean {
  const atWork = runners.filter(
    ({ isDead, document: { state, workingSince } }) => !isDead && state === 'active' && workingSince !== null,
  )
  return atWork.length > 0 && atWork.every(({ document }) => Object.keys(document.sessions).length >= document.capacity)
}

const waitsForRoom = ({ isWanted, owner, status }: SessionFact): boolean =>
  isWanted && owner === 'none' && (status === 'STARTING' || status === 'STOPPED')

/** Null for a session that is well, or that nobody wants online. */
export function healthOfSession(given: SessionFact, nowMs: number, isFull = false): HealthVerdict | null {
  const session = isFull && waitsForRoom(given) ? { ...given, reason: 'no-room' as const, ...REASONS['no-room'] } : given
  const { isWanted, document, status, downForMs, runnerId, reported } = session
  if (!isWanted && document !== null) return null
  const found = problemsOfSession(session, nowMs)
  if (found.length === 0) return null
  return {
    ...worstOf(found),
    figures: { status, state: reported?.state ?? document?.state ?? null, downForMs, runnerId, owner: session.owner },
  }
}

function problemsOfSession({ status, reason, sentence, downForMs, reported }: SessionFact, nowMs: number): Graded[] {
  switch (status) {
    case 'FAILED':
      return [{ code: reason, status: 'critical', sentence }]
    case 'SCAN_QR_CODE':
      return [{ code: reason, status: 'warning', sentence }]
    case 'STARTING':
    case 'STOPPED':
      return [{ code: reason, status: ofDownTime(downForMs), sentence }]
    case 'WORKING':
      return [
        ...(reason === 'archive-of-later-version' ? [{ code: reason, status: 'critical' as const, sentence }] : []),
        ...(reported?.deafSince == null
          ? []
          : [{ code: 'deaf-session', status: 'warning' as const, sentence: 'Its connection is open, and nothing arrives.' }]),
        ...(!reported || !isPhoneAway(reported, nowMs)
          ? []
          : [{ code: 'phone-absent', status: 'warning' as const, sentence: 'Its phone has not been online for days.' }]),
      ]
  }
}

const ofDownTime = (downForMs: number): HealthStatus => {
  if (downForMs > CRITICAL_AFTER_MS) return 'critical'
  return downForMs > WARNING_AFTER_MS ? 'warning' : 'degraded'
}

function worstOf(found: readonly Graded[]): Pick<HealthVerdict, 'status' | 'problems'> {
  const worst = Math.max(0, ...found.map(({ status }) => HEALTH_STATUSES.indexOf(status)))
  return { status: HEALTH_STATUSES[worst] ?? 'critical', problems: found.map(({ code, sentence }) => ({ code, sentence })) }
}
