import {
  apiStatusOf,
  isHalted,
  MARKS,
  REASONS,
  type ReasonCode,
  SESSION_STATES,
  type SessionState,
} from '@holdfast/core/session/session-states'

/** Makes `docs/STATES.md` from the states and reasons of sessions. A state or reason without its lines here does not compile. */

const MEANINGS: Readonly<Record<SessionState, string>> = {
  NEW: 'Created, and never claimed by a runner.',
  STOPPED: 'Wanted offline. Its state is kept, and nothing has to be scanned when it starts again.',
  CLAIMING: 'A runner is taking it over.',
  RESTORING: 'Its owner reads the checkpoint and replays the journal.',
  PAIRING: 'It waits for a phone to scan the QR code.',
  CONNECTING: 'The socket is being opened.',
  CONNECTED: 'WhatsApp has accepted the login and answers.',
  BACKOFF: 'A connection ended. The next attempt has a time, `nextAttemptAt`.',
  MUTED: 'Its owner cannot reach Firestore. Nothing leaves, and nothing is lost. Only heartbeats show this state.',
  LOGGED_OUT: 'The device was unlinked from the phone. Only a new scan helps.',
  BANNED: 'WhatsApp refuses the account.',
  REPLACED: 'Another client uses the same credentials. The session tries once more after a pause.',
  NEEDS_ATTENTION: 'Nothing is done until an operator looks at it.',
  QUARANTINED: 'It brought its runner down repeatedly, and stays closed for a while.',
}

const NAMED = '/api/sessions/{name}'

const START = `\`POST ${NAMED}/start\``
const SHOW = `\`GET ${NAMED}\``
const QR = '`GET /api/{name}/auth/qr`'
const LINK = `${START}, then ${QR}`
const RESTORE = `\`POST ${NAMED}/restore\`: without approval it only says what would be lost`
const LOGS =
  '`gcloud logging read \'resource.type="cloud_run_worker_pool" AND jsonPayload.session="NAME"\' --limit=50 --project=P`'
const DOCTOR = '`npm run infra -- doctor`'
const FLEET = '`GET /api/fleet`'
const NONE = ''

/** The first command for each reason. It is empty where the session goes on by itself and nobody has to look. */
const COMMANDS: Readonly<Record<ReasonCode, string>> = {
  created: START,
  requested: START,
  'moving-in': '`npm run move -- in …` again, as it was called',
  'moved-in': START,
  exported: `\`POST ${NAMED}/start?confirm=exported\``,
  'old-owner-alive': `stop the other program, then ${START}`,
  'awaiting-runner': FLEET,
  claimed: NONE,
  restoring: NONE,
  'opening-socket': NONE,
  'scan-qr': QR,
  'qr-expired': QR,
  'qr-not-scanned': LINK,
  'pairing-void': QR,
  'pairing-failed': LINK,
  'logged-in': NONE,
  'archive-of-later-version': 'check that version out, then `npm run infra -- apply`',
  'restart-required': NONE,
  'connection-lost': NONE,
  'proxy-refused': `\`PUT ${NAMED}\` with another \`config.proxy\``,
  'outage-network': '`GET /health`',
  'outage-whatsapp': '`GET /health`',
  'whatsapp-trouble': NONE,
  'bad-session': NONE,
  'owner-silent': FLEET,
  'not-vouched-for': FLEET,
  'owner-lost': FLEET,
  'no-room': 'raise `runner.fleetMax` in the environment file, then `npm run infra -- apply`',
  'runner-leaving': NONE,
  moving: NONE,
  'firestore-away': DOCTOR,
  'replaced-waiting': 'stop the other program',
  'logged-out': LINK,
  'logged-out-on-request': LINK,
  'account-banned': `look at the phone, then ${START}`,
  'temporarily-banned': `${SHOW} says until when, then ${START}`,
  'client-outdated': 'set `WHATSAPP_WEB_VERSION`, then `npm run infra -- apply`',
  'multidevice-mismatch': `update the phone, then ${START}`,
  'foreign-connection': `stop the other program, then ${START}`,
  'connection-refused': `${LOGS}, then ${START}`,
  'whatsapp-keeps-failing': `look at the phone, then ${START}`,
  'awaiting-trial': NONE,
  'crashes-its-runner': `${LOGS}, then \`POST ${NAMED}/restart\``,
  'state-unreachable': DOCTOR,
  'journal-gap': RESTORE,
  'journal-damaged': RESTORE,
  'journal-short': RESTORE,
  'journal-missing': 'mount the directory again that held it',
  'store-missing': DOCTOR,
  'store-forbidden': DOCTOR,
  'checkpoint-lost': RESTORE,
  'unknown-version': 'check that version out, then `npm run infra -- apply`',
  'document-invalid': LOGS,
  'data-key-missing': '[Restore of the project](RUNBOOK.md#restore-of-the-project)',
  'data-key-damaged': '[Restore of the project](RUNBOOK.md#restore-of-the-project)',
  'data-key-destroyed': '`POST /api/sessions`',
  'wrong-key': '[The wrapping key cannot be used](RUNBOOK.md#the-wrapping-key-cannot-be-used)',
  'wrapping-key-unavailable': '[The wrapping key cannot be used](RUNBOOK.md#the-wrapping-key-cannot-be-used)',
  'restoring-from-backup': `\`GET ${NAMED}/actions\``,
}

const stateRow = (state: SessionState): string =>
  `| \`${state}\` | \`${apiStatusOf(state)}\` | ${isHalted(state) ? 'yes' : ''} | ${MEANINGS[state]} |`

const cell = (text: string): string => text.replaceAll('|', '\\|')

const reasonRow = (reason: ReasonCode): string => {
  const { sentence, userAction } = REASONS[reason]
  return `| \`${reason}\` | ${cell(sentence)} | ${cell(userAction ?? 'Nothing: it goes on by itself.')} | ${cell(COMMANDS[reason])} |`
}

export const statesPage = (): string => `<!-- Made from the states and reasons by \`npm run configuration-docs\`. Do not edit. -->
# States and reasons of sessions

\`GET /api/sessions\` answers each session with \`state\`, the word of WAHA for it (\`status\`), \`reason\`, \`sentence\`, \`since\` and \`userAction\`. Firestore's
console shows the same in \`whatsapp_connection_states\`. Alerts are in [RUNBOOK.md](RUNBOOK.md).

## States

A state that waits for a person does not connect by itself.

| state | status | waits for a person | meaning |
| --- | --- | --- | --- |
${SESSION_STATES.map(stateRow).join('\n')}

## Reasons

The sweep writes ${MARKS.map((mark) => `\`${mark}\``).join(', ')}. The owner writes the others. P stands for the project.

| reason | meaning | what to do | command |
| --- | --- | --- | --- |
${(Object.keys(REASONS) as ReasonCode[]).map(reasonRow).join('\n')}
`
