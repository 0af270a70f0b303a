import { isDeepStrictEqual } from 'node:util'
import { type ChatEntry, labelEntryId } from '@holdfast/core/message/directory-document'
import { laterTimer } from '@holdfast/core/message/disappearing'
import type { Clock, DocumentSnapshot, Merge } from '@holdfast/core/platform/ports'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import type { ChatNews, ContactNews, DirectoryNews, LabelNews } from '../../whatsapp/directory-news.ts'
import { Book } from './book.ts'
import { oneMoreUnread, unreadNow, wasRead } from './unread.ts'
import type { Noted } from './noted.ts'

/** The status stories are no chat. */
const STATUS = 'status@broadcast'

/** The chats, contacts and labels of one session, and what messages and news mean for them. */
export class Lists {
  readonly #options
  readonly #chats: Book<'chats'>
  readonly #contacts: Book<'contacts'>
  readonly #labels: Book<'labels'>
  /** The last id that was given to a new label. */
  #lastLabel = 0

  constructor(options: {
    cipher: SessionCipher
    clock: Pick<Clock, 'now'>
    /** Returns the JID by which the API names a person: the one by phone number where it is known. */
    nameOf: (jid: string) => string
    lidOf: (jid: string) => string | null
  }) {
    this.#options = options
    this.#chats = new Book('chats', options.cipher)
    this.#contacts = new Book('contacts', options.cipher)
    this.#labels = new Book('labels', options.cipher)
  }

  get #books() {
    return [this.#chats, this.#contacts, this.#labels] as const
  }

  get isDirty(): boolean {
    return this.#books.some(({ isDirty }) => isDirty)
  }

