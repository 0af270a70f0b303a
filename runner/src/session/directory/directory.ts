import { isDeepStrictEqual } from 'node:util'
import { type ChatEntry, type ChatTimer, directoryPath, labelEntryId } from '@holdfast/core/message/directory-document'
import { laterTimer, timerIn } from '@holdfast/core/message/disappearing'
import { messageOrder, messagesPath } from '@holdfast/core/message/message-document'
import { openReceivedContent } from '@holdfast/core/message/sealed-content'
import { HoldfastError, isDamage } from '@holdfast/core/platform/errors'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock, DocumentSnapshot, DocumentStore, Fields, Merge } from '@holdfast/core/platform/ports'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import type { ChatNews, ContactNews, DirectoryNews, LabelNews } from '../../whatsapp/directory-news.ts'
import type { SessionEvent } from '../events/session-event.ts'
import { withWrites, type Entry, type RecordPlace } from '../journal/group.ts'
import { Book } from './book.ts'

/** Between two writes. At more than one message a second that is a fifth of a write for each. */
const PAUSE_MS = 4900

/** A change is written after this time at the latest, by a record of its own. */
const LATEST_MS = 4600

/** The pauses between attempts to read what is stored. Somebody who waits for it does not wait for much longer than the first ones. */
const FIRST_RETRY_MS = 1000
const LONGEST_RETRY_MS = 30_000

/** The status stories are no chat. */
const STATUS = 'status@broadcast'

/** The pause between two questions for the names of groups. */
const ASK_GROUPS_MS = 5 * 60_000

/** The number of messages that are read at once, with their contents. */
const PAGE = 100

/** A change that waits for the stored entries. */
interface Waiting {
  readonly work: () => void
  /** Called instead when nobody will do it. Without it nobody waits for the change. */
  readonly onEnd?: (error: Error) => void
}

/** What a message says about its chat. */
interface Noted {
  readonly chat: string
  readonly participant: string | null
  readonly fromMe: boolean
  readonly pushName: string | null
  readonly sentAtMs: number
  readonly fromHistory: boolean
  /** What it tells of the timer of disappearing messages. */
  readonly timer: ChatTimer | null
}

/**
 * Keeps the chats, contacts and labels of a session up to date, for the API. It hears of every message in the moment in which the message gets its
 * record, and its own writes ride along with such a record, a while after the last ones. What a crash has kept it from writing is read
 * from the messages when the session connects again.
 */
export class Directory {
  readonly #options
  readonly #chats: Book<'chats'>
  readonly #contacts: Book<'contacts'>
  readonly #labels: Book<'labels'>
  /** Changes that wait for the stored entries. Null once those are there. */
  #waiting: Waiting[] | null = []
  #failedReads = 0
  #isLoading = false
  /** Resolves when the stored entries are read, or could not be. */
  #reading: Promise<void> = Promise.resolve()
  #askForGroups: (() => Promise<unknown>) | null = null
  #askedForGroupsAtMs = Number.NEGATIVE_INFINITY
  #isOver = false
  #writtenAtMs = Number.NEGATIVE_INFINITY
  #cancelTimer: (() => void) | null = null

  constructor(options: {
    sessionId: string
    cipher: SessionCipher
    documents: DocumentStore
    clock: Clock
    logger: Logger
    /** Returns the JID by which the API names a person: the one by phone number where it is known. */
    nameOf: (jid: string) => string
    lidOf: (jid: string) => string | null
    /** Appends a record for writes that no other record takes along. */
    append: (entry: Entry) => void
  }) {
    this.#options = options
    this.#chats = new Book('chats', options.cipher)
    this.#contacts = new Book('contacts', options.cipher)
    this.#labels = new Book('labels', options.cipher)
  }

  /** Reads what is stored, once. Changes before that wait. */
  open(): void {
    if (this.#isLoading || this.#waiting === null || this.#isOver) return
    this.#isLoading = true
    this.#reading = this.#load().catch((error: unknown) => {
      this.#isLoading = false
      if (this.#isOver) return
      this.#options.logger.warn({ error }, 'The chats of the session could not be read; trying again.')
      // What is damaged may stay so: nobody waits for it. What is only told is kept until it can be written.
      if (isDamage(error)) this.#endWaits(error)
      const pauseMs = Math.min(FIRST_RETRY_MS * 2 ** this.#failedReads++, LONGEST_RETRY_MS)
      this.#cancelTimer?.()
      this.#cancelTimer = this.#options.clock.after(pauseMs, () => this.#openAgain(), 'directory')
    })
  }

  #openAgain(): void {
    this.#cancelTimer = null
    this.open()
  }

