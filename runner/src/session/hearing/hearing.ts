import type { Clock } from '@holdfast/core/platform/ports'
import type { Backlog, Heard, News } from '../../whatsapp/heard.ts'
import { type HearingFacts, type Verdict, judgeHearing } from './deafness.ts'
import type { HearingPeers } from './peers.ts'

/** Bounds of what is remembered. */
const MAX_UNACKED = 500
const MAX_ARRIVED = 2000

/** The part at both ends of a connection for which nobody says that it should have brought a stanza. */
const LONGEST_EDGE_MS = 60_000

/** The pause between two questions for news while nothing is heard. It doubles up to the limit. */
const LONGEST_ASKING_PAUSE_MS = 2 * 60 * 60_000

/** What one connection of a session has sent and heard. */
interface Line {
  readonly sinceMs: number
  /** The server's clock at the login, ms; null when it did not say. */
  readonly serverMs: number | null
  openedMs: number | null
  heardMs: number | null
  isBacklogOver: boolean
  /** When a backlog was announced of which nothing has come; null for none. */
  backlogMs: number | null
  newsMs: number | null
  unanswered: number
  askedMs: number | null
  asked: number
}

/**
 * Collects what a session's connections have sent and heard, for the judgement whether one is deaf. All times are those of the
 * monotonic clock: a clock that is set anew makes no session deaf.
 */
export class Hearing {
  readonly #clock: Clock
  readonly #sessionId: string
  readonly #peers: HearingPeers
  readonly #afterMs: number
  #line: Line | null = null
  /** Messages without an ack, and when each was sent. */
  readonly #unacked = new Map<string, number>()
  #acked = { messages: 0, chats: new Set<string>(), sinceMs: 0 }
  readonly #chatOf = new Map<string, string>()
  #getsReceipts = false
  #answeredMs = 0
  /** Ids of stanzas that have arrived. One that comes again was not withheld before. */
  readonly #arrived = new Set<string>()
  /** The time, by the server's clock, in which the last connection should have brought what came. */
  #earlier: { readonly fromMs: number; readonly toMs: number } | null = null
  #withheld = 0
  /** When frames were last held back by us. */
  #heldMs = Number.NEGATIVE_INFINITY
  #readingForMs = 0

  constructor(options: { clock: Clock; sessionId: string; peers: HearingPeers; afterMs: number }) {
    this.#clock = options.clock
    this.#sessionId = options.sessionId
    this.#peers = options.peers
    this.#afterMs = options.afterMs
  }

  /** Stanzas of the present backlog that the connection before should have brought. */
  get withheld(): number {
    return this.#withheld
  }

  /** Whether the server has brought anything over the present connection. */
  get hears(): boolean {
    return this.#line?.heardMs !== null && this.#line !== null
  }

  loggedIn(serverMs: number | null): void {
    this.#begin(serverMs)
  }

  opened(): void {
    const line = this.#line ?? this.#begin(null)
    line.openedMs = this.#now
  }

