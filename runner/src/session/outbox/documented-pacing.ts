import type { AnnouncedLimits, PacingState } from '@holdfast/core/journal/state-values'
import type { PacingFigures } from '@holdfast/core/session/pacing-figures'
import { countedDay, dailyLimitOf, type Pace } from './pacing.ts'

/** The pace of a session in its document: written for people, and read after a restore, which may have lost records. */

/** The part of the session's document that says how much it has sent. */
export interface DocumentedPacing {
  readonly createdAt: Date
  readonly counters: { readonly sent: number }
  readonly pacing: PacingFigures | null
}

/**
 * Returns the larger counts of the state image and the session's document, so that a restore, which may lose records, resets
 * nothing. A session that sent messages before they were counted is as old as its document.
 */
export function mergeLarger(image: PacingState | null, { createdAt, counters, pacing }: DocumentedPacing): PacingState | null {
  const documented = pacing && stateOf(pacing)
  if (!image && !documented) {
    if (counters.sent === 0) return null
    return { day: '', sentToday: 0, firstAtMs: createdAt.getTime(), nextAtMs: 0 }
  }
  if (!image || !documented) return image ?? documented
  const isSameDay = image.day === documented.day
  const later = image.day > documented.day ? image : documented
  const firsts = [image.firstAtMs, documented.firstAtMs].filter((ms) => ms !== null)
  return {
    day: later.day,
    sentToday: isSameDay ? Math.max(image.sentToday, documented.sentToday) : later.sentToday,
    firstAtMs: firsts.length === 0 ? null : Math.min(...firsts),
    nextAtMs: Math.max(image.nextAtMs, documented.nextAtMs),
  }
}

const stateOf = ({ day, sentToday, firstSentAt, nextSendAt }: PacingFigures): PacingState => ({
  day,
  sentToday,
  firstAtMs: firstSentAt?.getTime() ?? null,
  nextAtMs: nextSendAt?.getTime() ?? 0,
})

/** Returns of each limit what WhatsApp announced last. */
export function mergeLatest(image: AnnouncedLimits, documented: PacingFigures['announced'] | undefined): AnnouncedLimits {
  const { reachOutLock: lock, messageCap: cap } = documented ?? NOTHING_ANNOUNCED_IN_DOCUMENT
  return {
    reachOutLock: latest(
      image.reachOutLock,
      lock && { type: lock.type, untilMs: lock.until?.getTime() ?? null, atMs: lock.announcedAt.getTime() },
    ),
    messageCap: latest(
      image.messageCap,
      cap && {
        status: cap.status,
        used: cap.used,
        total: cap.total,
        untilMs: cap.until?.getTime() ?? null,
        atMs: cap.announcedAt.getTime(),
      },
    ),
  }
}

const NOTHING_ANNOUNCED_IN_DOCUMENT: PacingFigures['announced'] = { reachOutLock: null, messageCap: null }

const latest = <Limit extends { atMs: number }>(a: Limit | null, b: Limit | null): Limit | null =>
  a && b ? (a.atMs >= b.atMs ? a : b) : (a ?? b)

/** Returns the figures for the session's document. */
export function figuresOf({ state, announced, settings }: Pace, nowMs: number): PacingFigures {
  const { day, sentToday } = countedDay(state, settings, nowMs)
  const { reachOutLock: lock, messageCap: cap } = announced
  return {
    day,
    timeZone: settings.timeZone,
    sentToday,
    dailyLimit: dailyLimitOf(state, settings, day),
    firstSentAt: dateOf(state?.firstAtMs ?? null),
    nextSendAt: state && state.nextAtMs > 0 ? new Date(state.nextAtMs) : null,
    announced: {
      reachOutLock: lock && { type: lock.type, until: dateOf(lock.untilMs), announcedAt: new Date(lock.atMs) },
      messageCap: cap && {
        status: cap.status,
        used: cap.used,
        total: cap.total,
        until: dateOf(cap.untilMs),
        announcedAt: new Date(cap.atMs),
      },
    },
  }
}

const dateOf = (ms: number | null): Date | null => (ms === null ? null : new Date(ms))
