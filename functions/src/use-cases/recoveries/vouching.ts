import { type RunnerDocument, runnerDocumentSchema } from '@holdfast/core/operations/runner-document'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import type { SessionDocument } from '@holdfast/core/session/session-document'
import type { Mark, SessionState } from '@holdfast/core/session/session-states'

/*
 * Who vouches for the state in a session's document, and what the sweep makes of it:
 *
 *   owner                              | heartbeat                                          | mark
 *   none                               |                                                    | owner-lost, if the state needs an owner
 *   named, but it has no document      |                                                    | owner-silent after a minute
 *   silent for less than twice its limit |                                                  | none: another runner may be about to claim
 *   silent for longer                  |                                                    | owner-silent
 *   alive                              | names the session with the epoch of the document   | none, whatever state it names: its write is
 *                                      |                                                    | on the way
 *   alive                              | names it with another epoch, or not at all         | not-vouched-for after a minute
 *   alive                              | cannot be read                                     | none: a later version may have written it
 *
 * All times are Firestore's own. A minute counts from the last change of the session's document, so that a claim of this moment, which no
 * heartbeat knows yet, is left alone.
 */

/**
 * States that only a living owner can keep true. BACKOFF is not among them: it says that the session has no connection, and it is the
 * state of a marked session.
 */
export const VOUCHED_STATES: readonly SessionState[] = ['CLAIMING', 'RESTORING', 'CONNECTING', 'PAIRING', 'CONNECTED']

/** States that a session without an owner cannot be in. */
const OWNED_STATES: readonly SessionState[] = ['PAIRING', 'CONNECTED']

/** How long the document of a session must not have changed before its owner is said not to vouch for it. */
const SETTLED_AFTER_MS = 60_000

/** Others may claim the sessions of a runner once it is silent for its limit, and get the same time again for that. */
const LIMITS_UNTIL_MARK = 2

type Judged = Pick<SessionDocument, 'state' | 'runnerId' | 'epoch'>

/** Returns the mark that the document of a session needs, or null when somebody may be vouching for its state. */
export function markOf(
  session: Judged,
  { id, silentForMs }: Pick<DocumentSnapshot, 'id' | 'silentForMs'>,
  heartbeat: DocumentSnapshot | null,
): Mark | null {
  const { state, runnerId, epoch } = session
  if (!VOUCHED_STATES.includes(state)) return null
  if (runnerId === null) return OWNED_STATES.includes(state) ? 'owner-lost' : null
  const isSettled = silentForMs > SETTLED_AFTER_MS
  if (!heartbeat) return isSettled ? 'owner-silent' : null
  const runner = runnerOf(heartbeat)
  if (!runner) return null
  if (heartbeat.silentForMs > runner.deadAfterMs) {
    return heartbeat.silentForMs > LIMITS_UNTIL_MARK * runner.deadAfterMs ? 'owner-silent' : null
  }
  return runner.sessions[id]?.epoch === epoch || !isSettled ? null : 'not-vouched-for'
}

const runnerOf = (heartbeat: DocumentSnapshot): RunnerDocument | null =>
  runnerDocumentSchema.safeParse(heartbeat.fields).data ?? null