  /** The groups in the list that have no name yet. */
  get unnamedGroups(): readonly string[] {
    return [...this.#chats.all].flatMap(({ id, name, isGone }) => (name === null && !isGone && id.endsWith('@g.us') ? id : []))
  }

  /** Takes what is stored. Returns how far the stored chats know the messages. */
  load(stored: Readonly<Record<'chats' | 'contacts' | 'labels', readonly DocumentSnapshot[]>>): string | null {
    const upTo = this.#chats.load(stored.chats)
    this.#contacts.load(stored.contacts)
    this.#labels.load(stored.labels)
    return upTo
  }

  /** Makes everything count as changed: nobody knows which of the written entries are stored. */
  spoil(): void {
    for (const book of this.#books) book.spoil()
  }

  /** Returns the writes of what has changed, which then counts as written. The last one is of the most recent chats. */
  merges(): { readonly others: readonly Merge[]; readonly recent: Merge | undefined } {
    const others = [this.#contacts, this.#labels].flatMap((book) => (book.isDirty ? book.merges() : []))
    const pages = this.#chats.merges()
    const recent = pages.pop()
    return { others: [...others, ...pages], recent }
  }

  /** A message of ours is on its way to a chat. */
  sent(chat: string, at: number): void {
    this.#setChat(chat, (entry) => ({ ...wasRead(entry, Math.max(entry.at, at)), at: Math.max(entry.at, at), isGone: false }))
  }

  /** The messages of a chat were read here. */
  read(chat: string): void {
    const id = this.#options.nameOf(chat)
    const known = this.#chats.get(id)
    if (known && (known.unread > 0 || known.readAt !== known.at)) this.#setChat(id, (entry) => wasRead(entry, entry.at))
  }

  /** The seconds after which a message to the chat disappears; 0: never; null: nobody has told. */
  timerOf(chat: string): number | null {
    return this.#chats.get(this.#options.nameOf(chat))?.timer?.seconds ?? null
  }

  /** The ids of all labels, or of those that a chat has. */
  labels(chat: string | null): readonly string[] {
    const id = chat === null ? null : this.#options.nameOf(chat)
    return [...this.#labels.all].flatMap((entry) => (entry.chat === id && !entry.isGone ? entry.label : []))
  }

  /** An id that no label has, or had as far as the entries know. Ids are numbers, and WhatsApp's own clients take the next one. */
  newLabel(): string {
    const taken = [...this.#labels.all].map(({ label }) => Number(label)).filter(Number.isSafeInteger)
    this.#lastLabel = Math.max(this.#lastLabel, ...taken) + 1
    return String(this.#lastLabel)
  }

  /** Removes persons without a trace. */
  forget(ids: readonly string[]): void {
    for (const id of ids) {
      this.#chats.forget(id)
      this.#contacts.forget(id)
    }
    for (const { id, chat } of this.#labels.all) if (chat !== null && ids.includes(chat)) this.#labels.forget(id)
  }

  hear({ chats = [], contacts = [], labels = [], blocklist }: DirectoryNews): void {
    for (const news of labels) this.#hearLabel(news)
    if (blocklist) this.#hearBlocklist(blocklist)
    for (const news of contacts) this.#setContact(news)
    for (const news of chats) this.#hearChat(news)
  }

  take({ chat, participant, fromMe, pushName, sentAtMs, fromHistory, timer }: Noted): void {
    const id = this.#options.nameOf(chat)
    const at = Number.isFinite(sentAtMs) ? sentAtMs : 0
    this.#setChat(id, (entry) => ({
      ...(fromHistory ? entry : fromMe ? wasRead(entry, Math.max(entry.at, at)) : oneMoreUnread(entry, at)),
      at: Math.max(entry.at, at),
      isGone: false,
      ...(pushName !== null && !fromMe && participant === null ? { pushName } : {}),
      ...(timer ? { timer: laterTimer(entry.timer, timer) } : {}),
    }))
    if (pushName !== null && !fromMe) this.#setContact({ id: participant ?? chat, pushName })
  }

  #hearChat({ id: jid, isGone, timer: told, unreadThen, placeThen, ...others }: ChatNews): void {
    const id = this.#options.nameOf(jid)
    if (isGone) return this.#chats.remove(id)
    const known = this.#chats.get(id)
    const timer = told && laterTimer(known?.timer, { atMs: this.#options.clock.now(), ...told })
    const unread = unreadThen && unreadNow(known, unreadThen)
    const place = placeThen && placeNow(known, placeThen)
    const isPlaced = others.archived !== undefined || others.pinned !== undefined
    const isRead = others.unread === 0 && known !== undefined
    const readAt = isRead ? { readAt: known.at } : {}
    const news = { ...others, ...readAt, ...(isPlaced ? { isPlaced } : {}), ...(timer ? { timer } : {}), ...place, ...unread }
    // Only messages, timers, names of groups and the history make a chat.
    if (known === undefined && news.name === undefined && !timer?.seconds && !unread?.unread && !place) return
    if (known && Object.entries(news).every(([field, value]) => known[field as keyof ChatEntry] === value)) return
    this.#setChat(id, (entry) => ({ ...(isRead ? wasRead(entry, entry.at) : entry), ...news }))
  }

  #hearBlocklist(blocklist: readonly string[]): void {
    const blocked = new Set(blocklist.map((jid) => this.#options.nameOf(jid)))
    for (const { id, isBlocked } of this.#contacts.all)
      if (isBlocked && !blocked.has(id)) this.#setContact({ id, isBlocked: false })
    for (const id of blocked) this.#setContact({ id, isBlocked: true })
  }

  #hearLabel(news: LabelNews): void {
    const chat = news.chat === null ? null : this.#options.nameOf(news.chat)
    const { label, isGone } = news
    if (chat === null && isGone) {
      for (const entry of this.#labels.all) if (entry.label === label && !entry.isGone) this.#labels.remove(entry.id)
      return
    }
    const named = news.chat === null ? { name: news.name, color: news.color } : { name: null, color: 0 }
    const next = { id: labelEntryId(label, chat), label, chat, ...named, isGone }
    const known = this.#labels.get(next.id)
    if ((known?.isGone ?? true) && isGone) return
    if (known && !known.isGone && !isGone && known.name === next.name && known.color === next.color) return
    this.#labels.set(next)
  }

  #setChat(jid: string, change: (entry: ChatEntry) => ChatEntry): void {
    const id = this.#options.nameOf(jid)
    if (id === STATUS) return
    const fresh = { id, name: null, pushName: null, at: 0, unread: 0, archived: false, pinned: false, isGone: false }
    this.#chats.set(change(this.#chats.get(id) ?? { ...fresh, ...this.#namesOf(id) }))
  }

  #namesOf(id: string): Pick<ChatEntry, 'name' | 'pushName'> {
    const { name = null, pushName = null } = this.#contacts.get(id) ?? {}
    return { name, pushName }
  }

  #setContact({ id: jid, lid, name, pushName, isBlocked }: ContactNews): void {
    const id = this.#options.nameOf(jid)
    if (!/@(?:s\.whatsapp\.net|lid)$/.test(id)) return
    const known = this.#contacts.get(id) ?? { id, lid: null, name: null, pushName: null, isBlocked: false, isGone: false }
    const next = {
      ...known,
      lid: lid ?? known.lid ?? this.#options.lidOf(id),
      name: name ?? known.name,
      pushName: pushName ?? known.pushName,
      isBlocked: isBlocked ?? known.isBlocked,
    }
    if (this.#contacts.get(id) && isDeepStrictEqual(known, next)) return
    this.#contacts.set(next)
    const chat = this.#chats.get(id)
    if (chat && (chat.name !== next.name || chat.pushName !== next.pushName)) {
      this.#chats.set({ ...chat, name: next.name, pushName: next.pushName })
    }
  }
}

/** Where a chat was in the past, unless somebody has told since. */
function placeNow(
  known: ChatEntry | undefined,
  { archived, pinned, atMs }: NonNullable<ChatNews['placeThen']>,
): Partial<Pick<ChatEntry, 'at' | 'archived' | 'pinned' | 'isPlaced'>> | undefined {
  if (known?.isPlaced) return undefined
  return { archived, pinned, isPlaced: true, at: Math.max(known?.at ?? 0, atMs) }
}
