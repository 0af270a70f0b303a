import { HEALTH_STATUSES } from '@holdfast/core/operations/health-document'
import { OUTAGE_VERDICTS } from '@holdfast/core/operations/network-report'
import type { Clock } from '@holdfast/core/platform/ports'
import { knowsSession, type Principal } from '../../app/principal.ts'
import type { Dependencies } from '../dependencies.ts'
import type { HealthCheck, Look } from '../health.ts'
import { allTotals, availabilityOf, today } from '../health/history.ts'
import type { MeasuredFleet } from '../health/measured-fleet.ts'
import { PROBLEM_CODES } from '../health-status.ts'
import type { Metric, Sample } from './exposition.ts'

/**
 * The figures of the installation. No label has the name of a session, a tenant, a chat or a runner, so that their number does not grow
 * with what the installation holds or has held.
 */
export async function metrics(dependencies: {
  readonly health: HealthCheck
  readonly version: string
  readonly clock: Clock
}): Promise<Metric[]> {
  const { health, version, clock } = dependencies
  const look = await health.look()
  return [
    gauge('info', 'The version of the API. Always 1.', [{ labels: { version }, value: 1 }]),
    ...ofHealth(look),
    ...(look.fleet ? ofFleet(look.fleet, clock.now()) : []),
  ]
}

/** The availability of the sessions that were down for longest: a label for each, so only on request and in a small number. */
export async function sessionMetrics(
  { availability }: Pick<Dependencies, 'availability'>,
  principal: Principal,
  most: number,
): Promise<Metric[]> {
  if (most === 0) return []
  const worst = await availability.worst(most, (sessionId) => principal.role === 'operator' || knowsSession(principal, sessionId))
  const samples = worst.map(([session, percent]) => ({ labels: { session }, value: percent / 100 }))
  return [gauge('session_availability_ratio', 'Availability this month of the sessions that were down for longest.', samples)]
}

const gauge = (name: string, help: string, samples: readonly Sample[]): Metric => ({
  name: `holdfast_${name}`,
  help,
  type: 'gauge',
  samples,
})

/** A figure that is not known has no sample. */
const one = (value: number | null | undefined): Sample[] => (value == null ? [] : [{ labels: {}, value }])

const by = (label: string, values: Readonly<Record<string, number | null>>): Sample[] =>
  Object.entries(values).flatMap(([each, value]) => (value === null ? [] : [{ labels: { [label]: each }, value }]))

/** 1 for the words that apply, 0 for the others. */
const flags = (label: string, words: readonly string[], applying: readonly string[]): Sample[] =>
  words.map((word) => ({ labels: { [label]: word }, value: applying.includes(word) ? 1 : 0 }))

function ofHealth({ figures }: Look): Metric[] {
  const { status, problems, queue, resources, runners } = figures
  const states = runners && Map.groupBy(runners, ({ state }) => state)
  const number = (state: 'active' | 'draining' | 'dead') => (states ? (states.get(state)?.length ?? 0) : null)
  const codes = problems.map(({ code }) => code)
  return [
    gauge('health_status', 'The status of GET /health: 1 for the one that applies.', flags('status', HEALTH_STATUSES, [status])),
    gauge('problem', 'A problem of GET /health: 1 while it lasts.', flags('code', PROBLEM_CODES, codes)),
    gauge('messages', 'Messages in the queue, on the wire, and failed.', by('state', { ...queue })),
    gauge(
      'runners',
      'Runners by state.',
      by('state', { active: number('active'), draining: number('draining'), dead: number('dead') }),
    ),
    gauge('runner_cpu_percent_max', 'The highest use of CPU of a live runner.', one(resources?.cpu)),
    gauge('runner_memory_percent_max', 'The highest use of memory of a live runner.', one(resources?.memory.percentage)),
  ]
}

function ofFleet({ sessions, runners, outage, written, history, sweptAt }: MeasuredFleet, nowMs: number): Metric[] {
  const alive = runners.filter(({ answer: { state } }) => state === 'active')
  const days = history?.days ?? {}
  const ratio = (percent: number | null) => (percent === null ? null : percent / 100)
  const availability = {
    today: ratio(availabilityOf(days, (day) => day === today(nowMs))),
    '31d': ratio(availabilityOf(days)),
  }
  const { alerts, criticalAlerts } = written?.figures ?? {}
  return [
    gauge('sessions', 'Sessions.', one(sessions.total)),
    gauge('sessions_wanted', 'Sessions that are wanted online.', one(sessions.wanted)),
    gauge('sessions_connected', 'Sessions that are connected.', one(sessions.active)),
    gauge('sessions_failed', 'Sessions that wait for an operator.', one(sessions.failed)),
    gauge('sessions_recovering', 'Sessions that are on the way to a connection.', one(sessions.recovering)),
    gauge('sessions_pairing', 'Sessions that wait for a phone to scan.', one(sessions.pairing)),
    gauge('sessions_unplaced', 'Sessions that are wanted online without a live runner.', one(sessions.unplaced)),
    gauge(
      'capacity_sessions',
      'Places for sessions on active runners.',
      one(alive.reduce((sum, { capacity }) => sum + capacity, 0)),
    ),
    gauge('outage', 'Where an outage lies: 1 for the verdict that applies.', flags('verdict', OUTAGE_VERDICTS, [outage])),
    gauge(
      'availability_ratio',
      'Share of the time for which sessions were connected while they should have been.',
      by('window', availability),
    ),
    gauge('alerts_open', 'Alerts that are not resolved.', one(numberOf(alerts))),
    gauge('alerts_critical_open', 'Critical alerts that are not resolved.', one(numberOf(criticalAlerts))),
    gauge(
      'sweep_last_run_timestamp_seconds',
      'When the sweep last wrote the health of the fleet.',
      one(sweptAt && sweptAt.getTime() / 1000),
    ),
    ...(history ? Object.entries(allTotals(history)).toSorted(byName).map(counterOf) : []),
  ]
}

const byName = ([one]: readonly [string, number], [other]: readonly [string, number]): number => (one < other ? -1 : 1)

const numberOf = (figure: unknown): number | null => (typeof figure === 'number' ? figure : null)

const HELP: Readonly<Record<string, string>> = {
  recoveries_started: 'Recoveries that runners began.',
  recoveries_succeeded: 'Recoveries that brought the connection back.',
  recoveries_failed: 'Recoveries that ended without a connection.',
  recoveries_vetoed: 'Recoveries that were not performed, because they would have done harm.',
  recovery_steps: 'Steps of recoveries.',
  deaf_sessions_found: 'Sessions whose open connection let nothing through.',
  qr_codes_shown: 'QR codes that phones were asked to scan.',
  reconnects: 'Connections after a lost one.',
}

/** Runners count from their start. The sweep keeps the sums, so a counter never falls; it is up to a minute late. */
function counterOf([name, value]: readonly [string, number]): Metric {
  const snake = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).replaceAll(/\W/g, '_')
  const help = HELP[snake] ?? `Counted by runners: ${snake.replaceAll('_', ' ')}.`
  return { name: `holdfast_${snake}_total`, help, type: 'counter', samples: [{ labels: {}, value }] }
}
