import { isHalted, type SessionState } from '@holdfast/core/session/session-states'

/*
 * The states of a session, as its document shows them. `SessionStatus` owns the state and checks each change against the tables below.
 *
 * NEW              entered when the API creates the session
 *                  nothing happens: no runner has owned the session yet
 *                  left by the first claim
 *
 * CLAIMING         entered by the claim of a runner
 *                  the owner reads the state, or waits until it may
 *                  left by the first connection attempt, a wait that an earlier owner began, or trouble with the state
 *
 * RESTORING        entered when the stores do not answer
 *                  the owner reads the state again and again
 *                  left when the state has been read: by a connection attempt or a wait; or when it turns out to be damaged
 *
 * CONNECTING       entered with each connection attempt, and when a connection ended and the next attempt need not wait
 *                  the socket is opened, and WhatsApp decides on the login
 *                  left when WhatsApp accepts the login or sends a QR code, or when the connection ends
 *
 * PAIRING          entered with each QR code
 *                  a phone has to scan it
 *                  left when the connection ends: WhatsApp ends it after a scan as well
 *
 * CONNECTED        entered when WhatsApp has accepted the login and answered the first queries
 *                  messages are sent and received
 *                  left when the connection ends, or when an operator restarts the session or unlinks the device
 *
 * BACKOFF          entered when a connection ended and the next attempt has a time, when a session under suspicion waits for its trial,
 *                  and when a leaving runner hands the session over
 *                  nothing happens before the time has come
 *                  left by a connection attempt
 *
 * REPLACED         entered when another connection took the place of this one
 *                  nothing happens before the time has come
 *                  left by the one attempt that follows
 *
 * MUTED            never in the document: the heartbeat shows it in the place of every other state while Firestore does not answer
 *
 * LOGGED_OUT       entered when the phone or an operator unlinked the device
 * BANNED           entered when WhatsApp refuses the account
 * NEEDS_ATTENTION  entered when a connection ended in a way that time does not mend, or when the state is damaged
 * QUARANTINED      entered by the claim of a session whose owners died over it in each of its trials
 *                  in these four nothing is dialled, whoever owns the session
 *                  left when an operator restarts the session, or stops it. NEEDS_ATTENTION for a damaged state is also left when the
 *                  state can be read again
 *
 * STOPPED          entered when the owner releases a session that nobody wants online
 *                  nothing happens: nobody owns the session
 *                  left by a claim, once it is wanted online again
 */

/** What can follow each state while the session has an owner. A release is the owner's last change: to STOPPED, or to BACKOFF. */
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
 * What the next claim makes of the state that it finds, whether the owner before it released the session or died. A runner that cannot
 * claim the session because its journal is damaged shows NEEDS_ATTENTION, unless the session waits for an operator already.
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

/** The state after a claim. A session that waits for somebody keeps saying so, whoever owns it. */
export const stateAfterClaim = (found: SessionState, isQuarantined: boolean): SessionState => {
  if (isHalted(found)) return found
  return isQuarantined ? 'QUARANTINED' : 'CLAIMING'
}
