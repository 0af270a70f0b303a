import type { SessionState } from '../session/session-states.ts'

/*
 * Sessions stay where they are. Only a runner that joins, or one that lost much, makes others give some away: each move is a login at
 * WhatsApp. All runners decide alike from the list of runners, so that the fullest one gives to the emptiest one, and nobody else moves.
 *
 * nobody moves while …
 *   the runners have several revisions      a roll-out moves every session anyway
 *   a runner sees an outage                 a session that leaves may not come back
 *   more than a tenth of the sessions,      a fail-over is under way, or a start, and the numbers will be others
 *     and more than two, are on their way
 *   the difference is small                 less than a quarter of the average, or less than four sessions
 */

/** A runner as the others see it. */
export interface FleetRunner {
  readonly id: string
  /** Of Cloud Run. Empty elsewhere. */
  readonly revision: string
  /** Whether it is alive and takes sessions. Others take no part. */
  readonly isAtWork: boolean
  readonly seesOutage: boolean
  readonly capacity: number
  /** The states of its sessions. */
  readonly states: readonly SessionState[]
}

/** A move that one runner has to make. */
export interface Move {
  readonly from: string
  readonly to: string
}

/** Fewer sessions of difference than this are no reason for a login. */
const LEAST_DIFFERENCE = 4

/** The same as a share of the average. */
const LEAST_SHARE = 0.25

/** Sessions on their way that are no trouble, and the same as a share of all. */
const ON_THE_WAY = 2
const ON_THE_WAY_SHARE = 0.1

/** States that a session leaves by itself within moments, if all is well. */
const PASSING: readonly SessionState[] = ['CLAIMING', 'RESTORING', 'CONNECTING', 'BACKOFF', 'REPLACED', 'MUTED']

/** Returns the next move of the fleet. Null: everybody stays. */
export function nextMove(runners: readonly FleetRunner[]): Move | null {
  const atWork = runners.filter(({ isAtWork }) => isAtWork)
  if (atWork.length < 2 || new Set(atWork.map(({ revision }) => revision)).size > 1) return null
  if (atWork.some(({ seesOutage }) => seesOutage) || isRestless(atWork)) return null
  const byLoad = atWork.toSorted((one, other) => loadOf(one) - loadOf(other) || (one.id < other.id ? -1 : 1))
  const to = byLoad.find(({ capacity, states }) => states.length < capacity)
  const from = byLoad.at(-1)
  if (!to || !from || loadOf(from) - loadOf(to) < leastDifference(atWork)) return null
  return { from: from.id, to: to.id }
}

const loadOf = ({ states }: FleetRunner): number => states.length

function isRestless(runners: readonly FleetRunner[]): boolean {
  const states = runners.flatMap(({ states: own }) => own)
  const passing = states.filter((state) => PASSING.includes(state)).length
  return passing > Math.max(ON_THE_WAY, states.length * ON_THE_WAY_SHARE)
}

function leastDifference(runners: readonly FleetRunner[]): number {
  const average = runners.reduce((sum, runner) => sum + loadOf(runner), 0) / runners.length
  return Math.max(LEAST_DIFFERENCE, average * LEAST_SHARE)
}
