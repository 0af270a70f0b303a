import type { RecordKind } from '@holdfast/core/journal/journal-record'
import { hashOfRecord, type JournalRecord } from '@holdfast/core/journal/journal-record'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import { HoldfastError, messageOf } from '@holdfast/core/platform/errors'
import type { Change, Clock, Merge, Random } from '@holdfast/core/platform/ports'
import type { JournalStore } from '@holdfast/core/journal/journal-store'
import { sealGroup } from '@holdfast/core/journal/record-codec'
import type { Projector } from '../events/projector.ts'
import type { SessionEvent } from '../events/session-event.ts'
import { copiesFor, type WebhookView } from '@holdfast/core/session/webhook-view'
import { commitGroup, DEFAULT_JOURNAL_LIMITS, type JournalLimits } from './commit.ts'
import { emptyGroup, join, takes, withCopies, type Entry, type Group, type JournalHead, type RecordPlace } from './group.ts'
import { guarded, isOutdated, owesWrites, reportWritten, type Written } from './written.ts'

export interface JournalListeners {
  /** Called when no append can succeed any more: fenced, or Firestore was away for too long. */
  onEnd(error: HoldfastError): void
  /** Called when Firestore refused writes to these documents twice. The record itself is safe. */
  onWriteRefused(paths: readonly string[]): void
  /** Called with the writes of a commit once they have taken effect. They may lag where documents follow the journal. */
  onWritten?(merges: readonly Merge[]): void
}

/**
 * The log of one session, as its owner writes it. `append` is the only way to make a session's state durable, and it returns at
 * once: entries that arrive during a commit form the next group. An append is durable when `durable` reaches its position.
 *
 * A failed commit may have succeeded, so the journal reads the record (`commit.ts`). A record of this owner exists: the commit
 * succeeded, and counts after one further successful commit, since another owner may have come in between. A record of another
 * owner exists: this owner is fenced for good. No record exists: the journal tries again.
 */
export class Journal {
  readonly #journals: JournalStore
  readonly #sessionId: string
  readonly #runnerId: string
  readonly #clock: Clock
  readonly #random: Random
  readonly #limits: JournalLimits
  readonly #project: Projector
  readonly #webhooks: () => WebhookView | null
  /** Null until the session's data key is read. Records without state need no key. */
  #cipher: SessionCipher | null = null
  #head: JournalHead
  #queue: Group[] = []
  #pumping = false
  #inFlight: Group | null = null
  #lastPosition = 0
  #durable = 0
  /** Groups that are in the log, but whose commit was not answered. They count after one further success. */
  #unconfirmed: Written[] = []
  #end: HoldfastError | null = null
  #waiting: { position: number; resolve: () => void; reject: (error: Error) => void }[] = []
  #listeners: JournalListeners = { onEnd: () => {}, onWriteRefused: () => {} }
  readonly #durableListeners = new Set<() => void>()

  constructor(options: {
    journals: JournalStore
    sessionId: string
    runnerId: string
    clock: Clock
    random: Random
    limits?: JournalLimits
    head: JournalHead
    /** Turns the events of an entry into merges. */
    project: Projector
    /** Whom webhooks tell now. Absent: nobody. */
    webhooks?: () => WebhookView | null
  }) {
    this.#journals = options.journals
    this.#sessionId = options.sessionId
    this.#runnerId = options.runnerId
    this.#clock = options.clock
    this.#random = options.random
    this.#limits = options.limits ?? DEFAULT_JOURNAL_LIMITS
    this.#head = options.head
    this.#project = options.project
    this.#webhooks = options.webhooks ?? (() => null)
  }

  get head(): JournalHead {
    return this.#head
  }

  /** The position of the last append. All appends so far are durable when `durable` reaches it. */
  get position(): number {
    return this.#lastPosition
  }

  get durable(): number {
    return this.#durable
  }

  /** The reason why the journal accepts no more appends (fenced, given up or closed); null while it does. */
  get ended(): HoldfastError | null {
    return this.#end
  }

  /** Sets the data key. Records can carry state from then on. */
  unlock(cipher: SessionCipher): void {
    this.#cipher = cipher
  }

