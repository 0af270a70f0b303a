import type { AlertDocument, NoticeKind } from './alert-document.ts'
import { isWorse, tellAfterMs } from './alert-types.ts'
import { type QuietHours, quietUntil } from './quiet-hours.ts'

const MINUTE_MS = 60_000

/** A notice that an alert is over waits at least this long, so that one that comes back at once is told of once. */
const SETTLES_AFTER_MS = MINUTE_MS
const MOST_SETTLE_MS = 30 * MINUTE_MS
const MOST_DOUBLINGS = 5

/** Returns how long an alert has to stay resolved before people are told, in milliseconds. It doubles with each time it came back. */
export const settleMs = (flaps: number): number =>
  Math.min(MOST_SETTLE_MS, SETTLES_AFTER_MS * 2 ** Math.min(flaps, MOST_DOUBLINGS))

/** How a tenant is told. */
export interface NoticePolicy {
  /** Minutes between two notices of an alert that is open; 0: none after the first. */
  readonly reminders: { readonly criticalMinutes: number; readonly otherMinutes: number }
  readonly quietHours: QuietHours | null
  /** An IANA name. The quiet hours are in it. */
  readonly timeZone: string
}

interface NoticeDecision {
  /** The notice that is due now. */
  readonly notice: NoticeKind | null
  /** When to look again if no notice is due, in milliseconds since 1970. Null: when the alert changes. */
  readonly againAtMs: number | null
}

type AlertToTell = Pick<
  AlertDocument,
  | 'type'
  | 'firstSeenAt'
  | 'state'
  | 'severity'
  | 'resolvedAt'
  | 'flaps'
  | 'group'
  | 'silencedUntil'
  | 'notices'
  | 'lastNotice'
  | 'lastNoticeAt'
>

/**
 * Decides whether people have to be told of an alert now.
 *
 * | the alert                                | notice                                                       |
 * | ---------------------------------------- | ------------------------------------------------------------ |
 * | is part of another one                   | none: the other one is told of                               |
 * | is resolved and was never told of        | none                                                         |
 * | is resolved                              | `resolved`, when it has stayed so for `settleMs`             |
 * | is acknowledged                          | none until it is resolved                                    |
 * | is open and was not told of              | `opened`, when it has lasted as long as its type says        |
 * | is open and worse than when told of      | `opened`                                                     |
 * | is open and was told of                  | `reminded`, when the interval of its severity is over        |
 *
 * No notice is given while the alert is silenced, nor in quiet hours unless it is critical: it then waits for their end.
 */
export function decideNotice(alert: AlertToTell, policy: NoticePolicy, nowMs: number): NoticeDecision {
  const due = dueNotice(alert, policy)
  if (!due) return { notice: null, againAtMs: null }
  const waits = [
    due.atMs,
    alert.silencedUntil?.getTime() ?? 0,
    alert.severity === 'critical' ? 0 : (quietUntil(nowMs, policy.quietHours, policy.timeZone) ?? 0),
  ]
  const againAtMs = Math.max(...waits)
  return againAtMs > nowMs ? { notice: null, againAtMs } : { notice: due.kind, againAtMs: null }
}

function dueNotice(
  { type, firstSeenAt, state, severity, resolvedAt, flaps, group, notices, lastNotice, lastNoticeAt }: AlertToTell,
  { reminders }: NoticePolicy,
): { kind: NoticeKind; atMs: number } | null {
  if (group !== null) return null
  if (state === 'resolved') {
    const isTold = notices === 0 || lastNotice?.kind === 'resolved'
    return isTold ? null : { kind: 'resolved', atMs: (resolvedAt?.getTime() ?? 0) + settleMs(flaps) }
  }
  if (state === 'acknowledged') return null
  if (!lastNotice || !lastNoticeAt || isWorse(severity, lastNotice.severity))
    return { kind: 'opened', atMs: firstSeenAt.getTime() + tellAfterMs(type) }
  const minutes = severity === 'critical' ? reminders.criticalMinutes : reminders.otherMinutes
  return minutes === 0 ? null : { kind: 'reminded', atMs: lastNoticeAt.getTime() + minutes * MINUTE_MS }
}