  closed(): void {
    const line = this.#line
    this.#line = null
    this.#unacked.clear()
    this.#chatOf.clear()
    this.#forgetAcks()
    if (!line || line.serverMs === null) return
    const lastedMs = this.#now - line.sinceMs
    const edgeMs = Math.min(LONGEST_EDGE_MS, this.#afterMs / 4)
    this.#earlier = { fromMs: line.serverMs + edgeMs, toMs: line.serverMs + lastedMs - edgeMs }
  }

  /** Gives the session up. */
  end(): void {
    this.#peers.left(this.#sessionId)
  }

  /** A frame of any kind. */
  answered(): void {
    this.#answeredMs = this.#now
  }

  heard({ kind, id, atMs, isBacklog }: Heard): void {
    const line = this.#line
    if (!line) return
    line.heardMs = this.#now
    line.backlogMs = null
    line.newsMs = null
    line.unanswered = 0
    line.asked = 0
    line.askedMs = null
    this.#unacked.clear()
    this.#forgetAcks()
    if (kind === 'receipt') this.#getsReceipts = true
    this.#peers.heard(this.#sessionId, line.heardMs)
    if (id === null) return
    if (isBacklog && this.#wasWithheld(id, atMs)) this.#withheld++
    remember(this.#arrived, id)
  }

  backlog({ what, count }: Backlog): void {
    const line = this.#line
    if (!line) return
    if (what === 'over') line.isBacklogOver = true
    line.backlogMs = what === 'announced' && count > 0 ? this.#now : null
  }

  sent(messageId: string, chat: string): void {
    if (this.#unacked.size >= MAX_UNACKED) return
    if (!this.#unacked.has(messageId)) this.#unacked.set(messageId, this.#now)
    this.#chatOf.set(messageId, chat)
  }

  acked(messageId: string): void {
    const chat = this.#chatOf.get(messageId)
    this.#unacked.delete(messageId)
    this.#chatOf.delete(messageId)
    if (chat === undefined) return
    if (this.#acked.messages++ === 0) this.#acked.sinceMs = this.#now
    this.#acked.chats.add(chat)
  }

  /**
   * Notes what our own side does. While frames wait at the gate, what is missing is no fault of the server.
   *
   * @param heldForMs how long the oldest frame waits
   * @param readingForMs how long the message that arrived first is being read
   */
  looked({ heldForMs, readingForMs }: { readonly heldForMs: number; readonly readingForMs: number }): void {
    const now = this.#now
    if (heldForMs > 0) this.#held(now)
    this.#readingForMs = Math.min(readingForMs, now - this.#heldMs)
  }

  #held(now: number): void {
    this.#heldMs = now
    for (const id of this.#unacked.keys()) this.#unacked.set(id, now)
    if (this.#line?.backlogMs) this.#line.backlogMs = now
    if (this.#acked.messages > 0) this.#acked.sinceMs = now
  }

  /** Whether to ask the server for news of the phone, because it has brought nothing for a long time. The caller then asks. */
  asks(silenceMs: number): boolean {
    const line = this.#line
    if (!line || line.openedMs === null) return false
    const since = line.askedMs ?? line.heardMs ?? line.openedMs
    const pauseMs = Math.min(silenceMs * 2 ** Math.max(0, line.asked - 1), LONGEST_ASKING_PAUSE_MS)
    if (this.#now - since < pauseMs) return false
    line.askedMs = this.#now
    line.asked++
    return true
  }

  told(news: News): void {
    const line = this.#line
    if (!line) return
    line.unanswered = news === 'unanswered' ? line.unanswered + 1 : 0
    // The notice may be on its way. Whatever comes from now on ends the doubt.
    if (news === 'news') line.newsMs ??= this.#now
  }

  judge(): Verdict {
    const facts = this.#facts
    return facts ? judgeHearing(facts, this.#afterMs) : { hearing: 'unknown', evidence: null, forMs: 0 }
  }

  get #facts(): HearingFacts | null {
    const line = this.#line
    if (!line || line.openedMs === null) return null
    const now = this.#now
    const { messages, chats, sinceMs } = this.#acked
    const [oldest] = this.#unacked.values()
    return {
      openForMs: now - line.openedMs,
      answeredForMs: now - this.#answeredMs,
      quietForMs: ageOf(line.heardMs, now),
      unackedForMs: ageOf(oldest ?? null, now),
      acked: { messages, chats: chats.size, sinceMs: messages === 0 ? 0 : now - sinceMs },
      getsReceipts: this.#getsReceipts,
      othersHear: this.#peers.othersHeardSince(this.#sessionId, sinceMs),
      missingBacklogForMs: ageOf(line.backlogMs, now),
      isBacklogOver: line.isBacklogOver,
      untoldNewsForMs: ageOf(line.newsMs, now),
      unanswered: line.unanswered,
      readingForMs: this.#readingForMs,
    }
  }

  #begin(serverMs: number | null): Line {
    this.#withheld = 0
    this.#answeredMs = this.#now
    this.#line = {
      sinceMs: this.#now,
      serverMs,
      openedMs: null,
      heardMs: null,
      isBacklogOver: false,
      backlogMs: null,
      newsMs: null,
      unanswered: 0,
      askedMs: null,
      asked: 0,
    }
    return this.#line
  }

  /** Whether the connection before should have brought a stanza that comes from the backlog of this one. */
  #wasWithheld(id: string, atMs: number | null): boolean {
    if (!this.#earlier || atMs === null || this.#arrived.has(id)) return false
    return atMs >= this.#earlier.fromMs && atMs <= this.#earlier.toMs
  }

  #forgetAcks(): void {
    this.#acked = { messages: 0, chats: new Set(), sinceMs: 0 }
  }

  get #now(): number {
    return this.#clock.monotonic()
  }
}

const ageOf = (atMs: number | null, nowMs: number): number | null => (atMs === null ? null : nowMs - atMs)

/** Adds an id and forgets the oldest ones. */
function remember(ids: Set<string>, id: string): void {
  ids.add(id)
  if (ids.size <= MAX_ARRIVED) return
  const [oldest] = ids
  if (oldest !== undefined) ids.delete(oldest)
}
