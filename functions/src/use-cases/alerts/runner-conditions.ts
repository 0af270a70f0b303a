import { type AlertDocument, type AlertType, alertIdOf } from '@holdfast/core/operations/alert-document'
import { DESCRIBED_TYPES } from '@holdfast/core/operations/alert-types'
import type { HealthDocument } from '@holdfast/core/operations/health-document'
import type { FleetFacts } from '../fleet-facts.ts'
import type { RunnerFact } from '../fleet/runner-facts.ts'
import type { Thresholds } from '../health-status.ts'
import type { WantedAlert } from './wanted-alert.ts'
import { isOfWrappingKey } from './wrapping-key-scope.ts'

/** The alerts that runners and the fleet as a whole ask for. */

type Said = Pick<WantedAlert, 'type' | 'scope' | 'sentence' | 'userAction'> & Partial<Pick<WantedAlert, 'severity' | 'done'>>

export const fleetAlert = (said: Said): WantedAlert => ({
  severity: DESCRIBED_TYPES[said.type].severity,
  done: null,
  ...said,
  tenant: null,
  session: null,
})

const MINUTE_MS = 60_000

/** Sessions of a dead runner are taken over within seconds. What is left after this time waits for something. */
const LEFT_FOR_MS = MINUTE_MS

/** An alert about a figure ends when the figure is this far below its threshold, in points of percent. */
const BELOW = 5

export function runnerAlerts(
  { runners, sessions, counts, alerts }: Pick<FleetFacts, 'runners' | 'sessions' | 'counts' | 'alerts'>,
  thresholds: Thresholds,
): readonly WantedAlert[] {
  const open = new Set(alerts.map(({ snapshot }) => snapshot.id))
  const alive = runners.filter(({ isDead }) => !isDead)
  const left = (id: string) => sessions.filter(({ runnerId, isWanted }) => runnerId === id && isWanted).length
  return [
    ...runners.flatMap((runner) => lost(runner, left(runner.id), alive.length)),
    ...alive.flatMap((runner) => [
      ...figure('cpu-high', runner, runner.document.resources?.cpu.percentage, thresholds.cpu, open),
      ...figure('memory-high', runner, runner.document.resources?.memory.percentage, thresholds.memory, open),
    ]),
    ...(alive.length === 0 && counts.wanted > 0 ? [missing(counts.wanted)] : []),
  ]
}

/**
 * A runner that died is told of only while sessions of it have no owner for a minute. A process that crashed and whose sessions others,
 * or its successor, have taken over is no reason to wake anybody: crash loops have an alert of their own. A runner that left in order is
 * dead at once: its limit is 0.
 */
function lost({ id, isDead, document, silentForMs }: RunnerFact, left: number, others: number): readonly WantedAlert[] {
  const { deadAfterMs } = document
  const isLost = isDead && deadAfterMs > 0 && left > 0 && silentForMs > deadAfterMs + LEFT_FOR_MS
  if (!isLost) return []
  const alert = fleetAlert({
    type: 'runner-lost',
    scope: id,
    sentence: 'The runner ended without handing its sessions over, and nobody has taken all of them over since.',
    userAction:
      others > 0 ? 'See whether the other runners have room for more sessions.' : 'Start a runner: no other one is alive.',
    done: others > 0 ? 'Other runners take its sessions over as they have room. Nothing is lost.' : null,
  })
  return [alert]
}

const missing = (wanted: number): WantedAlert =>
  fleetAlert({
    type: 'runners-missing',
    scope: 'fleet',
    sentence: `No runner is alive, and ${wanted} sessions are wanted online. Messages are neither sent nor received.`,
    userAction: 'See whether runners start, and read the last lines of their logs.',
    done: 'Accepted messages wait. Nothing is lost.',
  })

function figure(
  type: Extract<AlertType, 'cpu-high' | 'memory-high'>,
  { id }: RunnerFact,
  percentage: number | null | undefined,
  threshold: number,
  open: ReadonlySet<string>,
): readonly WantedAlert[] {
  const limit = open.has(alertIdOf(type, id)) ? threshold - BELOW : threshold
  if (percentage == null || percentage <= limit) return []
  const what = type === 'cpu-high' ? 'CPU' : 'memory'
  const alert = fleetAlert({
    type,
    scope: id,
    sentence: `The runner uses more of its ${what} than the threshold of ${threshold} %.`,
    userAction: `Add a runner, or give it more ${what}, if this lasts.`,
    done: type === 'memory-high' ? 'At 90 % it hands its sessions over and starts anew.' : null,
  })
  return [alert]
}

