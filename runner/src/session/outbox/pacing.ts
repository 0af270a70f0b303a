import type { AnnouncedLimits, PacingState } from '@holdfast/core/journal/state-values'
import type { TenantSettings } from '@holdfast/core/operations/tenant-settings'
import { dayOf, daysBetween, nextDayStartMs } from '@holdfast/core/platform/days'
import type { HoldReason } from '@holdfast/core/session/pacing-figures'

/** The pace of a session: pure decisions. `pacer.ts` keeps the state. Times are milliseconds since 1970, by the process clock. */
export type PacingSettings = TenantSettings['pacing'] & Pick<TenantSettings, 'timeZone'>

export interface Hold {
  readonly reason: HoldReason
  readonly untilMs: number
}

/** The facts about one recipient. */
export interface Recipient {
  /** When the session last sent to it; null: never, or too long ago to matter. */
  readonly lastAtMs: number | null
  /** True when the contact never wrote to this account, so that a message begins a new chat. */
  readonly isCold: boolean
}

/** What is known of a session's pace. */
export interface Pace {
  /** Null before the first message. */
  readonly state: PacingState | null
  readonly announced: AnnouncedLimits
  readonly settings: PacingSettings
}

const DAY_MS = 24 * 60 * 60 * 1000

/**
 * Returns what holds a message to the recipient back at this time: the hold that lasts longest. Null: it may be sent. Limits of
 * WhatsApp hold even where pacing is off, because a message that breaks one prolongs it.
 */
export function holdOf({ state, announced, settings }: Pace, recipient: Recipient, nowMs: number): Hold | null {
  const own = [pauseOf(state, settings), gapOf(recipient, settings), limitOf(state, settings, nowMs)]
  const holds = [...(settings.enabled ? own : []), ...(recipient.isCold ? [lockOf(announced), capOf(announced)] : [])].filter(
    (hold) => hold !== null,
  )
  // The times of a clock that was ahead, or of longer pauses that were configured, hold nothing for ever.
  const active = holds.filter(({ untilMs, longestMs }) => untilMs > nowMs && untilMs - nowMs <= longestMs)
  const longest = active.reduce<Hold | null>((last, hold) => (last && last.untilMs >= hold.untilMs ? last : hold), null)
  return longest && { reason: longest.reason, untilMs: longest.untilMs }
}

/** A hold that is ignored when it would last longer than it ever can. */
interface Bounded extends Hold {
  readonly longestMs: number
}

/** Twice the pause is believed: a clock that was set back a little must not cut a pause short. */
const pauseOf = (state: PacingState | null, settings: PacingSettings): Bounded | null =>
  state && { reason: 'pacing-delay', untilMs: state.nextAtMs, longestMs: 2 * longestPauseMs(settings) }

const gapOf = ({ lastAtMs }: Recipient, { recipientGapMs }: PacingSettings): Bounded | null =>
  lastAtMs === null ? null : { reason: 'recipient-gap', untilMs: lastAtMs + recipientGapMs, longestMs: 2 * recipientGapMs }

function limitOf(state: PacingState | null, settings: PacingSettings, nowMs: number): Bounded | null {
  const { day, sentToday } = countedDay(state, settings, nowMs)
  const limit = dailyLimitOf(state, settings, day)
  if (sentToday < limit) return null
  const endMs = nextDayStartMs(nowMs, settings.timeZone)
  const isAhead = day !== dayOf(nowMs, settings.timeZone)
  return {
    reason: limit < settings.dailyLimit ? 'ramp-limit' : 'daily-limit',
    untilMs: isAhead ? nextDayStartMs(endMs, settings.timeZone) : endMs,
    longestMs: Number.POSITIVE_INFINITY,
  }
}

const lockOf = ({ reachOutLock }: AnnouncedLimits): Bounded | null =>
  reachOutLock?.untilMs ? { reason: 'reach-out-lock', untilMs: reachOutLock.untilMs, longestMs: Number.POSITIVE_INFINITY } : null

/** A cap whose end WhatsApp did not tell is believed for a day. */
const capOf = ({ messageCap }: AnnouncedLimits): Bounded | null =>
  messageCap?.status === 'CAPPED'
    ? { reason: 'message-cap', untilMs: messageCap.untilMs ?? messageCap.atMs + DAY_MS, longestMs: Number.POSITIVE_INFINITY }
    : null

const longestPauseMs = ({ minDelayMs, maxDelayMs }: PacingSettings): number => Math.max(minDelayMs, maxDelayMs)

/**
 * Returns the day that counts now, and its count. A day never comes back: when the clock is set back over midnight, the later day
 * goes on. A day that is further ahead was counted by a wrong clock; its count moves to today.
 */
export function countedDay(
  state: PacingState | null,
  { timeZone }: Pick<PacingSettings, 'timeZone'>,
  nowMs: number,
): { day: string; sentToday: number } {
  const today = dayOf(nowMs, timeZone)
  if (!state || today > state.day) return { day: today, sentToday: 0 }
  const isTomorrow = daysBetween(today, state.day) === 1
  return { day: isTomorrow ? state.day : today, sentToday: state.sentToday }
}

/** Returns the limit of a day. The first days of a session, from its first message on, have the limits of the ramp. */
export function dailyLimitOf(state: PacingState | null, { ramp, dailyLimit, timeZone }: PacingSettings, day: string): number {
  const age = state?.firstAtMs ? Math.max(0, daysBetween(dayOf(state.firstAtMs, timeZone), day)) : 0
  return Math.min(ramp[age] ?? dailyLimit, dailyLimit)
}

/** Returns the state after a message, with the next pause drawn. `fraction` is random, in [0, 1). */
export function afterSend(
  state: PacingState | null,
  settings: PacingSettings,
  { nowMs, fraction }: { nowMs: number; fraction: number },
): PacingState {
  const { day, sentToday } = countedDay(state, settings, nowMs)
  const { minDelayMs } = settings
  const pauseMs = minDelayMs + Math.floor(fraction * (longestPauseMs(settings) - minDelayMs + 1))
  return { day, sentToday: sentToday + 1, firstAtMs: Math.min(state?.firstAtMs ?? nowMs, nowMs), nextAtMs: nowMs + pauseMs }
}
