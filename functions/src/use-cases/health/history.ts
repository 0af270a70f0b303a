import type { FleetHistory, Totals } from '@holdfast/core/operations/fleet-history-document'
import { monthOf } from '@holdfast/core/operations/down-times-document'
import { HEALTH_STATUSES } from '@holdfast/core/operations/health-document'
import { dayOf, daysBetween } from '@holdfast/core/platform/days'
import type { FleetFacts } from '../fleet-facts.ts'
import type { RunnerFact } from '../fleet/runner-facts.ts'
import type { SessionFigures } from './session-figures.ts'
import type { HealthVerdict } from './verdicts.ts'

/** What the sweep adds to the history of the installation. Pure. */

const UTC = 'Etc/UTC'

const DAYS_KEPT = 31
const INCIDENTS_KEPT = 50

/** A longer pause of the sweep is a time of which nothing is known: it counts as neither available nor not. */
const LONGEST_STEP_MS = 3 * 60_000

type Kept = Omit<FleetHistory, 'v' | 'measuredAt'>

export const NO_HISTORY: Kept = { gone: {}, seen: {}, days: {}, measured: {}, incidents: [] }

/**
 * Returns the history after one run of the sweep.
 *
 * @param elapsedMs what `elapsedOf` returned
 */
export function nextHistory(
  before: Kept,
  {
    facts,
    figures,
    verdict,
    elapsedMs,
  }: { facts: FleetFacts; figures: SessionFigures; verdict: HealthVerdict; elapsedMs: number },
): Kept {
  const now = new Date(facts.nowMs)
  return {
    ...nextTotals(before, facts),
    days: nextDays(before.days, figures, { day: today(facts.nowMs), elapsedMs }),
    measured: nextMeasured(before.measured, { month: monthOf(facts.nowMs), elapsedMs }),
    incidents: nextIncidents(before.incidents, verdict, now),
  }
}

/**
 * Returns the time that a run of the sweep accounts for, in milliseconds.
 *
 * @param sinceMs time since the history was written last, by Firestore's times. Null: it never was
 */
export const elapsedOf = (sinceMs: number | null): number =>
  sinceMs === null || sinceMs > LONGEST_STEP_MS ? 0 : Math.round(sinceMs)

const MONTHS_KEPT = 13

function nextMeasured(
  measured: FleetHistory['measured'],
  { month, elapsedMs }: { month: string; elapsedMs: number },
): FleetHistory['measured'] {
  const next = { ...measured, [month]: (measured[month] ?? 0) + elapsedMs }
  return Object.fromEntries(
    Object.entries(next)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .slice(-MONTHS_KEPT),
  )
}

/**
 * Totals never fall: those of a runner are added to the sum when its document is gone, as the sweep saw them last. So what a runner
 * counted in its last minute may be missing.
 */
function nextTotals({ gone, seen }: Kept, { runners, damagedRunners }: FleetFacts): Pick<Kept, 'gone' | 'seen'> {
  const present = new Set([...runners.map(({ id }) => id), ...damagedRunners])
  const left = Object.entries(seen).filter(([id]) => !present.has(id))
  const kept = Object.fromEntries(Object.entries(seen).filter(([id]) => present.has(id)))
  const fresh = runners.map((runner) => [runner.id, higher(kept[runner.id] ?? {}, totalsOf(runner))] as const)
  return { gone: left.map(([, totals]) => totals).reduce(sumOf, gone), seen: { ...kept, ...Object.fromEntries(fresh) } }
}

/** What a runner has counted since its process began: its own totals, and the operations that are billed. */
const totalsOf = ({ document: { totals, operations } }: RunnerFact): Totals => ({ ...totals, ...operations })

const merged = (one: Totals, other: Totals, join: (a: number, b: number) => number): Totals =>
  Object.fromEntries(
    [...new Set([...Object.keys(one), ...Object.keys(other)])].map((name) => [name, join(one[name] ?? 0, other[name] ?? 0)]),
  )

const sumOf = (one: Totals, other: Totals): Totals => merged(one, other, (a, b) => a + b)

/** A heartbeat that was read late must not turn a counter back. */
const higher = (one: Totals, other: Totals): Totals => merged(one, other, Math.max)

/** The totals of all runners since the installation began. */
export const allTotals = ({ gone, seen }: Pick<FleetHistory, 'gone' | 'seen'>): Totals => Object.values(seen).reduce(sumOf, gone)

function nextDays(
  days: FleetHistory['days'],
  { wanted, active, needPhone }: SessionFigures,
  { day, elapsedMs }: { day: string; elapsedMs: number },
): FleetHistory['days'] {
  const today = days[day] ?? { wantedMs: 0, connectedMs: 0 }
  const shouldBe = Math.max(active, wanted - needPhone)
  const next = {
    ...days,
    [day]: { wantedMs: today.wantedMs + shouldBe * elapsedMs, connectedMs: today.connectedMs + active * elapsedMs },
  }
  return Object.fromEntries(Object.entries(next).filter(([each]) => daysBetween(each, day) < DAYS_KEPT))
}

/** The problems that the whole installation has, unlike those of single sessions, the worst first. */
const INCIDENTS: readonly string[] = ['no-runner', 'all-sessions-failed', 'outage', 'runner-lost', 'sweep-dead']

type Incident = FleetHistory['incidents'][number]

function nextIncidents(incidents: readonly Incident[], { status, problems }: HealthVerdict, now: Date): Incident[] {
  const code = INCIDENTS.find((each) => problems.some((problem) => problem.code === each))
  const [latest, ...earlier] = incidents
  const open = latest?.until === null ? latest : null
  if (!code) return open ? [{ ...open, until: now }, ...earlier] : [...incidents]
  if (!open) return [{ status, code, since: now, until: null }, ...incidents].slice(0, INCIDENTS_KEPT)
  const worst = HEALTH_STATUSES.indexOf(status) > HEALTH_STATUSES.indexOf(open.status) ? { status, code } : {}
  return [{ ...open, ...worst }, ...earlier]
}

/** Share of the time for which sessions were connected while they should have been, in percent. Null while nothing is known. */
export function availabilityOf(days: FleetHistory['days'], isChosen: (day: string) => boolean = () => true): number | null {
  const chosen = Object.entries(days).flatMap(([day, times]) => (isChosen(day) ? [times] : []))
  const wantedMs = chosen.reduce((sum, times) => sum + times.wantedMs, 0)
  const connectedMs = chosen.reduce((sum, times) => sum + times.connectedMs, 0)
  return wantedMs === 0 ? null : Math.floor((connectedMs / wantedMs) * 100_000) / 1000
}

export const today = (nowMs: number): string => dayOf(nowMs, UTC)
