import type { ScheduleRunDocument } from '@holdfast/core/operations/schedule-run-document'
import { nextTimeOf, type ScheduleTimes } from '@holdfast/core/platform/schedule-times'

/** A server that runs a schedule says so again within this time, or counts as dead. Judged by Firestore's own times. */
export const RUN_LEASE_MS = 60_000

/** After so many servers died over a run it waits for its next time, so that it does not kill servers for ever. */
export const MOST_TRIES = 3

/** A run of another server is looked at again after this time. */
const LOOKS_AGAIN_MS = 10_000

export type ScheduleDecision =
  | { readonly kind: 'run' }
  | { readonly kind: 'wait'; /** By the clock of the servers, in milliseconds since 1970. */ readonly untilMs: number }
  | { readonly kind: 'give-up' }

/**
 * Decides what a server does about a schedule.
 *
 * @param silentForMs how long ago the document was changed, by Firestore's times
 */
export function decideRun(
  times: ScheduleTimes,
  { since, runBy, tries }: Pick<ScheduleRunDocument, 'since' | 'runBy' | 'tries'>,
  { nowMs, silentForMs }: { readonly nowMs: number; readonly silentForMs: number },
): ScheduleDecision {
  const dueMs = nextTimeOf(times, since.getTime())
  if (dueMs > nowMs) return { kind: 'wait', untilMs: dueMs }
  if (runBy !== null && silentForMs < RUN_LEASE_MS) return { kind: 'wait', untilMs: nowMs + LOOKS_AGAIN_MS }
  return tries >= MOST_TRIES ? { kind: 'give-up' } : { kind: 'run' }
}
