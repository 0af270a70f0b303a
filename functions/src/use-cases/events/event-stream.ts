import { createHash } from 'node:crypto'
import type { Clock } from '@holdfast/core/platform/ports'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import type { Principal } from '../../app/principal.ts'
import type { Feed, Item } from './feed.ts'

/** Makes the text of an event. `begin` and `ready` are about the stream, all others are kinds of things. */
export type Write = (event: { readonly id: string; readonly name: string; readonly data: unknown }) => string

interface Options {
  readonly principal: Principal
  readonly feeds: readonly Feed[]
  /** Names what the numbers of items count. */
  readonly era: string
  readonly lastEventId: string | undefined
  readonly once: boolean
  readonly again: () => Promise<Principal>
  readonly write?: Write | undefined
  readonly clock: Clock
  readonly endsAfterMs: number
  /** Called once. */
  readonly ended: () => void
}

/** Proxies end what is silent for a minute. */
const SAYS_SOMETHING_EVERY_MS = 15_000

/** A key that was revoked hears nothing more after this time, and the five seconds that every instance has. */
const CHECKS_EVERY_MS = 5000

/** A client comes back after this time. */
const RETRY_MS = 1000

/** About so much is written at once. The next piece is made when the caller has read it. */
const PIECE_BYTES = 64 * 1024

/** What one caller hears, as server-sent events. A caller that reads slowly misses states in between, and never the last one. */
export class EventStream {
  readonly #options: Options
  /** Of each thing the state that the caller has not read yet: however slowly it reads, this does not grow. */
  readonly #pending = new Map<string, Item>()
  readonly #hear = (item: Item): void => this.#add(item)
  readonly #ends: (() => void)[]
  readonly #caller: string
  #step: 'begins' | 'fills' | 'follows' | 'over' = 'begins'
  #isCommentDue = false
  #wake: () => void = () => {}
  /** The caller knows all up to here. */
  readonly #from: number | null

  constructor(options: Options) {
    const { clock, principal, feeds, era, lastEventId } = options
    this.#options = options
    this.#caller = callerOf(principal)
    const from = placeOf(lastEventId, `${era}.${this.#caller}`)
    this.#from = from === null || feeds.some(({ forgotten }) => forgotten > from) ? null : from
    for (const feed of feeds) {
      feed.hearers.add(this.#hear)
      for (const item of feed.items) this.#add(item)
    }
    this.#ends = [
      clock.every(SAYS_SOMETHING_EVERY_MS, () => this.#comment(), 'keep-alive'),
      clock.every(CHECKS_EVERY_MS, () => void this.#check(), 'keep-alive'),
      clock.after(options.endsAfterMs, () => this.end(), 'keep-alive'),
    ]
  }

  get isOver(): boolean {
    return this.#step === 'over'
  }

  /** Forgets the present state, before anything was read. What a caller that comes back has missed stays. */
  leaveOutState(): void {
    if (this.#from === null) this.#pending.clear()
  }

  /** Ends the stream. The caller comes back by itself. */
  end(): void {
    if (this.#step === 'over') return
    this.#step = 'over'
    for (const end of this.#ends) end()
    for (const feed of this.#options.feeds) feed.hearers.delete(this.#hear)
    this.#pending.clear()
    this.#wake()
    this.#options.ended()
  }

  /** Resolves with the next piece of text once there is one, or with null when the stream is over. */
  async next(): Promise<string | null> {
    while (this.#step !== 'over') {
      const text = this.#take()
      if (text !== '') return text
      if (this.#options.once) return this.#last()
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    return null
  }

  #last(): null {
    this.end()
    return null
  }

  #take(): string {
    if (this.#step === 'begins') {
      this.#step = 'fills'
      return `retry: ${RETRY_MS}\n\n${this.#event('begin', { full: this.#from === null }, this.#from ?? 0)}`
    }
    let text = ''
    let order = 0
    for (const item of this.#inOrder()) {
      this.#pending.delete(item.id)
      order = item.order
      text += this.#event(item.kind, item.data, order)
      if (text.length > PIECE_BYTES) return text
    }
    if (this.#step === 'fills') {
      this.#step = 'follows'
      return text + this.#event('ready', {}, Math.max(order, this.#from ?? 0))
    }
    if (text === '' && this.#isCommentDue) text = ': still here\n\n'
    this.#isCommentDue = false
    return text
  }

  /** Pieces that were sent are in the order of the numbers, so that a stream that breaks off can go on. */
  #inOrder(): Item[] {
    return [...this.#pending.values()].toSorted((one, other) => one.order - other.order)
  }

  #event(name: string, data: unknown, order: number): string {
    const { era, write = asEvent } = this.#options
    return write({ id: `${era}.${this.#caller}.${order}`, name, data })
  }

  #add(item: Item): void {
    if (this.#from !== null && item.order <= this.#from) return
    if (!item.isFor(this.#options.principal)) return
    this.#pending.set(item.id, item)
    this.#wake()
  }

  #comment(): void {
    this.#isCommentDue = true
    this.#wake()
  }

  /** A key that is refused now, or has other rights, hears nothing more. A database that does not answer ends nothing. */
  async #check(): Promise<void> {
    try {
      if (callerOf(await this.#options.again()) === this.#caller) return
    } catch (error) {
      if (isHoldfastError(error)) return
    }
    this.end()
  }
}

const asEvent: Write = ({ id, name, data }) => `id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`

/** Stands for a caller and its rights. */
const callerOf = ({ key, tenant, role, sessions }: Principal): string =>
  createHash('sha256')
    .update(JSON.stringify([key, tenant, role, sessions]))
    .digest('hex')
    .slice(0, 8)

/** The place in the order that an event id names. Null when it is not of these events. */
function placeOf(eventId: string | undefined, prefix: string): number | null {
  const place = eventId?.startsWith(`${prefix}.`) ? Number(eventId.slice(prefix.length + 1)) : Number.NaN
  return Number.isSafeInteger(place) && place > 0 ? place : null
}
