import type { ErrorCode } from './errors.ts'

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

const RESTORE =
  'Bring the missing documents or objects back (the session then goes on by itself), or see what a restore would lose: POST /api/sessions/{name}/restore.'

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
  'not-vouched-for': { sentence: 'The runner of this session does not vouch for this state at the moment.', userAction: null },
  'owner-lost': { sentence: 'The last runner of this session is gone; waiting for another.', userAction: null },
  'runner-leaving': { sentence: 'The runner is shutting down; another will take over.', userAction: null },
  'firestore-away': { sentence: 'The runner cannot reach Firestore; nothing is sent until it can.', userAction: null },
  'replaced-waiting': { sentence: 'Another connection took this session; trying once more after a pause.', userAction: null },
  'logged-out': {
    sentence: 'The device was unlinked from the phone.',
    userAction: 'Check the phone. Linking it again needs a new scan; the old credentials are kept.',
  },
  'logged-out-on-request': {
    sentence: 'The device was unlinked on request; the old credentials are put aside.',
    userAction: 'Start the session to link it again by a new scan.',
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
  'awaiting-trial': {
    sentence: 'Its runners kept dying; it is opened when no other suspected session is, to find out which of them is the cause.',
    userAction: null,
  },
  'crashes-its-runner': {
    sentence: 'Whenever this session was opened alone, its runner died. It is kept closed, so that the others can live.',
    userAction: 'Look into the log of the runner at its last ends. Restart the session to try it again.',
  },
  'state-unreachable': {
    sentence: 'The stored state cannot be read at the moment; trying again.',
    userAction: null,
  },
  'journal-gap': {
    sentence: 'A record of the journal is missing. Nothing was changed or deleted.',
    userAction: RESTORE,
  },
  'journal-damaged': {
    sentence: 'A record of the journal is not what was written. Nothing was changed or deleted.',
    userAction: RESTORE,
  },
  'journal-short': {
    sentence: 'The journal ends before what is known to have been written. Nothing was changed or deleted.',
    userAction: RESTORE,
  },
  'checkpoint-lost': {
    sentence:
      'No checkpoint of the session can be read, and the journal alone does not reach back. Nothing was changed or deleted.',
    userAction: RESTORE,
  },
  'unknown-version': {
    sentence: 'The stored state was written by a later version of Holdfast.',
    userAction: 'Deploy the version that wrote it; the session then goes on by itself.',
  },
  'document-invalid': {
    sentence: 'A document of the session does not have the expected shape: it was changed by hand. Nothing was altered.',
    userAction: 'Put the document right (the log names its fields); the session then goes on by itself.',
  },
  'data-key-missing': {
    sentence: 'The data key of the session is missing although there is a journal. No new one is made.',
    userAction: 'Bring the document in session_keys back from a backup of Firestore; the session then goes on by itself.',
  },
  'data-key-damaged': {
    sentence: 'The data key of the session is not what was written. No new one is made.',
    userAction: 'Bring the document in session_keys back from a backup of Firestore; the session then goes on by itself.',
  },
  'wrong-key': {
    sentence: 'The session cannot be decrypted with the key that the runner has.',
    userAction: 'Set SESSION_ENCRYPTION_KEY to the key that the session was made with; it then goes on by itself.',
  },
  'restoring-from-backup': {
    sentence: 'Somebody agreed to a restore; the session is put together from what is left.',
    userAction: null,
  },
} as const satisfies Record<string, { sentence: string; userAction: string | null }>

export type ReasonCode = keyof typeof REASONS

/** Reasons that end by themselves when the state can be read again. */
const STATE_TROUBLE = [
  'journal-gap',
  'journal-short',
  'journal-damaged',
  'checkpoint-lost',
  'unknown-version',
  'document-invalid',
  'data-key-missing',
  'data-key-damaged',
  'wrong-key',
] as const satisfies readonly ReasonCode[]

type StateTrouble = (typeof STATE_TROUBLE)[number]

export const isStateTrouble = (reason: string): reason is StateTrouble => STATE_TROUBLE.some((trouble) => trouble === reason)

/** Damage of the stored state goes by its error's code, where that says enough. */
export function reasonOfDamage(code: ErrorCode): StateTrouble {
  if (isStateTrouble(code)) return code
  if (code === 'bad-document') return 'document-invalid'
  return code === 'checkpoint-corrupt' ? 'checkpoint-lost' : 'journal-damaged'
}
