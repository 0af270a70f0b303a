import { Refusal } from './refusal.ts'

/** The times that a caller may give a message. */
export interface MessageTimes {
  readonly sendAt: Date | null
  readonly expiresAt: Date | null
}

/** A time that comes within this is now: a task takes about as long. */
const NOW_WITHIN_MS = 5_000

/** The clock of a caller may be behind, and its request may take a while. */
const LATE_MS = 60_000

/** A time beyond this is most likely a mistake, such as microseconds taken for milliseconds. */
const REACH_DAYS = 366
const REACH_MS = REACH_DAYS * 24 * 60 * 60 * 1000

/** Returns whether the message has to wait for its time before it enters the queue. */
export const isForLater = ({ sendAt }: Pick<MessageTimes, 'sendAt'>, nowMs: number): boolean =>
  sendAt !== null && sendAt.getTime() > nowMs + NOW_WITHIN_MS

/** Returns the refusal of times that make no sense now. They may have made sense when the same request was made before. */
export function refusalOfTimes({ sendAt, expiresAt }: MessageTimes, nowMs: number): Refusal | null {
  const refused = (detail: string) => new Refusal('invalid-time', detail)
  if (sendAt && sendAt.getTime() < nowMs - LATE_MS) return refused('`sendAt` is past. Leave it out to send the message now.')
  if (expiresAt && expiresAt.getTime() <= nowMs) return refused('`expiresAt` is past.')
  if (sendAt && expiresAt && expiresAt <= sendAt) return refused('`expiresAt` must be after `sendAt`.')
  for (const [name, time] of [['sendAt', sendAt] as const, ['expiresAt', expiresAt] as const]) {
    if (time && time.getTime() > nowMs + REACH_MS) return refused(`\`${name}\` is more than ${REACH_DAYS} days ahead.`)
  }
  return null
}
