import { directoryPath } from '@holdfast/core/message/directory-document'
import { messageOrder, messagesPath } from '@holdfast/core/message/message-document'
import { HoldfastError, isDamage } from '@holdfast/core/platform/errors'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock, DocumentStore, Merge } from '@holdfast/core/platform/ports'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import type { DirectoryNews } from '../../whatsapp/directory-news.ts'
import { withWrites, type Entry, type RecordPlace } from '../journal/group.ts'
import { GroupNames } from './group-names.ts'
import { Lists } from './lists.ts'
import { NOTED_FIELDS, notedIn, notedOf } from './noted.ts'

/** Between two writes. At more than one message a second that is a fifth of a write for each. */
const PAUSE_MS = 4900

/** A change is written after this time at the latest, by a record of its own. */
const LATEST_MS = 4600

/** The pauses between attempts to read what is stored. Somebody who waits for it does not wait for much longer than the first ones. */
const FIRST_RETRY_MS = 1000
const LONGEST_RETRY_MS = 30_000

/** The number of messages that are read at once, with their contents. */
const PAGE = 100

/** A change that waits for the stored entries. */
interface Waiting {
  readonly work: () => void
  /** Called instead when nobody will do it. Without it nobody waits for the change. */
  readonly onEnd?: (error: Error) => void
}

/**
 * Keeps the chats, contacts and labels of a session up to date, for the API. It hears of every message in the moment in which the message gets its
 * record, and its own writes ride along with such a record, a while after the last ones. What a crash has kept it from writing is read
 * from the messages when the session connects again.
 */