const OUTAGES: Readonly<Record<string, string>> = {
  runner: 'The network of a runner is away; other runners work.',
  egress: 'No runner reaches anything outside Google.',
  whatsapp: 'WhatsApp does not answer, or refuses connections; the network works.',
  google: 'Firestore or Cloud Storage does not answer; the network works.',
  fleet: 'No runner reaches anything.',
}

const WAITS = 'It waits: no attempt is spent, no session is touched. Messages are kept.'
const WAIT = 'Wait, or repair the network. Delete nothing and scan nothing meanwhile.'

/** The alerts about outages. There is one for the fleet, or one for each runner whose own network is away. */
export function outageAlerts(
  outage: HealthDocument['outage'],
  { runners, alerts, nowMs }: Pick<FleetFacts, 'runners' | 'alerts' | 'nowMs'>,
): readonly WantedAlert[] {
  const verdict = outage?.verdict ?? 'none'
  const isOpen = ({ type, scope }: WantedAlert) => alerts.some(({ snapshot }) => snapshot.id === alertIdOf(type, scope))
  if (outage && verdict !== 'none') {
    const scopes = verdict === 'runner' ? outage.runners.map((id) => `runner.${id}`) : [verdict]
    const sentence = OUTAGES[verdict] ?? `An outage: ${verdict}.`
    const all = scopes.map((scope) => fleetAlert({ type: 'outage', scope, sentence, userAction: WAIT, done: WAITS }))
    return isTransient(outage, nowMs) ? all.filter(isOpen) : all
  }
  const together = runners.flatMap((runner) => downTogether(runner, nowMs))
  // Sessions that an outage took down come back a few at a time, which is no outage of its own.
  return alerts.some(({ content }) => isEndingCause(content, nowMs)) ? together.filter(isOpen) : together
}

/** At the edges of an outage of all runners, one of them is the first or the last for a moment, which looks like its own. */
const RUNNER_VERDICT_HOLDS_MS = MINUTE_MS

/** Whether a verdict is too young to be told of. What it explains waits with it. */
export const isTransient = ({ verdict, since }: NonNullable<HealthDocument['outage']>, nowMs: number): boolean =>
  verdict === 'runner' && nowMs - since.getTime() < RUNNER_VERDICT_HOLDS_MS

/** Alerts that explain others. Their last sighting says when they were over. */
export const EXPLAINING: ReadonlySet<string> = new Set<AlertType>(['outage', 'runners-missing'])

/** Sessions come back a few at a time after an outage. Until then the outage is not over, at most for this long. */
const RETURN_MS = 10 * MINUTE_MS

/** Whether an alert is about a cause that lasts, or ended so recently that its sessions may still be on their way back. */
export const isEndingCause = (
  { type, scope, lastSeenAt }: Pick<AlertDocument, 'type' | 'scope' | 'lastSeenAt'>,
  nowMs: number,
): boolean =>
  // Sessions that have their keys go on while the wrapping key is away.
  EXPLAINING.has(type) && !isOfWrappingKey(scope) && nowMs - lastSeenAt.getTime() < RETURN_MS

/** So many sessions of one runner at once are no coincidence. */
const MANY = 10
const DOWN_MS = MINUTE_MS

/** Without a verdict the pattern decides: most sessions of a live runner are down at once. */
function downTogether({ id, isDead, document }: RunnerFact, nowMs: number): readonly WantedAlert[] {
  const sessions = Object.values(document.sessions)
  const down = sessions.filter(({ downSince }) => downSince != null && nowMs - downSince.getTime() > DOWN_MS).length
  if (isDead || down < MANY || down <= sessions.length / 2) return []
  const sentence = 'Most sessions of one runner lost their connection at once.'
  return [fleetAlert({ type: 'outage', scope: `runner.${id}`, sentence, userAction: WAIT, done: WAITS })]
}

/** The runners that the alerts about outages concern. */
export const runnersOf = (outages: readonly WantedAlert[]): 'all' | ReadonlySet<string> =>
  outages.some(({ scope }) => !scope.startsWith('runner.'))
    ? 'all'
    : new Set(outages.map(({ scope }) => scope.slice('runner.'.length)))

/** A status that is worse than healthy. What has an alert of its own, or ends by itself within minutes, is told of late or not at all. */
export function healthAlert(health: Pick<HealthDocument, 'status' | 'problems'> | null): readonly WantedAlert[] {
  if (!health || health.status === 'healthy') return []
  const problems = health.problems.map(({ sentence }) => sentence).join(' ')
  const alert = fleetAlert({
    type: 'health-changed',
    scope: 'fleet',
    severity: health.status === 'degraded' ? 'info' : 'warning',
    sentence: `The installation is ${health.status}. ${problems}`.trim(),
    userAction: 'GET /health lists the problems.',
  })
  return [alert]
}
