import type { ErrorCode } from '../platform/errors.ts'

/**
 * The states of a session, and the words of the API for them, which are WAHA's. `session-lifecycle.ts` of the runner says which state
 * can follow which.
 *
 * NEW            created, never claimed
 * STOPPED        wanted offline; its state is kept
 * CLAIMING       a runner is taking it over
 * RESTORING      its owner reads the checkpoint and replays the journal
 * PAIRING        waits for a phone to scan the QR code
 * CONNECTING     the socket is being opened
 * CONNECTED      WhatsApp has accepted the login and answers
 * BACKOFF        a connection ended; the next attempt has a time
 * MUTED          its owner cannot reach Firestore: nothing leaves, nothing is lost (in the heartbeat only)
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

/** WAHA's words. */
export const API_STATUSES = ['STOPPED', 'STARTING', 'SCAN_QR_CODE', 'WORKING', 'FAILED'] as const

export type ApiStatus = (typeof API_STATUSES)[number]

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

/** A halted state waits for a person. A new owner must not dial either. */
export const isHalted = (state: SessionState): boolean => apiStatusOf(state) === 'FAILED' && state !== 'REPLACED'

const RESTORE =
  'Bring the missing documents or objects back (the session then goes on by itself), or see what a restore would lose: POST /api/sessions/{name}/restore.'