export class Directory {
  readonly #options
  readonly #lists: Lists
  /** Changes that wait for the stored entries. Null once those are there. */
  #waiting: Waiting[] | null = []
  #failedReads = 0
  #isLoading = false
  /** The record behind which this hears of every message by itself. Null before the first reading. */
  #hearsAfter: number | null = null
  /** Resolves when the stored entries are read, or could not be. */
  #reading: Promise<void> = Promise.resolve()
  readonly #groupNames: GroupNames
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
    /** The number of the last record that is in the log. */
    lastRecord: () => number
  }) {
    this.#options = options
    this.#lists = new Lists(options)
    this.#groupNames = new GroupNames(options)
  }

  /** Reads what is stored, once. Changes before that wait. */
  open(): void {
    if (this.#isLoading || this.#waiting === null || this.#isOver) return
    this.#isLoading = true
    this.#hearsAfter ??= this.#options.lastRecord()
    this.#reading = this.#load(this.#hearsAfter).catch((error: unknown) => {
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
    this.#groupNames.connected(askForGroups)
    this.open()
    this.#nameGroups()
  }

  disconnected(): void {
    this.#groupNames.disconnected()
  }

  /** Ends all work. Nothing more is written, and nobody waits for it any more. */
  close(): void {
    this.#isOver = true
    this.#cancelTimer?.()
    this.#endWaits(over())
  }

  /** Hears of the events of an entry, and lets its own writes ride along when it is time. */
  readonly ride = (entry: Entry): Entry => {
    for (const event of entry.events ?? []) {
      const noted = notedOf(event)
      if (noted) this.#change(() => this.#lists.take(noted))
    }
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
    this.#change(() => this.#lists.sent(chat, at))
  }

  /** The messages of a chat were read here. */
  read(chat: string): void {
    this.#change(() => this.#lists.read(chat))
  }

  /**
   * Removes persons from the lists without a trace. Resolves when that is stored.
   *
   * @throws Error when it could not be stored, or the stored lists are damaged, or this ends before
   */
  async forget(ids: readonly string[]): Promise<void> {
    const { promise: stored, resolve, reject } = Promise.withResolvers<void>()
    const work = (): void => {
      this.#lists.forget(ids)
      const refused = (): void => {
        this.#lists.forget(ids)
        this.#spoil()
        reject(new Error('The lists of chats and contacts could not be written.'))
      }
      this.#options.append({ ...this.#carried(), onWritten: resolve, onRefused: refused, onEnd: reject })
    }
    this.#change(work, reject)
    await stored
  }

  hear(news: DirectoryNews): void {
    const { chats = [], contacts = [], labels = [], blocklist } = news
    if (chats.length + contacts.length + labels.length === 0 && !blocklist) return
    this.#change(() => this.#lists.hear(news))
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
    if (!this.#waiting) return this.#lists.timerOf(chat)
    this.open()
    return this.#reading.then(() => this.#lists.timerOf(chat))
  }

  /**
   * Resolves with the ids of all labels, or of those that a chat has, once the stored entries are there.
   *
   * @throws Error when the stored lists are damaged, or this ends before
   */
  labels(chat: string | null): Promise<readonly string[]> {
    return new Promise((resolve, reject) => this.#change(() => resolve(this.#lists.labels(chat)), reject))
  }

  /**
   * Resolves with an id that no label has, or had as far as the entries know: a chat that had a removed one would have the new one. Every
   * call gives another one.
   *
   * @throws Error when the stored lists are damaged, or this ends before
   */
  newLabel(): Promise<string> {
    return new Promise((resolve, reject) => this.#change(() => resolve(this.#lists.newLabel()), reject))
  }

  get #isDirty(): boolean {
    return this.#waiting === null && !this.#isOver && this.#lists.isDirty
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
    if (!this.#waiting) this.#groupNames.look(() => this.#lists.unnamedGroups)
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
    const { others, recent } = this.#lists.merges()
    const bytesOfWrites = [...others, recent].reduce((sum, merge) => sum + bytesOf(merge), 0)
    const writes = ({ sequence, index }: RecordPlace): readonly Merge[] => {
      const upTo = messageOrder(sequence, index)
      return [...others, ...(recent ? [{ ...recent, fields: { ...recent.fields, upTo } }] : [])]
    }
    return { writes, bytesOfWrites }
  }

  #spoil(): void {
    this.#lists.spoil()
    this.#schedule()
  }

  async #load(hearsAfter: number): Promise<void> {
    const { documents, sessionId } = this.#options
    const [chats, contacts, labels] = await Promise.all([
      documents.query({ collection: directoryPath(sessionId, 'chats') }),
      documents.query({ collection: directoryPath(sessionId, 'contacts') }),
      documents.query({ collection: directoryPath(sessionId, 'labels') }),
    ])
    await this.#catchUp(this.#lists.load({ chats, contacts, labels }), messageOrder(hearsAfter + 1, 0))
    if (this.#isOver) return
    this.#failedReads = 0
    const waiting = this.#waiting ?? []
    this.#waiting = null
    for (const one of waiting) this.#do(one)
    this.#schedule()
  }

  /** Does a change that has waited. One that fails keeps no other from being made. */
  #do({ work, onEnd }: Waiting): void {
    try {
      work()
    } catch (error) {
      this.#options.logger.error({ error }, 'A change of the lists of chats and contacts failed and is left out.')
      onEnd?.(error instanceof Error ? error : new Error('A change of the lists failed.', { cause: error }))
    }
  }

  /** Takes the messages that an earlier owner has stored and not noted. Those from `end` on wait, and would be counted twice. */
  async #catchUp(upTo: string | null, end: string): Promise<void> {
    const { documents, cipher, sessionId } = this.#options
    for (let startAfter = upTo ?? '0'; !this.#isOver;) {
      const page = { orderBy: ['order', 'asc'], startAfter, limit: PAGE, select: NOTED_FIELDS } as const
      const found = await documents.query({ collection: messagesPath(sessionId), ...page })
      const earlier = found.filter(({ fields }) => String(fields['order']) < end)
      for (const noted of earlier.flatMap((one) => notedIn(cipher, one) ?? [])) this.#lists.take(noted)
      const last = found.at(-1)?.fields['order']
      if (earlier.length < PAGE || typeof last !== 'string') return
      startAfter = last
    }
  }
}

const over = (): Error => new HoldfastError('journal-closed', 'The lists of chats and contacts are no longer kept here.')

const bytesOf = (merge: Merge | undefined): number => (merge?.fields['entries'] as Uint8Array | undefined)?.length ?? 0
