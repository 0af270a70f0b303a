import type { ChatEntry } from '@holdfast/core/message/directory-document'
import type { ChatNews } from '../../whatsapp/directory-news.ts'

/** The times that an entry keeps. More messages come between linking and the phone's history in no chat but the busiest. */
const MOST_TIMES = 20

/** The entry once everything up to a time was read here. */
export function wasRead(entry: ChatEntry, atMs: number): ChatEntry {
  const { recentAt: _, unreadFrom: __, ...others } = entry
  return { ...others, unread: 0, readAt: Math.max(entry.readAt ?? 0, atMs) }
}

/** The entry with a further message. A chat that was deleted and comes back has none of its earlier ones. */
export function oneMoreUnread(entry: ChatEntry, atMs: number): ChatEntry {
  const { isGone, unread, unreadFrom, recentAt = [] } = entry
  if (isGone || unread === 0) return { ...entry, unread: 1, unreadFrom: atMs, recentAt: [atMs] }
  const first = unreadFrom === undefined ? {} : { unreadFrom: Math.min(unreadFrom, atMs) }
  return { ...entry, unread: unread + 1, ...first, recentAt: [...recentAt, atMs].slice(-MOST_TIMES) }
}

/**
 * What the phone's count of the past means for a chat: that many are unread, unless the chat was read here up to there, and those that were
 * heard here since come to it. The phone's history may be told before or after live messages and other parts of the history, and twice.
 */
export function unreadNow(
  known: ChatEntry | undefined,
  { count, atMs }: NonNullable<ChatNews['unreadThen']>,
): Partial<Pick<ChatEntry, 'at' | 'unread' | 'unreadFrom' | 'countedAt'>> {
  const { at = -1, countedAt = -1, readAt = -1 } = known ?? {}
  const isOld = count === 0 ? countedAt > atMs : countedAt >= atMs
  if (isOld) return {}
  const since = known ? heardSince(known, atMs) : 0
  const unread = since + (readAt >= atMs ? 0 : count)
  if (count === 0) return { unread }
  const from = since === unread ? {} : { unreadFrom: atMs }
  return { unread, countedAt: atMs, ...from, ...(atMs > at ? { at: atMs } : {}) }
}

/** The number of messages that were heard here after a time, and are not read. */
function heardSince({ unread, unreadFrom = -1, recentAt = [], at }: ChatEntry, atMs: number): number {
  // All that are counted came after it.
  if (unread > 0 && unreadFrom > atMs) return unread
  const times = recentAt.filter((time) => time > atMs).length
  // An earlier version kept no times, but the chat's last message.
  return recentAt.length === 0 && unread > 0 && at > atMs ? 1 : times
}