  listen(listeners: JournalListeners): void {
    this.#listeners = listeners
  }

  /** Calls the listener each time `durable` rises, until the returned function is called or the journal ends. */
  onDurable(listener: () => void): () => void {
    const own = () => listener()
    if (!this.#end) this.#durableListeners.add(own)
    return () => void this.#durableListeners.delete(own)
  }

  /** Queues the entry after all earlier ones and returns its position. Drops the entry, which then ends at once, when the journal has ended. */
  append(entry: Entry): number {
    if (this.#end) {
      entry.onEnd?.(this.#end)
      return Number.POSITIVE_INFINITY
    }
    const kind = entry.kind ?? 'data'
    const last = this.#queue.at(-1)
    const webhooks = this.#webhooks()
    const copies = webhooks ? copiesFor(webhooks) : 0
    const whole = withCopies(entry, copies)
    const group = last && kind === 'data' && takes(last, whole) ? last : this.#open(kind)
    join(group, whole)
    return group.position
  }

  /** Returns the merges of events at a place of the log. */
  mergesOf(events: readonly SessionEvent[], place: RecordPlace, traceparent: string | null = null): Merge[] {
    const webhooks = this.#webhooks()
    return this.#project(events, { sessionId: this.#sessionId, place, cipher: () => this.#unlocked(), webhooks, traceparent })
  }

  /** Resolves when the position is durable. Rejects when the journal ends before. */
  whenDurable(position: number = this.#lastPosition): Promise<void> {
    if (position <= this.#durable) return Promise.resolve()
    if (this.#end) return Promise.reject(this.#end)
    return new Promise((resolve, reject) => this.#waiting.push({ position, resolve, reject }))
  }

  /**
   * Resolves when documents show all that was appended so far. Rejects when the journal ends before, and while Firestore does not
   * accept the writes.
   */
  async whenShown(): Promise<void> {
    await this.whenDurable()
    // Writes that a commit left out are made before any later ones.
    if ([this.#inFlight, ...this.#queue].some((group) => group?.retried)) await this.whenDurable(this.append({}))
    await this.#journals.followed(this.#sessionId)
  }

  /**
   * Resolves with the end of the log after all appends so far, when they are durable. The caller copies the image in the same
   * tick: later appends are in later records.
   */
  async cut(): Promise<JournalHead> {
    const last = this.#queue.at(-1) ?? this.#inFlight ?? this.#unconfirmed.at(-1)?.group
    if (!last) return this.#head
    last.closed = true
    await this.whenDurable(last.position)
    return last.head ?? this.#head
  }

  /** Accepts no more appends and drops the queue. A commit in flight may still take effect. */
  close(): void {
    this.#finish(new HoldfastError('journal-closed', `The journal of ${this.#sessionId} was closed by its owner.`), false)
  }

  #open(kind: RecordKind): Group {
    const group: Group = emptyGroup(++this.#lastPosition, kind)
    this.#queue.push(group)
    if (!this.#pumping) {
      this.#pumping = true
      // Appends in this turn of the event loop join this group.
      setImmediate(() => void this.#pump())
    }
    return group
  }

  async #pump(): Promise<void> {
    try {
      while (!this.#end) {
        const group = this.#next()
        if (!group) break
        await this.#write(group)
      }
    } catch (error) {
      const ended =
        error instanceof HoldfastError ? error : new HoldfastError('journal-unavailable', 'The journal failed.', { cause: error })
      this.#finish(ended, true)
    } finally {
      this.#pumping = false
    }
  }

  /**
   * Returns the next group to write. When no group waits, this is an empty group that confirms the earlier ones. It also comes
   * before waiting groups if an unconfirmed group left its writes out, since those writes must be made before any newer ones.
   */
  #next(): Group | null {
    const last = this.#unconfirmed.at(-1)?.group
    const probe = last ? emptyGroup(last.position, 'data') : null
    return this.#unconfirmed.some(owesWrites) ? probe : (this.#queue.shift() ?? probe)
  }

  async #write(group: Group): Promise<void> {
    this.#inFlight = group
    const prevHash = this.#head.hash
    const { answered, ...outcome } = await this.#commit(group)
    this.#inFlight = null
    if (this.#end) return
    group.head = this.#head
    this.#unconfirmed.push({ group, prevHash, ...outcome })
    if (!answered) return
    const confirmed = this.#unconfirmed
    this.#unconfirmed = []
    this.#durable = Math.max(this.#durable, group.position)
    // Retries come before all later appends: an older state of a document must not overwrite a newer one.
    this.#queue.unshift(...confirmed.flatMap((written) => reportWritten(written, (entry, place) => this.#refuse(entry, place))))
    for (const onDurable of this.#durableListeners) onDurable()
    for (const { merges } of confirmed) if (merges.length > 0) this.#listeners.onWritten?.(merges)
    const ready = this.#waiting.filter(({ position }) => position <= this.#durable)
    this.#waiting = this.#waiting.filter(({ position }) => position > this.#durable)
    for (const { resolve } of ready) resolve()
  }

  #refuse(entry: Entry, place: RecordPlace): void {
    entry.onRefused?.()
    this.#listeners.onWriteRefused(this.#writesOf(entry, place)?.map(({ path }) => path) ?? [])
  }

  /**
   * Returns the writes of an entry, null when they cannot be computed. Such an entry must not stop the log, and is not written.
   */
  #writesOf(entry: Entry, place: RecordPlace): readonly Merge[] | null {
    try {
      return [...this.mergesOf(entry.events ?? [], place, entry.traceparent), ...(entry.writes?.(place) ?? [])]
    } catch (error) {
      this.#listeners.onWriteRefused([messageOf(error)])
      return null
    }
  }

  async #commit(group: Group): Promise<Omit<Written, 'group' | 'prevHash'> & { answered: boolean }> {
    const sequence = this.#head.sequence + 1
    const prevHash = this.#head.hash
    const writesByEntry = group.entries.map((entry, index) => this.#writesOf(entry, { sequence, index, prevHash }))
    const writesUnless = (outdated: ReadonlySet<string>): Change[] =>
      group.entries.flatMap((entry, index) => (isOutdated(entry, outdated) ? [] : guarded(entry, writesByEntry[index] ?? [])))
    const { records, ...outcome } = await commitGroup({
      journals: this.#journals,
      sessionId: this.#sessionId,
      clock: this.#clock,
      limits: this.#limits,
      seal: () => this.#seal(group),
      writesUnless,
      guards: group.entries.flatMap(({ unlessChanged = [] }) => unlessChanged),
      ended: () => this.#end,
    })
    const unprojected = new Set(group.entries.filter((_, index) => writesByEntry[index] === null))
    const merges = outcome.withWrites ? writesByEntry.flatMap((writes) => writes ?? []) : []
    return { ...this.#advance(records), ...outcome, unprojected, merges }
  }

  #advance(records: readonly JournalRecord[]): { sequence: number } {
    const last = records.at(-1)
    const first = records[0]
    if (!first || !last) throw new Error('A group has at least one record.')
    this.#head = { sequence: last.seq, epoch: last.epoch, hash: hashOfRecord(last) }
    return { sequence: first.seq }
  }

  #unlocked(): SessionCipher {
    if (!this.#cipher) throw new Error(`The data key of ${this.#sessionId} has not been read yet.`)
    return this.#cipher
  }

  #seal(group: Group): JournalRecord[] {
    return sealGroup({
      kind: group.kind,
      mutations: group.mutations,
      head: this.#head,
      runnerId: this.#runnerId,
      nonce: this.#random.bytes(12).toString('base64url'),
      cipher: this.#cipher,
    })
  }

  #finish(error: HoldfastError, notify: boolean): void {
    if (this.#end) return
    this.#end = error
    const inFlight = this.#inFlight ? [this.#inFlight] : []
    const unsettled = [...this.#unconfirmed.map(({ group }) => group), ...inFlight, ...this.#queue]
    this.#queue = []
    this.#durableListeners.clear()
    const waiting = this.#waiting
    this.#waiting = []
    for (const { reject } of waiting) reject(error)
    for (const { entries } of unsettled) for (const { onEnd } of entries) onEnd?.(error)
    if (notify) this.#listeners.onEnd(error)
  }
}
