import { isHalted, type SessionState } from '@holdfast/core/session/session-states'

/*
 * The states of a session, as its document shows them. `SessionStatus` owns the state and checks each
 * change against the tables below.
 *
 * NEW              entered when the API creates the session
 *                  nothing happens: no runner has owned the session yet
 *                  left by the first claim
 *
 * CLAIMING         entered by the claim of a runner
 *                  the owner reads the state, or waits for its turn to read it
 *                  left by the first connection attempt, a wait that an earlier owner began, or trouble with the state
 *
 * RESTORING        entered when the stores do not answer
 *                  the owner repeats the attempt to read the state
 *                  left by a connection attempt or a wait once the state is read, or when the state turns out to be damaged
 *
 * CONNECTING       entered with each connection attempt, and when a connection ended and the next attempt follows at once
 *                  the owner opens the socket, and WhatsApp decides on the login
 *                  left when WhatsApp accepts the login or sends a QR code, or when the connection ends
 *
 * PAIRING          entered with each QR code
 *                  a phone has to scan the code
 *                  left when the connection ends: WhatsApp ends it after a scan as well
 *
 * CONNECTED        entered when WhatsApp has accepted the login and answered the first queries
 *                  the session sends and receives messages
 *                  left when the connection ends, or when an operator restarts the session or unlinks the device
 *
 * BACKOFF          entered when a connection ended and the next attempt has a time, when a suspected session waits for its trial,
 *                  and when a leaving runner hands the session over; the sweep enters it for an owner that nobody hears any more
 *                  (reasons `owner-silent`, `owner-lost`, `not-vouched-for`), and an owner that is alive states its state anew
 *                  the session waits for that time
 *                  left by a connection attempt, by another wait, or when the state is read anew and cannot be read
 *
 * REPLACED         entered when another connection replaced this one
 *                  the session waits before its only further attempt
 *                  left by that attempt, by a hand-over, or when the state is read anew and cannot be read
 *
 * MUTED            never in the document: the heartbeat shows it instead of every other state while Firestore does not answer
 *
 * LOGGED_OUT       entered when the phone or an operator unlinked the device
 * BANNED           entered when WhatsApp refuses the account
 * NEEDS_ATTENTION  entered when a connection ended for a reason that retrying cannot fix, or when the state is damaged
 * QUARANTINED      entered by the claim of a session whose owner died in each of its trials
 *                  no owner dials in these four states
 *                  left when an operator restarts or stops the session; NEEDS_ATTENTION for a damaged state also when the state can
 *                  be read again
 *
 * STOPPED          entered when the owner releases a session that is not wanted online
 *                  nothing happens: the session has no owner
 *                  left by a claim, once it is wanted online again
 */

/**
 * The states that can follow each state while the session has an owner. The last change of an owner is its
 * release, to STOPPED or BACKOFF.
 */
export const TRANSITIONS: Readonly<Record<SessionState, readonly SessionState[]>> = {
  NEW: [],
  CLAIMING: ['RESTORING', 'CONNECTING', 'BACKOFF', 'REPLACED', 'NEEDS_ATTENTION', 'STOPPED'],
  RESTORING: ['RESTORING', 'CONNECTING', 'BACKOFF', 'REPLACED', 'NEEDS_ATTENTION', 'STOPPED'],
  CONNECTING: [
    'CONNECTING',
    'PAIRING',
    'CONNECTED',
    'BACKOFF',
    'REPLACED',
    'LOGGED_OUT',
    'BANNED',
    'NEEDS_ATTENTION',
    'RESTORING',
    'STOPPED',
  ],
  PAIRING: ['PAIRING', 'CONNECTING', 'BACKOFF', 'REPLACED', 'BANNED', 'NEEDS_ATTENTION', 'RESTORING', 'STOPPED'],
  CONNECTED: ['CONNECTING', 'BACKOFF', 'REPLACED', 'LOGGED_OUT', 'BANNED', 'NEEDS_ATTENTION', 'RESTORING', 'STOPPED'],
  BACKOFF: ['CONNECTING', 'BACKOFF', 'REPLACED', 'RESTORING', 'NEEDS_ATTENTION', 'STOPPED'],
  REPLACED: ['CONNECTING', 'BACKOFF', 'RESTORING', 'NEEDS_ATTENTION', 'STOPPED'],
  MUTED: [],
  LOGGED_OUT: ['CONNECTING', 'RESTORING', 'BACKOFF', 'NEEDS_ATTENTION', 'STOPPED'],
  BANNED: ['CONNECTING', 'RESTORING', 'BACKOFF', 'NEEDS_ATTENTION', 'STOPPED'],
  NEEDS_ATTENTION: ['CONNECTING', 'RESTORING', 'BACKOFF', 'REPLACED', 'NEEDS_ATTENTION', 'STOPPED'],
  QUARANTINED: ['CONNECTING', 'RESTORING', 'BACKOFF', 'NEEDS_ATTENTION', 'STOPPED'],
  STOPPED: [],
}

/**
 * The states that the next claim can enter from each state, whether the last owner released the session or died. A
 * runner that cannot claim the session because its journal is damaged enters NEEDS_ATTENTION, unless the session
 * waits for an operator already.
 */
export const CLAIMS: Readonly<Record<SessionState, readonly SessionState[]>> = {
  NEW: ['CLAIMING', 'NEEDS_ATTENTION'],
  CLAIMING: ['CLAIMING', 'QUARANTINED', 'NEEDS_ATTENTION'],
  RESTORING: ['CLAIMING', 'QUARANTINED', 'NEEDS_ATTENTION'],
  CONNECTING: ['CLAIMING', 'QUARANTINED', 'NEEDS_ATTENTION'],
  PAIRING: ['CLAIMING', 'QUARANTINED', 'NEEDS_ATTENTION'],
  CONNECTED: ['CLAIMING', 'QUARANTINED', 'NEEDS_ATTENTION'],
  BACKOFF: ['CLAIMING', 'QUARANTINED', 'NEEDS_ATTENTION'],
  REPLACED: ['CLAIMING', 'QUARANTINED', 'NEEDS_ATTENTION'],
  MUTED: [],
  LOGGED_OUT: ['LOGGED_OUT'],
  BANNED: ['BANNED'],
  NEEDS_ATTENTION: ['NEEDS_ATTENTION'],
  QUARANTINED: ['QUARANTINED'],
  STOPPED: ['CLAIMING', 'QUARANTINED', 'NEEDS_ATTENTION'],
}

/** Returns the state after a claim. A session that waits for an operator keeps its state under every owner. */
export const stateAfterClaim = (found: SessionState, isQuarantined: boolean): SessionState => {
  if (isHalted(found)) return found
  return isQuarantined ? 'QUARANTINED' : 'CLAIMING'
}
