// The server's queue for one linked device: it keeps everything until the device has receipted it.
import type { Happenings } from './happenings.ts'
import { SERVER } from './stanzas.ts'
import type { Stanza } from './stanzas.ts'
import type { WatchedStanzas } from './watched-stanzas.ts'

/** The way to the client, while it is connected. */
export interface Line {
  send(stanza: Stanza): void
}

type Entry = { stanza: Stanza; sentOn: Line | undefined; sentAt: number }

/** Classes that every client answers. Nothing else holds up the batches. */
const ANSWERED: ReadonlySet<string> = new Set(['message', 'receipt', 'notification', 'call'])

const MOST_SHOWN = 10

export type MessageSender = { from: string; participant: string | undefined }

type KeyAttrs = { id?: string; type?: string; from?: string | undefined; participant?: string }

/**
 * The key of an entry. The same message under the same id is one entry; receipts of several kinds, or of several people, about one id
 * are several. A client answers with the same id, class, type and (for all but messages) the names of the sender.
 */
export const queueKey = (stanzaClass: string, { id = '', type = '', from = '', participant = '' }: KeyAttrs): string =>
  stanzaClass === 'message' ? `message|${id}` : [stanzaClass, id, type, from, participant].join('|')

export class OfflineQueue {
  readonly #entries = new Map<string, Entry>()
  readonly #happenings: Happenings
  readonly #phone: string
  readonly #watched: WatchedStanzas
  /** Every message that was ever handed over, in its last form. */
  readonly #messages = new Map<string, Stanza>()
  /** Keys of the batch under way. The next batch follows when all of it is receipted. */
  readonly #batch = new Set<string>()
  #line: Line | undefined
  #state: 'closed' | 'announced' | 'draining' | 'live' = 'closed'
  #batchSize = 0
  #drained = 0
  /** When the device last became active, in ms. */
  lastActiveAt: number | null = null

  constructor(phone: string, happenings: Happenings, watched: WatchedStanzas) {
    this.#phone = phone
    this.#happenings = happenings
    this.#watched = watched
  }

  get size(): number {
    return this.#entries.size
  }

  /** The entries that came first: what each is, and how long ago the present connection got it; null when it has not. */
  get waiting(): { what: string; handedOverMs: number | null }[] {
    return [...this.#entries].slice(0, MOST_SHOWN).map(([what, { sentOn, sentAt }]) => {
      const isHandedOver = sentOn !== undefined && sentOn === this.#line
      return { what, handedOverMs: isHandedOver ? Math.round(performance.now() - sentAt) : null }
    })
  }

  /** True once the device is logged in and its queue has been handed over. */
  get isLive(): boolean {
    return this.#state === 'live'
  }

  get line(): Line | undefined {
    return this.#line
  }

  /** The sender of a message that was ever handed over. */
  senderOf(messageId: string): MessageSender | undefined {
    const attrs = this.#messages.get(messageId)?.attrs
    return attrs && { from: attrs.from ?? '', participant: attrs.participant }
  }

  /** Hands a message over once more, as a server does that has lost its receipt. False for an unknown message. */
  repeat(messageId: string): boolean {
    const stanza = this.#messages.get(messageId)
    if (stanza) this.put(stanza)
    return stanza !== undefined
  }

  /** Queues an entry. One with a known key replaces the old one and goes to the end: a message that was encrypted again. */
  put(stanza: Stanza): void {
    const key = queueKey(stanza.tag, stanza.attrs)
    this.settle(key)
    const entry: Entry = { stanza, sentOn: undefined, sentAt: 0 }
    this.#entries.set(key, entry)
    if (this.#state === 'live') this.#hand(entry, undefined)
  }

  /** Sends a stanza without queueing it. It never comes again. */
  sendNow(stanza: Stanza): void {
    this.#watched.delivered(stanza.attrs.id)
    this.#line?.send(stanza)
  }

  settle(key: string): boolean {
    const known = this.#entries.delete(key)
    if (this.#batch.delete(key) && this.#batch.size === 0 && this.#state === 'draining') this.#nextBatch()
    return known
  }

  login(line: Line): void {
    this.#line = line
    this.#state = 'closed'
  }

  logout(line: Line): void {
    if (this.#line !== line) return
    this.#line = undefined
    this.#state = 'closed'
    this.#batch.clear()
  }

  /** Begins when the device is active: announces the backlog and delivers it in batches. Each login becomes active once. */
  activate(): void {
    if (this.#state !== 'closed') return
    this.#batch.clear()
    this.#drained = 0
    if (this.#entries.size === 0) return this.#goLive()
    this.#state = 'announced'
    this.#line?.send({ tag: 'ib', attrs: { from: SERVER }, content: [{ tag: 'offline_preview', attrs: this.#preview() }] })
  }

  /** Hands over the batch that the device asked for. Later batches follow as each is receipted. */
  requestBatch(size: number): void {
    if (this.#state !== 'announced' && this.#state !== 'draining') return
    this.#state = 'draining'
    this.#batchSize = Math.max(1, size)
    this.#nextBatch()
  }

  #nextBatch(): void {
    const before = this.#drained
    for (const [key, entry] of this.#entries) {
      if (entry.sentOn === this.#line) continue
      if (this.#batch.size >= this.#batchSize) return this.#tellBatch(before)
      if (ANSWERED.has(entry.stanza.tag)) this.#batch.add(key)
      this.#hand(entry, this.#drained++)
    }
    this.#tellBatch(before)
    this.#goLive()
  }

  #tellBatch(before: number): void {
    this.#happenings.tell('batch', { phone: this.#phone, size: this.#drained - before })
  }

  #goLive(): void {
    this.#state = 'live'
    this.#batch.clear()
    this.lastActiveAt = Date.now()
    const marker = { tag: 'offline', attrs: { count: String(this.#drained) } }
    this.#line?.send({ tag: 'ib', attrs: { from: SERVER }, content: [marker] })
    this.#happenings.tell('active', { phone: this.#phone, offline: this.#drained })
  }

  #hand(entry: Entry, offline: number | undefined): void {
    if (!this.#line) return
    entry.sentOn = this.#line
    entry.sentAt = performance.now()
    const { stanza } = entry
    this.#watched.delivered(stanza.attrs.id)
    if (stanza.tag === 'message' && stanza.attrs.id) this.#messages.set(stanza.attrs.id, stanza)
    const attrs = offline === undefined ? stanza.attrs : { ...stanza.attrs, offline: String(offline) }
    this.#line.send({ ...stanza, attrs })
    if (stanza.tag !== 'message') return
    const mark = offline === undefined ? {} : { offline: true }
    this.#happenings.tell('delivered', { phone: this.#phone, id: stanza.attrs.id, ...mark })
  }

  #preview(): Record<string, string> {
    const tags = [...this.#entries.values()].map(({ stanza }) => stanza.tag)
    const count = (tag: string): string => String(tags.filter((other) => other === tag).length)
    return {
      count: String(tags.length),
      message: count('message'),
      receipt: count('receipt'),
      notification: count('notification'),
      call: count('call'),
      appdata: '0',
    }
  }
}
