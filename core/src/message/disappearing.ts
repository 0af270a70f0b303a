import type { ChatTimer } from './directory-document.ts'
import type { MessageFacts } from './message-facts.ts'
import type { OpenMessage } from './waha-message.ts'

/**
 * Whether WhatsApp's own clients show a message no longer. One that sets the timer itself stays, and so does one that somebody keeps.
 *
 * @param nowMs the present time, ms
 */
export function hasDisappeared(
  { type, sentAtMs, facts, isKept }: Pick<OpenMessage, 'type' | 'sentAtMs' | 'facts' | 'isKept'>,
  nowMs: number,
): boolean {
  const { disappearsAfter = 0 } = facts ?? {}
  return type !== 'disappearing' && isKept !== true && disappearsAfter > 0 && sentAtMs + 1000 * disappearsAfter <= nowMs
}

/**
 * Returns what a message tells of its chat's timer. Null when it tells nothing: people may also send a message without a timer. One of
 * the history tells what was, unless it sets the timer. The timer of a group is for WhatsApp to tell: a member may name any.
 */
export function timerIn(message: {
  readonly chat: string
  readonly type: string
  readonly sentAtMs: number
  readonly facts?: Pick<MessageFacts, 'disappearsAfter'> | undefined
  readonly fromHistory: boolean
}): ChatTimer | null {
  const { chat, type, sentAtMs, facts, fromHistory } = message
  const seconds = facts?.disappearsAfter ?? 0
  const isTold = !chat.endsWith('@g.us') && (type === 'disappearing' || (seconds > 0 && !fromHistory))
  return isTold && Number.isFinite(sentAtMs) ? { seconds, atMs: sentAtMs } : null
}

/** The timer of a chat that has had one and is told of another: the later one counts. */
export function laterTimer(known: ChatTimer | undefined, told: ChatTimer): ChatTimer {
  return known && (known.seconds === told.seconds || known.atMs > told.atMs) ? known : told
}