/** The reasons for a session's state: a code for programs, a sentence for people, and the user's next step (null if none). */
export const REASONS = {
  created: { sentence: 'Created; not started yet.', userAction: 'Start the session.' },
  requested: { sentence: 'Stopped on request; its state is kept.', userAction: null },
  'moving-in': {
    sentence: 'The session is being moved in from another program.',
    userAction: 'If the move was cut short, run it again: it goes on where it stood.',
  },
  'moved-in': { sentence: 'The session was moved in from another program; not started yet.', userAction: 'Start the session.' },
  exported: {
    sentence: 'The session was exported: another program may use it now, and two at once would damage it.',
    userAction:
      'To use it here again, move it in again from that program. If no program has used the export, start the session and confirm that (confirm=exported).',
  },
  'old-owner-alive': {
    sentence: 'The program that the session was moved in from has connected again; the session stays stopped.',
    userAction: 'Stop that program for good, then start the session.',
  },
  'awaiting-runner': { sentence: 'Waiting for a runner to take the session.', userAction: null },
  claimed: { sentence: 'A runner has taken the session over.', userAction: null },
  restoring: { sentence: 'Reading the last checkpoint and replaying the journal.', userAction: null },
  'opening-socket': { sentence: 'Connecting to WhatsApp.', userAction: null },
  'scan-qr': {
    sentence: 'Waiting for a phone to scan the QR code.',
    userAction: 'Scan the QR code with WhatsApp: Settings, Linked devices.',
  },
  'qr-expired': { sentence: 'The QR code was not scanned; a new one is being made.', userAction: null },
  'qr-not-scanned': {
    sentence: 'None of the QR codes was scanned; no more are made.',
    userAction: 'Start the session when a phone is at hand: it then shows a new QR code.',
  },
  'pairing-void': {
    sentence: 'Linking was cut short before WhatsApp knew the device; a new QR code is being made.',
    userAction: null,
  },
  'pairing-failed': {
    sentence: 'Linking was cut short again and again; no more QR codes are made.',
    userAction:
      'Start the session to try again with a new QR code, and keep WhatsApp open on the phone until the device is listed.',
  },
  'logged-in': { sentence: 'Connected to WhatsApp.', userAction: null },
  'archive-of-later-version': {
    sentence:
      'Connected, but a message waits for Signal records in an archive that a later version of Holdfast wrote. WhatsApp keeps it, and what comes after it.',
    userAction: 'Deploy the version that wrote the archive; the session then goes on by itself.',
  },
  'restart-required': { sentence: 'WhatsApp asked for a new connection; connecting again.', userAction: null },
  'connection-lost': { sentence: 'The network connection was lost; connecting again.', userAction: null },
  'proxy-refused': {
    sentence: 'The proxy of the session cannot be reached, or does not let the session through; trying again.',
    userAction: 'Check config.proxy: server, user name and password. PUT /api/sessions/{name} changes it.',
  },
  'outage-network': {
    sentence: 'The runner has no network at the moment; the session connects when it is back, and loses no attempt.',
    userAction: null,
  },
  'outage-whatsapp': {
    sentence: 'WhatsApp cannot be reached or lets no session in; the session connects when it works again, and loses no attempt.',
    userAction: null,
  },
  'whatsapp-trouble': { sentence: 'WhatsApp ended the connection with an error; trying again.', userAction: null },
  'bad-session': {
    sentence: 'WhatsApp ended the connection for a reason that it did not name; trying again with the same credentials.',
    userAction: null,
  },
  'owner-silent': {
    sentence: 'The runner of this session has been silent for a while; another will take over.',
    userAction: null,
  },
  'not-vouched-for': { sentence: 'The runner of this session does not confirm this state at the moment.', userAction: null },
  'owner-lost': { sentence: 'The last runner of this session is gone; waiting for another.', userAction: null },
  'no-room': {
    sentence: 'All runners are full; the session starts as soon as one has room.',
    userAction: 'Raise FLEET_MAX or MAX_CONNECTIONS, or start another runner.',
  },
  'runner-leaving': { sentence: 'The runner is shutting down; another will take over.', userAction: null },
  moving: { sentence: 'The session moves to another runner, which will connect it in a moment.', userAction: null },
  'firestore-away': { sentence: 'The runner cannot reach Firestore; nothing is sent until it can.', userAction: null },
  'replaced-waiting': {
    sentence: 'Another connection with the same credentials took the place of this one; trying once more after a pause.',
    userAction: 'If another program uses this session, stop it; otherwise wait.',
  },
  'logged-out': {
    sentence: 'The device was unlinked from the phone; the old credentials are kept.',
    userAction: 'Start the session to link it again by a new scan.',
  },
  'logged-out-on-request': {
    sentence: 'The device was unlinked on request; the old credentials are put aside.',
    userAction: 'Start the session to link it again by a new scan.',
  },
  'account-banned': {
    sentence: 'WhatsApp refuses this account; the credentials are kept.',
    userAction: 'Open WhatsApp on the phone and follow its instructions, then start the session.',
  },
  'temporarily-banned': {
    sentence: 'WhatsApp has banned this account for a time; the credentials are kept.',
    userAction: 'Open WhatsApp on the phone to see how long, and start the session when the ban is over.',
  },
  'client-outdated': {
    sentence: 'WhatsApp refuses this version of its client; the session tries again once an hour.',
    userAction:
      'Update Holdfast, or set WHATSAPP_WEB_VERSION to the version that WhatsApp Web has now; the session then goes on by itself.',
  },
  'multidevice-mismatch': {
    sentence: 'The phone does not take part in linked devices.',
    userAction: 'Update WhatsApp on the phone, then start the session; if that does not help, unlink the device there first.',
  },
  'foreign-connection': {
    sentence: 'Another program keeps connecting with the same credentials.',
    userAction: 'Find and stop the other program, then start the session.',
  },
  'connection-refused': {
    sentence:
      'The connection was refused before the login: the server could not prove to be WhatsApp, or did not accept the request.',
    userAction: 'Check that no proxy intercepts TLS and that Holdfast is up to date, then start the session.',
  },
  'whatsapp-keeps-failing': {
    sentence: 'WhatsApp ended each of several connections with an error.',
    userAction: 'See whether WhatsApp works on the phone, then start the session.',
  },
  'awaiting-trial': {
    sentence: 'Its runners kept dying. The runner opens suspected sessions one at a time to find the cause.',
    userAction: null,
  },
  'crashes-its-runner': {
    sentence:
      'Its runner died whenever this session was opened alone. It stays closed for a while, so that the other sessions can run, and is then tried again.',
    userAction: 'Look into the last lines of the log of the runner before each crash. Restart the session to try it at once.',
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
    sentence: 'A record of the journal is damaged. Nothing was changed or deleted.',
    userAction: RESTORE,
  },
  'journal-short': {
    sentence: 'The journal ends before its last known record. Nothing was changed or deleted.',
    userAction: RESTORE,
  },
  'journal-missing': {
    sentence:
      'The runner finds no record of the journal, although it had some: another directory is mounted, the storage settings were changed, or the journal was removed. Nothing was changed or deleted.',
    userAction:
      'Mount the directory that held it, or set SESSION_STORAGE_TYPE and SESSION_STORAGE_PATH as they were; the session then goes on by itself.',
  },
  'store-missing': {
    sentence: 'The runner cannot find the directory or bucket that holds the session. Nothing was changed or deleted.',
    userAction:
      'Bring back the directory (SESSION_STORAGE_PATH) or the bucket (STORAGE_BUCKET); the session then goes on by itself.',
  },
  'store-forbidden': {
    sentence: 'The runner may not read or write the store of the session. Nothing was changed or deleted.',
    userAction: 'Give the runner its rights back (its log names them); the session then goes on by itself.',
  },
  'checkpoint-lost': {
    sentence:
      'No checkpoint of the session can be read, and the journal lacks its first records. Nothing was changed or deleted.',
    userAction: RESTORE,
  },
  'unknown-version': {
    sentence: 'The stored state was written by a later version of Holdfast.',
    userAction: 'Deploy the version that wrote it; the session then goes on by itself.',
  },
  'document-invalid': {
    sentence: 'A document of the session does not have the expected shape: it was changed by hand. Nothing was altered.',
    userAction: 'Correct the document (the log names its fields); the session then goes on by itself.',
  },
  'data-key-missing': {
    sentence: 'The data key of the session is missing although a journal exists. No new key is made.',
    userAction: 'Bring the document in session_keys back from a backup of Firestore; the session then goes on by itself.',
  },
  'data-key-damaged': {
    sentence: 'The data key of the session is damaged. No new key is made.',
    userAction: 'Bring the document in session_keys back from a backup of Firestore; the session then goes on by itself.',
  },
  'data-key-destroyed': {
    sentence: 'The session was purged: its data keys were destroyed on purpose, and nothing of it can be read or restored.',
    userAction: 'Create a session under its name, and link a phone.',
  },
  'wrong-key': {
    sentence: 'The session cannot be decrypted with the key that the runner has.',
    userAction: 'Set SESSION_ENCRYPTION_KEY to the key that the session was made with; it then goes on by itself.',
  },
  'wrapping-key-unavailable': {
    sentence:
      'The wrapping key cannot be used: Cloud KMS does not answer, or the key or its version is disabled, destroyed or not allowed. No new key is made; trying again.',
    userAction:
      'If Cloud KMS answers: enable the version of the key, or give the runner its right back (its log says which). It then goes on by itself.',
  },
  'restoring-from-backup': {
    sentence: 'An operator approved a restore; the state is being rebuilt from the remaining checkpoints and records.',
    userAction: null,
  },
} as const satisfies Record<string, { sentence: string; userAction: string | null }>