  #endWaits(error: Error): void {
    const waiting = this.#waiting ?? []
    if (this.#waiting) this.#waiting = waiting.filter(({ onEnd }) => !onEnd)
    for (const { onEnd } of waiting) onEnd?.(error)
  }

  /** The session is connected. The question for all groups lets `hear` know their names. */
  connected(askForGroups: () => Promise<unknown>): void {
    this.#askForGroups = askForGroups
    this.open()
    this.#nameGroups()
  }

  disconnected(): void {
    this.#askForGroups = null
  }

  /** Ends all work. Nothing more is written, and nobody waits for it any more. */
  close(): void {
    this.#isOver = true
    this.#cancelTimer?.()
    this.#endWaits(over())
  }

  /** Hears of the events of an entry, and lets its own writes ride along when it is time. */
  readonly ride = (entry: Entry): Entry => {
    for (const event of entry.events ?? []) this.#note(event)
    const isDue = this.#options.clock.monotonic() - this.#writtenAtMs >= PAUSE_MS
    // The writes of a guarded entry may never be made.
    if (!this.#isDirty || !isDue || entry.unlessChanged) return entry
    const { bytesOfWrites = 0, ...carried } = this.#carried()
    const onRefused = (): void => {
      this.#spoil()
      entry.onRefused?.()
    }
    return { ...withWrites(entry, carried), bytesOfWrites: (entry.bytesOfWrites ?? 0) + bytesOfWrites, onRefused }
  }

  /** A message of ours is on its way to a chat. */
  sent(chat: string): void {
    const at = this.#options.clock.now()
    this.#change(() => this.#setChat(chat, (entry) => ({ ...entry, at: Math.max(entry.at, at), unread: 0 })))
  }

  /** The messages of a chat were read here. */
  read(chat: string): void {
    this.#change(() => {
      const id = this.#options.nameOf(chat)
      if ((this.#chats.get(id)?.unread ?? 0) > 0) this.#setChat(id, (entry) => ({ ...entry, unread: 0 }))
    })
  }

  /**
   * Removes persons from the lists without a trace. Resolves when that is stored.
   *
   * @throws Error when it could not be stored, or the stored lists are damaged, or this ends before
   */
  async forget(ids: readonly string[]): Promise<void> {
    const { promise: stored, resolve, reject } = Promise.withResolvers<void>()
    const work = (): void => {
      this.#forgetAll(ids)
      const refused = (): void => {
        this.#forgetAll(ids)
        this.#spoil()
        reject(new Error('The lists of chats and contacts could not be written.'))
      }
      this.#options.append({ ...this.#carried(), onWritten: resolve, onRefused: refused, onEnd: reject })
    }
    this.#change(work, reject)
    await stored
  }

  #forgetAll(ids: readonly string[]): void {
    for (const id of ids) {
      this.#chats.forget(id)
      this.#contacts.forget(id)
    }
    for (const { id, chat } of this.#labels.all) if (chat !== null && ids.includes(chat)) this.#labels.forget(id)
  }

  hear({ chats = [], contacts = [], labels = [], blocklist }: DirectoryNews): void {
    if (chats.length + contacts.length + labels.length === 0 && !blocklist) return
    this.#change(() => {
      for (const news of labels) this.#hearLabel(news)
      if (blocklist) this.#hearBlocklist(blocklist)
      for (const news of contacts) this.#setContact(news)
      for (const news of chats) this.#hearChat(news)
    })
  }

  /** Hears news that are told once. Resolves when their writes are appended, or when the stored entries could not be read. */
  async learn(news: DirectoryNews): Promise<void> {
    this.hear(news)
    await this.#reading
    this.flush()
  }

  /**
   * Writes what it has heard. Resolves when that is appended: later records of the session come after it.
   *
   * @throws Error when the stored lists are damaged, or this ends before
   */
  async whenHeard(): Promise<void> {
    if (this.#waiting) await new Promise<void>((resolve, reject) => this.#change(resolve, reject))
    this.flush()
  }

  /**
   * Returns the seconds after which a message to the chat disappears; 0: never; null: nobody has told. Waits for the stored
   * entries while they are being read, and for nothing else: a message may not wait for damaged ones.
   */
  disappearsAfter(chat: string): Promise<number | null> | number | null {
    const known = (): number | null => this.#chats.get(this.#options.nameOf(chat))?.timer?.seconds ?? null
    if (!this.#waiting) return known()
    this.open()
    return this.#reading.then(known)
  }

  /**
   * Resolves with the ids of all labels, or of those that a chat has, once the stored entries are there.
   *
   * @throws Error when the stored lists are damaged, or this ends before
   */
  labels(chat: string | null): Promise<readonly string[]> {
    return new Promise((resolve, reject) => {
      const id = chat === null ? null : this.#options.nameOf(chat)
      const ids = () => [...this.#labels.all].flatMap((entry) => (entry.chat === id && !entry.isGone ? entry.label : []))
      this.#change(() => resolve(ids()), reject)
    })
  }

  get #books() {
    return [this.#chats, this.#contacts, this.#labels] as const
  }

  get #isDirty(): boolean {
    return this.#waiting === null && !this.#isOver && this.#books.some(({ isDirty }) => isDirty)
  }

  #note(event: SessionEvent): void {
    if (event.type !== 'message.received') return
    const { chat, participant, fromMe, pushName, sentAtMs } = event.message
    const { fromHistory } = event
    const timer = timerIn({ ...event.message, fromHistory })
    const noted = { chat, participant, fromMe, pushName, sentAtMs, fromHistory, timer }
    this.#change(() => this.#take(noted))
  }

  #take({ chat, participant, fromMe, pushName, sentAtMs, fromHistory, timer }: Noted): void {
    const id = this.#options.nameOf(chat)
    const at = Number.isFinite(sentAtMs) ? sentAtMs : 0
    this.#setChat(id, (entry) => ({
      ...entry,
      at: Math.max(entry.at, at),
      // A chat that was deleted and comes back has none of its earlier messages.
      unread: fromHistory ? entry.unread : fromMe ? 0 : (entry.isGone ? 0 : entry.unread) + 1,
      isGone: false,
      ...(pushName !== null && !fromMe && participant === null ? { pushName } : {}),
      ...(timer ? { timer: laterTimer(entry.timer, timer) } : {}),
    }))
    if (pushName !== null && !fromMe) this.#setContact({ id: participant ?? chat, pushName })
  }

  #hearChat({ id: jid, isGone, timer: told, ...others }: ChatNews): void {
    const id = this.#options.nameOf(jid)
    if (isGone) return this.#chats.remove(id)
    const known = this.#chats.get(id)
    const timer = told && laterTimer(known?.timer, { atMs: this.#options.clock.now(), ...told })
    const news = { ...others, ...(timer ? { timer } : {}) }
    // Only messages, timers and names of groups make a chat.
    if (known === undefined && news.name === undefined && !timer?.seconds) return
    if (known && Object.entries(news).every(([field, value]) => known[field as keyof ChatEntry] === value)) return
    this.#setChat(id, (entry) => ({ ...entry, ...news }))
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

  #change(work: () => void, onEnd?: (error: Error) => void): void {
    if (this.#isOver) return onEnd?.(over())
    if (this.#waiting) {
      this.#waiting.push({ work, ...(onEnd ? { onEnd } : {}) })
      return this.open()
    }
    work()
    this.#schedule()
  }

  #nameGroups(): void {
    const now = this.#options.clock.monotonic()
    if (!this.#askForGroups || this.#waiting || now - this.#askedForGroupsAtMs < ASK_GROUPS_MS) return
    if (![...this.#chats.all].some(({ id, name, isGone }) => name === null && !isGone && id.endsWith('@g.us'))) return
    this.#askedForGroupsAtMs = now
    this.#askForGroups().catch((error: unknown) => {
      this.#options.logger.info({ error }, 'WhatsApp did not tell the names of the groups; it is asked again later.')
    })
  }

  #schedule(): void {
    this.#nameGroups()
    if (!this.#isDirty || this.#cancelTimer) return
    this.#cancelTimer = this.#options.clock.after(LATEST_MS, () => this.flush(), 'directory')
  }

  /** Writes what has changed, by a record of its own. */
  flush(): void {
    this.#cancelTimer = null
    if (!this.#isDirty) return
    this.#options.append({ ...this.#carried(), onRefused: () => this.#spoil() })
  }

  /** Returns the part of an entry that writes what has changed. It tells with the place of its record how far it knows the messages. */
  #carried(): Pick<Entry, 'writes' | 'bytesOfWrites'> {
    this.#cancelTimer?.()
    this.#cancelTimer = null
    this.#writtenAtMs = this.#options.clock.monotonic()
    const others = [this.#contacts, this.#labels].flatMap((book) => (book.isDirty ? book.merges() : []))
    const pages = this.#chats.merges()
    const recent = pages.pop()
    const bytesOfWrites = [...others, ...pages, recent].reduce((sum, merge) => sum + bytesOf(merge), 0)
    const writes = ({ sequence, index }: RecordPlace): readonly Merge[] => {
      const upTo = messageOrder(sequence, index)
      return [...others, ...pages, ...(recent ? [{ ...recent, fields: { ...recent.fields, upTo } }] : [])]
    }
    return { writes, bytesOfWrites }
  }

  #spoil(): void {
    for (const book of this.#books) book.spoil()
    this.#schedule()
  }

  async #load(): Promise<void> {
    const { documents, sessionId } = this.#options
    const [chats, contacts, labels] = await Promise.all([
      documents.query({ collection: directoryPath(sessionId, 'chats') }),
      documents.query({ collection: directoryPath(sessionId, 'contacts') }),
      documents.query({ collection: directoryPath(sessionId, 'labels') }),
    ])
    const upTo = this.#chats.load(chats)
    this.#contacts.load(contacts)
    this.#labels.load(labels)
    await this.#catchUp(upTo)
    if (this.#isOver) return
    this.#failedReads = 0
    const waiting = this.#waiting ?? []
    this.#waiting = null
    for (const { work } of waiting) work()
    this.#schedule()
  }

  /** Takes the messages that an earlier owner has stored and not noted. */
  async #catchUp(upTo: string | null): Promise<void> {
    const { documents, sessionId } = this.#options
    const select = ['chat', 'participant', 'fromMe', 'pushName', 'sentAt', 'fromHistory', 'order', 'type', 'content']
    for (let startAfter = upTo ?? '0'; !this.#isOver;) {
      const query = { collection: messagesPath(sessionId), orderBy: ['order', 'asc'] as const, startAfter, limit: PAGE, select }
      const found = await documents.query(query)
      for (const noted of found.flatMap((one) => this.#notedIn(one))) this.#take(noted)
      const last = found.at(-1)?.fields['order']
      if (found.length < PAGE || typeof last !== 'string') return
      startAfter = last
    }
  }

  #notedIn({ id, fields }: DocumentSnapshot): Noted[] {
    const { chat, participant, fromMe, pushName, sentAt, fromHistory } = fields
    if (typeof chat !== 'string' || !(sentAt instanceof Date)) return []
    const noted = {
      chat,
      participant: typeof participant === 'string' ? participant : null,
      fromMe: fromMe === true,
      pushName: typeof pushName === 'string' ? pushName : null,
      sentAtMs: sentAt.getTime(),
      fromHistory: fromHistory === true,
    }
    return [{ ...noted, timer: this.#timerIn(id, fields, noted) }]
  }

  /** Null also when the message is damaged: another one will tell. */
  #timerIn(id: string, { type, content }: Fields, noted: Pick<Noted, 'chat' | 'sentAtMs' | 'fromHistory'>): ChatTimer | null {
    if (typeof type !== 'string' || !(content instanceof Uint8Array)) return null
    try {
      const { facts } = openReceivedContent(this.#options.cipher, id, { content })
      return timerIn({ type, facts, ...noted })
    } catch (error) {
      if (isDamage(error)) return null
      throw error
    }
  }
}

const over = (): Error => new HoldfastError('journal-closed', 'The lists of chats and contacts are no longer kept here.')

const bytesOf = (merge: Merge | undefined): number => (merge?.fields['entries'] as Uint8Array | undefined)?.length ?? 0
