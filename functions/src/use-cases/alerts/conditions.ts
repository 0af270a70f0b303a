import { type AlertDocument, type AlertType, alertIdOf } from '@holdfast/core/operations/alert-document'
import type { HealthDocument } from '@holdfast/core/operations/health-document'
import type { RecordLevels } from '@holdfast/core/session/record-levels'
import type { FailedJob, FleetFacts } from '../fleet-facts.ts'
import type { Thresholds } from '../health-status.ts'
import { actionAlerts } from './action-conditions.ts'
import { grouped } from './grouping.ts'
import { keyOutage } from './key-conditions.ts'
import { isOfWrappingKey } from './wrapping-key-scope.ts'
import { isCounted, recordAlerts } from './record-conditions.ts'
import {
  EXPLAINING,
  fleetAlert,
  healthAlert,
  isEndingCause,
  isTransient,
  outageAlerts,
  runnerAlerts,
  runnersOf,
} from './runner-conditions.ts'
import { sessionAlert } from './session-conditions.ts'
import type { WantedAlert } from './wanted-alert.ts'

/** What a tenant's configuration says about alerts. */
export interface AlertSettings {
  readonly silenceMinutes: number
  readonly queueDepth: number
  readonly recordLevels: RecordLevels
  /** Whether it has channels of its own. */
  readonly hasChannels: boolean
}

export interface AlertFacts {
  readonly facts: FleetFacts
  /** The last verdict about the whole installation. Null before the first one. */
  readonly health: Pick<HealthDocument, 'status' | 'problems' | 'outage'> | null
  readonly thresholds: Thresholds
  readonly settingsOf: (tenant: string) => AlertSettings
}

export interface AlertDecision {
  readonly wanted: readonly WantedAlert[]
  /** What becomes of an alert that is open and not wanted. */
  readonly fateOf: (id: string, alert: Pick<AlertDocument, 'type' | 'scope'>) => Fate
}

/**
 * over     it is resolved, and people are told
 * covered  it is resolved, because another alert stands for it: nobody is told
 * kept     nobody knows enough to say that it is over, or somebody else decides
 */
export type Fate = { readonly kind: 'over' | 'kept' } | { readonly kind: 'covered'; readonly by: string }

/** Raised and resolved elsewhere: by runners, by those who call the end points of webhooks, by those who read backups back, and by those who purge sessions. */
const OF_OTHERS: ReadonlySet<string> = new Set<AlertType>(['crash-loop', 'webhook-failing', 'backup-check-failed', 'purge-stuck'])

/** Alerts about sessions that an outage explains. */
const EXPLAINED: ReadonlySet<string> = new Set<AlertType>(['disconnected', 'deaf-session', 'recovery-failed'])

/** A session that was down this long before its outage was seen was taken down by it all the same. */
const SEEN_LATE_MS = 3 * 60_000

/**
 * Decides which alerts there have to be. During an outage, and while no runner is alive, there is one alert for all sessions that this
 * explains.
 */
export function wantedAlerts({ facts, health, thresholds, settingsOf }: AlertFacts): AlertDecision {
  const open = new Map(facts.alerts.map(({ snapshot, content }) => [snapshot.id, content]))
  const runners = runnerAlerts(facts, thresholds)
  const ofSessions = [
    ...facts.sessions.flatMap((session) => {
      const { silenceMinutes } = settingsOf(session.tenant)
      return sessionAlert(session, { nowMs: facts.nowMs, silenceMinutes }) ?? []
    }),
    ...actionAlerts(facts),
    ...deadLetters(facts.failedJobs),
    ...recordAlerts(facts, (tenant) => settingsOf(tenant).recordLevels),
  ]
  const outage = health?.outage ?? null
  const outages = outageAlerts(outage, facts)
  const early: ReadonlySet<string> = new Set(outage && isTransient(outage, facts.nowMs) ? outage.runners : [])
  const cause = [...outages, ...runners.filter(({ type }) => EXPLAINING.has(type))]
  const returning = cause.length > 0 ? [] : comingBack(facts, ofSessions)
  const causeIds = [...cause.map(({ type, scope }) => alertIdOf(type, scope)), ...returning]
  const concerned = returning.length > 0 || cause.length > outages.length ? 'all' : runnersOf(outages)
  const isExplained = ({ type, session }: WantedAlert): boolean => {
    const runner = session?.runnerId ?? ''
    return EXPLAINED.has(type) && (early.has(runner) || (causeIds.length > 0 && (concerned === 'all' || concerned.has(runner))))
  }
  const key = keyOutage(facts)
  const byKey = new Map(ofSessions.map((alert) => [alertIdOf(alert.type, alert.scope), key.standsFor(alert)]))
  const told = ofSessions.filter((alert) => !isExplained(alert) && key.standsFor(alert) === null)
  const explained = new Set(ofSessions.filter(isExplained).map(({ type, scope }) => alertIdOf(type, scope)))
  const { alerts, groupOf } = grouped(told, (tenant) => settingsOf(tenant).hasChannels, open)
  const healths = outages.length > 0 || returning.length > 0 || key.isOfFleet ? [] : healthAlert(health)
  const wanted = [...alerts, ...runners, ...outages, ...key.alerts, ...healths, ...queueDepths(facts, settingsOf)]
  return {
    wanted,
    fateOf(id, { type, scope }) {
      if (OF_OTHERS.has(type) || returning.includes(id)) return { kind: 'kept' }
      const keyAlert = byKey.get(id) ?? null
      if (keyAlert !== null) return { kind: 'covered', by: keyAlert }
      const by = groupOf.get(id) ?? (explained.has(id) ? causeIds[0] : undefined)
      if (by !== undefined) return { kind: 'covered', by }
      if (explained.has(id)) return { kind: 'kept' }
      const [keyNow] = key.alerts
      // Of another tenant now, or of the fleet: the key of the first one may be away as before.
      if (keyNow && type === 'outage' && isOfWrappingKey(scope))
        return { kind: 'covered', by: alertIdOf(keyNow.type, keyNow.scope) }
      if (type === 'record-level' && !isCounted(facts, scope)) return { kind: 'kept' }
      return isUnknown(type, facts.cut) ? { kind: 'kept' } : { kind: 'over' }
    },
  }
}

