import type { DownTimes } from '@holdfast/core/operations/down-times-document'
import type { FleetFacts } from '../fleet-facts.ts'
import { needsPhone } from './session-figures.ts'

/** More than Firestore holds in a document would end all of them. The sessions that were down for longest stay. */
const MOST_SESSIONS = 5000

/**
 * Adds the time since the last run for each session that is down now. A look each minute is a sample: a session that was down for a
 * moment between two runs is not seen, and one that a run sees was not down for all of the minute.
 */
export function nextDownTimes(before: DownTimes, { sessions }: FleetFacts, elapsedMs: number): DownTimes {
  const down = sessions.filter((session) => session.isWanted && session.status !== 'WORKING' && !needsPhone(session))
  if (down.length === 0 || elapsedMs === 0) return before
  const added = down.map(({ sessionId }) => [sessionId, (before[sessionId] ?? 0) + elapsedMs] as const)
  const all = Object.entries({ ...before, ...Object.fromEntries(added) })
  if (all.length <= MOST_SESSIONS) return Object.fromEntries(all)
  return Object.fromEntries(all.toSorted(([, one], [, other]) => other - one).slice(0, MOST_SESSIONS))
}