export type ReasonCode = keyof typeof REASONS

/**
 * The marks of the sweep: reasons that it writes into the document of a session for which nobody vouches. No owner ever writes them, so
 * an owner that hears one of them states its state anew.
 */
export const MARKS = ['owner-silent', 'owner-lost', 'not-vouched-for'] as const satisfies readonly ReasonCode[]

export type Mark = (typeof MARKS)[number]

export const isMark = (reason: unknown): reason is Mark => MARKS.some((mark) => mark === reason)

/** Reasons that end by themselves once the owner can read the state again. */
const STATE_TROUBLE = [
  'journal-gap',
  'journal-short',
  'journal-missing',
  'journal-damaged',
  'store-missing',
  'store-forbidden',
  'checkpoint-lost',
  'unknown-version',
  'document-invalid',
  'data-key-missing',
  'data-key-damaged',
  'data-key-destroyed',
  'wrong-key',
  'wrapping-key-unavailable',
] as const satisfies readonly ReasonCode[]

type StateTrouble = (typeof STATE_TROUBLE)[number]

export const isStateTrouble = (reason: string): reason is StateTrouble => STATE_TROUBLE.some((trouble) => trouble === reason)

/** Whether a session waits for an operator whatever becomes of its stored state. Trouble with the state ends by itself. */
export const waitsForOperator = ({ state, reason }: { readonly state: SessionState; readonly reason: string }): boolean =>
  isHalted(state) && !isStateTrouble(reason)

/** The reason that a session shows for an error of its stored state. */
export function reasonOfDamage(code: ErrorCode): StateTrouble {
  if (isStateTrouble(code)) return code
  if (code === 'bad-document') return 'document-invalid'
  if (code === 'store-unfit' || code === 'store-in-use') return 'store-forbidden'
  return code === 'checkpoint-corrupt' ? 'checkpoint-lost' : 'journal-damaged'
}

/** A time for people: whole minutes, rounded up, in UTC, because the reader's time zone is unknown. */
const minuteOf = (time: Date): string =>
  `${new Date(Math.ceil(time.getTime() / 60_000) * 60_000).toISOString().slice(0, 16).replace('T', ' ')} UTC`

/** The texts of a quarantined session. */
export function quarantineTexts(nextTrialAt: Date | null): { sentence: string; userAction: string } {
  if (!nextTrialAt) return REASONS['crashes-its-runner']
  const at = minuteOf(nextTrialAt)
  return {
    sentence: `Its runner died whenever this session was opened alone. It stays closed until ${at}, so that the other sessions can run, and is then tried again.`,
    userAction: `Look into the last lines of the log of the runner before each crash. Restart the session to try it before ${at}.`,
  }
}

/** The texts of a temporary ban. They give its end. */
export function temporaryBanTexts(until: Date | null): { sentence: string; userAction: string } {
  if (!until) return REASONS['temporarily-banned']
  const end = minuteOf(until)
  return {
    sentence: `WhatsApp has banned this account until ${end}; the credentials are kept.`,
    userAction: `Start the session after ${end}. WhatsApp on the phone shows the reason for the ban.`,
  }
}
