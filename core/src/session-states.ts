/**
 * The states of a session as Firestore shows them, and the words that the API has for them (WAHA's).
 *
 * NEW            created, never claimed
 * STOPPED        wanted offline; its state is kept
 * CLAIMING       a runner is taking it over
 * RESTORING      its owner reads the checkpoint and replays the journal
 * PAIRING        waits for a phone to scan the QR code
 * CONNECTING     the socket is being opened
 * CONNECTED      WhatsApp has accepted the login and answers
 * BACKOFF        a connection ended; the next attempt has a time
 * MUTED          its owner cannot reach Firestore: nothing leaves, nothing is lost
 * LOGGED_OUT     the phone unlinked the device: only a new scan helps
 * BANNED         WhatsApp refuses the account
 * REPLACED       another client uses the same credentials
 * NEEDS_ATTENTION  nothing is done until an operator looks at it
 * QUARANTINED    it brought its runner down repeatedly
 */
export const SESSION_STATES = [
  'NEW',
  'STOPPED',
  'CLAIMING',
  'RESTORING',
  'PAIRING',
  'CONNECTING',
  'CONNECTED',
  'BACKOFF',
  'MUTED',
  'LOGGED_OUT',
  'BANNED',
  'REPLACED',
  'NEEDS_ATTENTION',
  'QUARANTINED',
] as const

export type SessionState = (typeof SESSION_STATES)[number]

export type ApiStatus = 'STOPPED' | 'STARTING' | 'SCAN_QR_CODE' | 'WORKING' | 'FAILED'

export function apiStatusOf(state: SessionState): ApiStatus {
  switch (state) {
    case 'NEW':
    case 'STOPPED':
      return 'STOPPED'
    case 'CLAIMING':
    case 'RESTORING':
    case 'CONNECTING':
    case 'BACKOFF':
    case 'MUTED':
      return 'STARTING'
    case 'PAIRING':
      return 'SCAN_QR_CODE'
    case 'CONNECTED':
      return 'WORKING'
    case 'LOGGED_OUT':
    case 'BANNED':
    case 'REPLACED':
    case 'NEEDS_ATTENTION':
    case 'QUARANTINED':
      return 'FAILED'
  }
}

/** In these states nothing is tried until somebody acts: a new owner must not dial either. */
export const isHalted = (state: SessionState): boolean => apiStatusOf(state) === 'FAILED' && state !== 'REPLACED'

/** Why a session is in its state: the machine's code, a sentence for people, and what the user is to do (if anything). */
export const REASONS = {
  created: { sentence: 'Created; not started yet.', userAction: 'Start the session.' },
  requested: { sentence: 'Stopped on request; its state is kept.', userAction: null },
  claimed: { sentence: 'A runner has taken the session over.', userAction: null },
  restoring: { sentence: 'Reading the last checkpoint and replaying the journal.', userAction: null },
  'opening-socket': { sentence: 'Connecting to WhatsApp.', userAction: null },
  'scan-qr': {
    sentence: 'Waiting for a phone to scan the QR code.',
    userAction: 'Scan the QR code with WhatsApp: Settings, Linked devices.',
  },
  'qr-expired': { sentence: 'Nobody scanned the QR code; a new one is being made.', userAction: null },
  'logged-in': { sentence: 'Connected to WhatsApp.', userAction: null },
  'restart-required': { sentence: 'WhatsApp asked for a new connection.', userAction: null },
  'connection-lost': { sentence: 'The network connection was lost; reconnecting.', userAction: null },
  'whatsapp-trouble': { sentence: 'WhatsApp closed the connection with an error; trying again.', userAction: null },
  'pairing-void': {
    sentence: 'Pairing was interrupted before WhatsApp knew the device; a new QR code is being made.',
    userAction: null,
  },
  'owner-silent': { sentence: 'The runner of this session has not been heard lately; another will take over.', userAction: null },
  'owner-lost': { sentence: 'The last runner of this session is gone; waiting for another.', userAction: null },
  'runner-leaving': { sentence: 'The runner is shutting down; another will take over.', userAction: null },
  'firestore-away': { sentence: 'The runner cannot reach Firestore; nothing is sent until it can.', userAction: null },
  'replaced-waiting': { sentence: 'Another connection took this session; trying once more after a pause.', userAction: null },
  'logged-out': {
    sentence: 'The device was unlinked from the phone.',
    userAction: 'Check the phone. Linking it again needs a new scan; the old credentials are kept.',
  },
  'account-banned': {
    sentence: 'WhatsApp refuses this account.',
    userAction: 'Open WhatsApp on the phone and follow what it says.',
  },
  'client-outdated': { sentence: 'WhatsApp refuses this version of the client.', userAction: 'Update Holdfast.' },
  'multidevice-mismatch': {
    sentence: 'The phone has left multi-device mode.',
    userAction: 'Open WhatsApp on the phone and link the device again.',
  },
  'foreign-connection': {
    sentence: 'Another program keeps connecting with the same credentials.',
    userAction: 'Find and stop the other program, then start the session again.',
  },
  'connection-refused': {
    sentence: 'The connection was refused before the login: WhatsApp could not be authenticated, or did not understand us.',
    userAction: 'Check for a proxy that intercepts TLS.',
  },
  'whatsapp-keeps-failing': {
    sentence: 'WhatsApp kept refusing the connection.',
    userAction: 'Start the session again, or look at the phone.',
  },
  'state-corrupt': {
    sentence: 'The stored state of the session is damaged; nothing was changed or deleted.',
    userAction: 'Restore the missing documents or objects from a backup; the session is tried again by itself.',
  },
  'key-unavailable': {
    sentence: 'The session cannot be decrypted with the key that the runner has.',
    userAction: 'Check SESSION_ENCRYPTION_KEY.',
  },
} as const satisfies Record<string, { sentence: string; userAction: string | null }>

export type ReasonCode = keyof typeof REASONS
