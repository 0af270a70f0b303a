import {
  jidNormalizedUser,
  type BaileysEventMap,
  type Chat,
  type Contact,
  type GroupMetadata,
  type WASocket,
} from '@whiskeysockets/baileys'
import type { ChatNews, ContactNews, DirectoryNews, LabelNews } from '../../directory-news.ts'
import type { LidMap } from '../signal/lid-map.ts'

/**
 * Leads what Baileys tells about chats, contacts, groups and labels to the directory of the session.
 *
 * @param isWhole true while the whole app state is told: a chat that was deleted once may have come back since
 */
export function followDirectory(
  ev: WASocket['ev'],
  names: LidMap,
  onNews: (news: DirectoryNews) => void,
  isWhole: () => boolean,
): void {
  const nameOf = (jid: string): string => names.phoneOf(jid) ?? jid
  const chats = (list: readonly Partial<Chat>[]): void => onNews({ chats: list.flatMap((chat) => chatNews(chat, nameOf)) })
  const contacts = (list: readonly Partial<Contact>[]): void =>
    onNews({ contacts: list.flatMap((contact) => contactNews(contact, nameOf)) })
  const groups = (list: readonly Partial<GroupMetadata>[]): void => onNews({ chats: list.flatMap(groupNews) })
  ev.on('chats.update', chats)
  ev.on('chats.delete', (ids) => {
    if (!isWhole()) onNews({ chats: ids.map((id) => ({ id: nameOf(jidNormalizedUser(id)), isGone: true })) })
  })
  ev.on('contacts.upsert', contacts)
  ev.on('contacts.update', contacts)
  ev.on('blocklist.update', ({ blocklist, type }) => {
    const isBlocked = type === 'add'
    onNews({ contacts: blocklist.filter(Boolean).map((id) => ({ id: nameOf(jidNormalizedUser(id)), isBlocked })) })
  })
  ev.on('groups.upsert', groups)
  ev.on('groups.update', groups)
  ev.on('labels.edit', ({ id, name, color, deleted }) => {
    onNews({ labels: [{ label: id, chat: null, name: name ?? '', color: color ?? 0, isGone: deleted }] })
  })
  ev.on('labels.association', (change) => onNews({ labels: labelNews(change, nameOf) }))
}

/**
 * Baileys sets an unread count of 0 for a chat that was read on the phone, and of -1 for one that was marked as unread. Another number is
 * no count: it says how many messages Baileys has told lately, and the directory counts them itself.
 */
function chatNews(chat: Partial<Chat>, nameOf: (jid: string) => string): ChatNews[] {
  const { id, unreadCount, archived, pinned } = chat
  if (!id) return []
  const news = {
    ...(unreadCount === 0 ? { unread: 0 } : unreadCount === -1 ? { unread: 1 } : {}),
    ...(typeof archived === 'boolean' ? { archived } : {}),
    ...(pinned === undefined ? {} : { pinned: Boolean(pinned) }),
    ...timerOf(chat),
  }
  return Object.keys(news).length === 0 ? [] : [{ id: nameOf(jidNormalizedUser(id)), ...news }]
}

function contactNews({ id, lid, name, notify }: Partial<Contact>, nameOf: (jid: string) => string): ContactNews[] {
  if (!id) return []
  const told = { ...(lid ? { lid } : {}), ...(name ? { name } : {}), ...(notify ? { pushName: notify } : {}) }
  return Object.keys(told).length === 0 ? [] : [{ id: nameOf(jidNormalizedUser(id)), ...told }]
}

/** Labels of messages are not kept. */
function labelNews({ type, association }: BaileysEventMap['labels.association'], nameOf: (jid: string) => string): LabelNews[] {
  if ('messageId' in association) return []
  const { labelId, chatId } = association
  return [{ label: labelId, chat: nameOf(jidNormalizedUser(chatId)), isGone: type === 'remove' }]
}

/** What a whole description of a group tells. A part of one may lack the timer for any reason. */
export function groupNews({ id, subject, participants, ephemeralDuration }: Partial<GroupMetadata>): ChatNews[] {
  if (!id || subject === undefined) return []
  return [{ id, name: subject, ...(participants ? { timer: { seconds: ephemeralDuration ?? 0 } } : {}) }]
}

/**
 * The timer of disappearing messages that a chat of the history or a change of it names. Baileys writes null for one that is switched
 * off, beside the time of that.
 */
function timerOf({ ephemeralExpiration, ephemeralSettingTimestamp }: Partial<Chat>): Pick<ChatNews, 'timer'> {
  const setAt = Number(ephemeralSettingTimestamp ?? 0)
  if (!ephemeralExpiration && setAt === 0) return {}
  return { timer: { seconds: ephemeralExpiration ?? 0, atMs: setAt * 1000 } }
}

/**
 * What a history says of its chats: their timers, how much of them was unread, and which were archived or pinned.
 *
 * @param isFirst whether it is the history's first part, which the phone makes when a device is linked. Later parts repeat what was
 *   so at that time.
 */
export const chatsOfHistory = (chats: readonly Partial<Chat>[], isFirst: boolean): ChatNews[] =>
  chats.flatMap((chat) => {
    const news = { ...timerOf(chat), ...(isFirst ? { ...unreadOf(chat), ...placeOf(chat) } : {}) }
    return chat.id && Object.keys(news).length > 0 ? [{ id: jidNormalizedUser(chat.id), ...news }] : []
  })

/** A chat that was marked as unread has no unread messages. The lists have no word for it but one. */
function unreadOf({ unreadCount, markedAsUnread, conversationTimestamp }: Partial<Chat>): Pick<ChatNews, 'unreadThen'> {
  const atMs = Number(conversationTimestamp ?? 0) * 1000
  if (typeof unreadCount !== 'number' || !(atMs > 0)) return {}
  return { unreadThen: { count: Math.max(unreadCount, markedAsUnread ? 1 : 0), atMs } }
}

/** A chat that is neither archived nor pinned is as any that nobody tells of. */
function placeOf({ archived, pinned, conversationTimestamp }: Partial<Chat>): Pick<ChatNews, 'placeThen'> {
  const place = { archived: Boolean(archived), pinned: Boolean(pinned) }
  return place.archived || place.pinned ? { placeThen: { ...place, atMs: Number(conversationTimestamp ?? 0) * 1000 } } : {}
}