/** Ids of alerts whose cause is over, while sessions that they took down are still on their way back. */
function comingBack({ alerts, sessions, nowMs }: FleetFacts, ofSessions: readonly WantedAlert[]): readonly string[] {
  const isAsked = ofSessions.some(({ type }) => EXPLAINED.has(type))
  // A session that is not down for long enough to be told of now would be told of in the next minutes.
  const wentDownIn = ({ firstSeenAt, lastSeenAt }: AlertDocument) =>
    sessions.some(({ isWanted, status, downForMs }) => {
      const downAtMs = nowMs - downForMs
      const isWithin = downAtMs > firstSeenAt.getTime() - SEEN_LATE_MS && downAtMs <= lastSeenAt.getTime()
      return isWanted && status === 'STARTING' && isWithin
    })
  return alerts
    .filter(({ content }) => isEndingCause(content, nowMs) && (isAsked || wentDownIn(content)))
    .map(({ snapshot }) => snapshot.id)
}

/** What is not in a list that was cut must not be taken for well. */
function isUnknown(type: string, cut: readonly string[]): boolean {
  if (type === 'dead-letter') return cut.includes('failed jobs')
  if (type === 'approval-needed') return cut.includes('recovery actions')
  if (type === 'queue-depth') return cut.includes('queues')
  if (type === 'recovery-failed' && cut.includes('failed actions')) return true
  return OF_SESSIONS.has(type) && cut.some((list) => list.startsWith('sessions'))
}

const OF_SESSIONS: ReadonlySet<string> = new Set<AlertType>([
  'disconnected',
  'needs-attention',
  'qr-needed',
  'foreign-connection',
  'deaf-session',
  'phone-absent',
  'quarantined',
  'recovery-failed',
])

function deadLetters(jobs: readonly FailedJob[]): readonly WantedAlert[] {
  const bySession = Map.groupBy(jobs, ({ sessionId }) => sessionId)
  return [...bySession].flatMap(([sessionId, [newest, ...others]]) => {
    if (!newest) return []
    const number = others.length + 1
    const { tenant, code } = newest
    const last = code === null ? '' : ` The last error was ${code}.`
    return {
      type: 'dead-letter',
      scope: sessionId,
      tenant,
      severity: 'warning',
      sentence: `${number === 1 ? 'A message' : `${number} messages`} failed for good within the last hour.${last}`,
      userAction: 'See why: GET /api/messages?status=failed. Then POST /api/queue/retry-failed.',
      done: 'It is kept as failed, and is not tried again by itself.',
      session: { sessionId, tenant, runnerId: null },
    } as const
  })
}

function queueDepths({ waitingOf }: FleetFacts, settingsOf: AlertFacts['settingsOf']): readonly WantedAlert[] {
  return [...waitingOf].flatMap(([tenant, waiting]) => {
    const { queueDepth } = settingsOf(tenant)
    if (waiting <= queueDepth) return []
    const alert = fleetAlert({
      type: 'queue-depth',
      scope: tenant,
      sentence: `More than ${queueDepth} messages wait.`,
      userAction: 'See which session they wait for: GET /api/queue.',
      done: 'Each session goes on at its pace.',
    })
    return [{ ...alert, tenant }]
  })
}
