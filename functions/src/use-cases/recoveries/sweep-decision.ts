import type { RecoveryEvidence } from '@holdfast/core/operations/recovery-action-document'
import { LADDER, type LossCause } from '@holdfast/core/session/recovery-ladder'
import type { RunnerFact } from '../fleet/runner-facts.ts'
import type { SessionFact } from '../fleet/session-facts.ts'
import { causeOf, hasRoom, isSick, outageOf, type Surroundings } from './lost-session-facts.ts'

/*
 * Which recoveries the sweep asks for. Owners recover their sessions themselves and record it, so that this is for sessions whose owner
 * does not, and for runners most of whose sessions are lost. The first row that fits decides about a session.
 *
 *   the session                                                        | the sweep
 *   is not wanted online, works, or waits for a person or its trial    | leaves it alone
 *   has an open action, of whomever                                    | leaves it alone: one recovery at a time
 *   is lost for less than its tenant's limit and two minutes           | leaves it alone: its owner goes first
 *   is lost in an outage that concerns it, or with most sessions of all | vetoes, once for all sessions of the outage
 *   has no live owner, and no runner has room for it                   | leaves it alone: nobody could do anything
 *   is of the runner that is to be restarted                           | leaves it alone
 *   had a recovery by the sweep that ended less than ten minutes ago   | leaves it alone
 *   had three of them in six hours                                     | vetoes, once for this loss
 *   is one too many for its runner, for the fleet or for this run      | leaves it to a later run
 *   is lost otherwise                                                  | recovers it
 *
 * A runner is restarted when most of its sessions, and three or more, are lost for five minutes beyond the limit to one cause that such a
 * restart can end, while most sessions of the other runners work and one of them has room; one runner in half an hour, and never in an
 * outage or in its first ten minutes.
 */

const MINUTE_MS = 60_000

export const BUDGET_WINDOW_MS = 6 * 60 * MINUTE_MS

/** The time in which the owner has to begin the recovery by itself. */
const OWNER_FIRST_MS = 2 * MINUTE_MS
const PAUSE_MS = 10 * MINUTE_MS
const MOST_OF_SESSION = 3
const LEAST_OF_RUNNER = 2
const LEAST_OF_FLEET = 5
const SHARE = 0.1
/** A run begins this share of what may be open at once. */
const RAMP = 0.25
const LEAST_IN_MASS = 5

const LEAST_FOR_RESTART = 3
const BEYOND_LIMIT_MS = 5 * MINUTE_MS
const RESTART_PAUSE_MS = 30 * MINUTE_MS
const YOUNG_RUNNER_MS = 10 * MINUTE_MS
const SAME_CAUSE = 0.8
const WELL_ELSEWHERE = 0.8

/** An action that the sweep wrote within the last six hours. */
export interface PastAction {
  readonly sessionId: string
  readonly type: string
  readonly state: string
  readonly requestedAtMs: number
  /** Null while it is open. */
  readonly finishedAtMs: number | null
}

export interface SweepView extends Surroundings {
  /** Sessions that are not plainly fine. */
  readonly sessions: readonly SessionFact[]
  /** Sessions that are wanted online, in all. */
  readonly wanted: number
  /** Open actions of all kinds, proposals included, by session. */
  readonly open: ReadonlySet<string>
  /** Runners with an open action. */
  readonly openRestarts: ReadonlySet<string>
  /** Null: there were more than a run reads, so that nobody knows what the budgets have left. */
  readonly past: readonly PastAction[] | null
  readonly silenceMsOf: (tenant: string) => number
}

export type SweepWish =
  | { readonly do: 'recover'; readonly fact: SessionFact; readonly attempt: number }
  | { readonly do: 'veto'; readonly fact: SessionFact; readonly why: 'sweep-budget' }
  | { readonly do: 'veto-all'; readonly why: 'outage' | 'mass-failure'; readonly evidence: RecoveryEvidence }
  | { readonly do: 'restart-runner'; readonly runner: RunnerFact; readonly evidence: RecoveryEvidence }

/** Returns what the sweep asks for, the session that is lost for longest first. */
export function wishesOf(view: SweepView): SweepWish[] {
  const lost = view.sessions.filter((fact) => isLost(fact, view)).toSorted((one, other) => other.downForMs - one.downForMs)
  if (lost.length >= LEAST_IN_MASS && lost.length * 2 > view.wanted) return [vetoAll('mass-failure', lost, view)]
  const inOutage = lost.filter((fact) => outageOf(fact, view.outage) !== 'none')
  const vetoes = inOutage.length > 0 ? [vetoAll('outage', inOutage, view)] : []
  if (view.past === null) return vetoes
  const sick = lost.filter((fact) => !inOutage.includes(fact))
  const restart = restartOf(sick, view)
  const own = sick.filter(({ runnerId }) => restart === null || runnerId !== restart.runner.id)
  return [...vetoes, ...(restart ? [restart] : []), ...withinBudgets(own, view, view.past)]
}

function isLost(fact: SessionFact, { nowMs, silenceMsOf }: SweepView): boolean {
  if (!fact.isWanted || !fact.document || fact.reason === 'awaiting-trial') return false
  return lostForMs(fact, nowMs) >= silenceMsOf(fact.tenant) + OWNER_FIRST_MS
}

/** A connection that lets nothing through is as good as none. */
export function lostForMs({ status, downForMs, reported }: SessionFact, nowMs: number): number {
  if (status === 'STARTING') return downForMs
  const isDeaf = status === 'WORKING' && reported?.deafSince != null
  return isDeaf ? nowMs - (reported.deafSince as Date).getTime() : 0
}

