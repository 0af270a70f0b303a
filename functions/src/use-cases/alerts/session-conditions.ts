import type { AlertSeverity, AlertType } from '@holdfast/core/operations/alert-document'
import { DESCRIBED_TYPES } from '@holdfast/core/operations/alert-types'
import type { ReasonCode } from '@holdfast/core/session/session-states'
import type { SessionFact } from '../fleet/session-facts.ts'
import type { WantedAlert } from './wanted-alert.ts'

/**
 * The alert that a session asks for. The first row that fits decides; sessions that nobody wants online ask for none, unless their document
 * is damaged.
 *
 * | status       | reason or figure                                          | alert                                       |
 * | ------------ | --------------------------------------------------------- | ------------------------------------------- |
 * | FAILED       | logged-out                                                | qr-needed                                   |
 * | FAILED       | logged-out-on-request                                     | none: it was asked for                      |
 * | FAILED       | qr-not-scanned, pairing-failed                            | qr-needed, a warning                        |
 * | FAILED       | replaced-waiting                                          | none: it tries once more                    |
 * | FAILED       | foreign-connection                                        | foreign-connection                          |
 * | FAILED       | awaiting-trial, crashes-its-runner                        | quarantined                                 |
 * | FAILED       | any other                                                 | needs-attention                             |
 * | SCAN_QR_CODE | for 5 minutes                                             | qr-needed, a warning                        |
 * | STARTING     | down for longer than the tenant's limit                   | disconnected; critical after 4 times of it  |
 * | WORKING      | archive-of-later-version                                  | needs-attention                             |
 * | WORKING      | deaf for 2 minutes                                        | deaf-session                                |
 * | WORKING      | phone away for 10 days                                    | phone-absent; critical after 12 days        |
 */
export function sessionAlert(session: SessionFact, { nowMs, silenceMinutes }: Limits): WantedAlert | null {
  const { isWanted, document, status, sentence, userAction } = session
  if (!isWanted && document !== null) return null
  switch (status) {
    case 'FAILED':
      return failed(session)
    case 'SCAN_QR_CODE':
      if (session.downForMs < PAIRING_MS) return null
      return alertOf(session, { type: 'qr-needed', severity: 'warning', sentence, userAction, done: null })
    case 'STARTING':
    case 'STOPPED':
      return disconnected(session, silenceMinutes)
    case 'WORKING':
      return waitsForVersion(session) ?? deaf(session, nowMs) ?? phoneAbsent(session, nowMs)
  }
}

interface Limits {
  readonly nowMs: number
  /** The tenant's limit. */
  readonly silenceMinutes: number
}

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

/** A person who pairs a session is at the screen for a while. */
const PAIRING_MS = 5 * MINUTE_MS

/** A session that is cured within this time asks nobody. */
const DEAF_MS = 2 * MINUTE_MS

/** WhatsApp unlinks a device after about 14 days without its phone. */
const PHONE_WARNING_DAYS = 10
const PHONE_CRITICAL_DAYS = 12

const KEPT = 'It stopped trying. Credentials and messages are kept.'

const CRITICAL_AFTER = 4

interface Said {
  readonly type: AlertType
  readonly severity?: AlertSeverity
  readonly sentence: string
  readonly userAction: string | null
  readonly done: string | null
}

function alertOf({ sessionId, tenant, runnerId }: SessionFact, said: Said): WantedAlert {
  return {
    severity: DESCRIBED_TYPES[said.type].severity,
    ...said,
    scope: sessionId,
    tenant,
    session: { sessionId, tenant, runnerId },
  }
}

/** What a failed session asks for, by its reason; null: nothing. All other reasons need attention. */
const OF_REASONS: Partial<Record<ReasonCode, Pick<Said, 'type' | 'severity'> | null>> = {
  'logged-out': { type: 'qr-needed' },
  'logged-out-on-request': null,
  'replaced-waiting': null,
  'qr-not-scanned': { type: 'qr-needed', severity: 'warning' },
  'pairing-failed': { type: 'qr-needed', severity: 'warning' },
  'foreign-connection': { type: 'foreign-connection' },
  'awaiting-trial': { type: 'quarantined' },
  'crashes-its-runner': { type: 'quarantined' },
}

function failed(session: SessionFact): WantedAlert | null {
  const { reason, sentence, userAction } = session
  const found = OF_REASONS[reason]
  if (found === null) return null
  const done = found?.type === 'quarantined' ? 'It is kept closed, so that the other sessions can run.' : KEPT
  return alertOf(session, { type: 'needs-attention', ...found, sentence, userAction, done })
}

function disconnected(session: SessionFact, silenceMinutes: number): WantedAlert | null {
  const { downForMs, sentence, userAction } = session
  const limitMs = silenceMinutes * MINUTE_MS
  if (downForMs <= limitMs) return null
  return alertOf(session, {
    type: 'disconnected',
    severity: downForMs > CRITICAL_AFTER * limitMs ? 'critical' : 'warning',
    sentence: `No connection for longer than ${silenceMinutes} minutes. ${sentence}`,
    userAction,
    done: 'It keeps trying, with pauses. Messages wait and are not lost.',
  })
}

/** Tells of the cause. What a message that waits keeps from being read would look like a deaf session. */
function waitsForVersion(session: SessionFact): WantedAlert | null {
  const { reason, sentence, userAction } = session
  if (reason !== 'archive-of-later-version') return null
  const done = 'The connection stays open. Nothing is confirmed to WhatsApp that was not read, and nothing is lost.'
  return alertOf(session, { type: 'needs-attention', sentence, userAction, done })
}

function deaf(session: SessionFact, nowMs: number): WantedAlert | null {
  const since = session.reported?.deafSince
  if (since == null || nowMs - since.getTime() < DEAF_MS) return null
  return alertOf(session, {
    type: 'deaf-session',
    sentence: 'The connection is open and answers, but nothing arrives.',
    userAction: 'If it does not recover by itself, restart the session.',
    done: 'It reconnects, by rising steps.',
  })
}

function phoneAbsent(session: SessionFact, nowMs: number): WantedAlert | null {
  const seenAt = session.reported?.phoneSeenAt
  const days = seenAt == null ? 0 : Math.floor((nowMs - seenAt.getTime()) / DAY_MS)
  if (days < PHONE_WARNING_DAYS) return null
  return alertOf(session, {
    type: 'phone-absent',
    severity: days >= PHONE_CRITICAL_DAYS ? 'critical' : 'warning',
    sentence: `The phone has not been online for ${days} days. WhatsApp unlinks the device after about 14.`,
    userAction: 'Have the phone switched on, with a network and WhatsApp open.',
    done: null,
  })
}
