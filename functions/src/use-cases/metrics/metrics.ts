import { HEALTH_STATUSES } from '@holdfast/core/operations/health-document'
import { OUTAGE_VERDICTS } from '@holdfast/core/operations/network-report'
import type { Clock } from '@holdfast/core/platform/ports'
import { knowsSession, type Principal } from '../../app/principal.ts'
import type { Dependencies } from '../dependencies.ts'
import type { HealthCheck, Look } from '../health.ts'
import { allTotals, availabilityOf, today } from '../health/history.ts'
import type { MeasuredFleet } from '../health/measured-fleet.ts'
import { PROBLEM_CODES } from '../health-status.ts'
import { COUNTERS, counterNameOf, type GaugeName, GAUGES } from './catalogue.ts'
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
    gauge('info', [{ labels: { version }, value: 1 }]),
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
  return [gauge('session_availability_ratio', samples)]
}

const gauge = (name: GaugeName, samples: readonly Sample[]): Metric => ({
  name: `holdfast_${name}`,
  help: GAUGES[name].help,
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
    gauge('health_status', flags('status', HEALTH_STATUSES, [status])),
    gauge('problem', flags('code', PROBLEM_CODES, codes)),
    gauge('messages', by('state', { ...queue })),
    gauge('runners', by('state', { active: number('active'), draining: number('draining'), dead: number('dead') })),
    gauge('runner_cpu_percent_max', one(resources?.cpu)),
    gauge('runner_memory_percent_max', one(resources?.memory.percentage)),
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
    gauge('sessions', one(sessions.total)),
    gauge('sessions_wanted', one(sessions.wanted)),
    gauge('sessions_connected', one(sessions.active)),
    gauge('sessions_failed', one(sessions.failed)),
    gauge('sessions_recovering', one(sessions.recovering)),
    gauge('sessions_pairing', one(sessions.pairing)),
    gauge('sessions_unplaced', one(sessions.unplaced)),
    gauge('capacity_sessions', one(alive.reduce((sum, { capacity }) => sum + capacity, 0))),
    gauge('outage', flags('verdict', OUTAGE_VERDICTS, [outage])),
    gauge('availability_ratio', by('window', availability)),
    gauge('alerts_open', one(numberOf(alerts))),
    gauge('alerts_critical_open', one(numberOf(criticalAlerts))),
    gauge('sweep_last_run_timestamp_seconds', one(sweptAt && sweptAt.getTime() / 1000)),
    ...(history ? Object.entries(allTotals(history)).toSorted(byName).map(counterOf) : []),
  ]
}

const byName = ([one]: readonly [string, number], [other]: readonly [string, number]): number => (one < other ? -1 : 1)

const numberOf = (figure: unknown): number | null => (typeof figure === 'number' ? figure : null)

/** Runners count from their start. The sweep keeps the sums, so a counter never falls; it is up to a minute late. */
function counterOf([counted, value]: readonly [string, number]): Metric {
  const name = counterNameOf(counted)
  // A runner of a later version may count more.
  const help = COUNTERS[name]?.help ?? `Counted by runners: ${name.replaceAll('_', ' ')}.`
  return { name: `holdfast_${name}_total`, help, type: 'counter', samples: [{ labels: {}, value }] }
}