function withinBudgets(lost: readonly SessionFact[], view: SweepView, past: readonly PastAction[]): SweepWish[] {
  const recoveries = past.filter(({ type, state }) => type === 'recover' && state !== 'vetoed' && state !== 'cancelled')
  const open = recoveries.filter(({ finishedAtMs }) => finishedAtMs === null).map(({ sessionId }) => sessionId)
  const ofFleet = limitOf(LEAST_OF_FLEET, view.wanted)
  const places = new Places(view)
  for (const sessionId of open) places.take(sessionId)
  let free = Math.min(ofFleet - open.length, Math.max(1, Math.ceil(ofFleet * RAMP)))
  return lost.flatMap((fact): SweepWish[] => {
    if (view.open.has(fact.sessionId) || !canBePerformed(fact, view)) return []
    const own = recoveries.filter(({ sessionId }) => sessionId === fact.sessionId)
    if (own.some(({ finishedAtMs }) => finishedAtMs === null || view.nowMs - finishedAtMs < PAUSE_MS)) return []
    if (own.length >= MOST_OF_SESSION) return [{ do: 'veto', fact, why: 'sweep-budget' }]
    if (free <= 0 || !places.hasPlace(fact)) return []
    free--
    places.take(fact.sessionId)
    return [{ do: 'recover', fact, attempt: own.length + 1 }]
  })
}

const limitOf = (least: number, sessions: number): number => Math.max(least, Math.floor(sessions * SHARE))

/** Counts the open recoveries of each runner's sessions. */
class Places {
  readonly #ownerOf: ReadonlyMap<string, string>
  readonly #limits: ReadonlyMap<string, number>
  readonly #taken = new Map<string, number>()

  constructor({ runners, sessions }: SweepView) {
    const named = runners.flatMap(({ id, document }) => Object.keys(document.sessions).map((session) => [session, id] as const))
    const known = sessions.flatMap(({ sessionId, runnerId }) => (runnerId === null ? [] : [[sessionId, runnerId] as const]))
    this.#ownerOf = new Map([...named, ...known])
    const limits = runners.map(
      ({ id, document }) => [id, limitOf(LEAST_OF_RUNNER, Object.keys(document.sessions).length)] as const,
    )
    this.#limits = new Map(limits)
  }

  /** Sessions without a runner share one limit. */
  hasPlace({ runnerId }: SessionFact): boolean {
    return (this.#taken.get(runnerId ?? '') ?? 0) < (this.#limits.get(runnerId ?? '') ?? LEAST_OF_FLEET)
  }

  take(sessionId: string): void {
    const runnerId = this.#ownerOf.get(sessionId) ?? ''
    this.#taken.set(runnerId, (this.#taken.get(runnerId) ?? 0) + 1)
  }
}

const canBePerformed = ({ owner }: SessionFact, { runners }: SweepView): boolean => owner === 'alive' || runners.some(hasRoom)

function vetoAll(why: 'outage' | 'mass-failure', lost: readonly SessionFact[], view: SweepView): SweepWish {
  const verdict = lost[0] ? outageOf(lost[0], view.outage) : 'none'
  return { do: 'veto-all', why, evidence: { verdict, lost: lost.length, wanted: view.wanted } }
}

function restartOf(lost: readonly SessionFact[], view: SweepView): (SweepWish & { do: 'restart-runner' }) | null {
  const { past, openRestarts, nowMs } = view
  const isTooSoon = past?.some(
    ({ type, state, requestedAtMs }) =>
      type === 'restart-runner' && state !== 'vetoed' && nowMs - requestedAtMs < RESTART_PAUSE_MS,
  )
  if (isTooSoon || openRestarts.size > 0) return null
  const byRunner = Map.groupBy(
    lost.filter(({ owner }) => owner === 'alive'),
    ({ runnerId }) => runnerId,
  )
  for (const runner of view.runners) {
    const evidence = sicknessOf(runner, byRunner.get(runner.id) ?? [], view)
    if (evidence) return { do: 'restart-runner', runner, evidence }
  }
  return null
}

/** Returns what speaks for a restart of the runner. Null: not enough. */
function sicknessOf(runner: RunnerFact, lost: readonly SessionFact[], view: SweepView): RecoveryEvidence | null {
  const { nowMs, silenceMsOf, runners } = view
  const long = lost.filter((fact) => lostForMs(fact, nowMs) >= silenceMsOf(fact.tenant) + BEYOND_LIMIT_MS)
  const [cause, number] = mostCommon(long.map(causeOf))
  const isEnough = long.length >= LEAST_FOR_RESTART && number >= long.length * SAME_CAUSE
  if (!isEnough || cause === null || !LADDER[cause].includes('restart-runner')) return null
  const isYoung = nowMs - runner.document.startedAt.getTime() < YOUNG_RUNNER_MS
  const silenceMs = Math.min(...long.map(({ tenant }) => silenceMsOf(tenant)))
  if (isYoung || runner.document.state !== 'active' || !isSick(runner, { nowMs, silenceMs })) return null
  const others = runners.filter(({ id, isDead }) => !isDead && id !== runner.id)
  const elsewhere = others.flatMap(({ document }) => Object.values(document.sessions))
  const working = elsewhere.filter(({ state, deafSince }) => state === 'CONNECTED' && deafSince == null).length
  if (working === 0 || working < elsewhere.length * WELL_ELSEWHERE || !others.some(hasRoom)) return null
  const sessions = Object.keys(runner.document.sessions).length
  return { cause, lost: long.length, sessions, otherRunners: others.length, workingElsewhere: working }
}

function mostCommon(causes: readonly (LossCause | null)[]): [LossCause | null, number] {
  const counted = [...Map.groupBy(causes, (cause) => cause)].map(([cause, all]) => [cause, all.length] as const)
  const [most = [null, 0] as const] = counted.toSorted(([, one], [, other]) => other - one)
  return [...most]
}
