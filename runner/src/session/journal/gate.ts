import type { FrameGate, RawSocket } from '../../whatsapp/port.ts'
import type { Journal } from './journal.ts'

interface HeldFrame {
  readonly data: Uint8Array
  readonly options: unknown
  readonly callback: ((error?: Error) => void) | undefined
  /** The frame leaves when this journal position is durable; 0 depends on nothing. */
  readonly position: number
  readonly since: number
}

type GateJournal = Pick<Journal, 'position' | 'durable' | 'onDurable'>

const CONNECTING = 0
const OPEN = 1

/** Up to here a sender is answered at once, so that it runs ahead of the journal; beyond, it waits for the real write. */
const FREE_FRAMES = 500

/**
 * Output commit: stands in front of one raw socket and lets a frame out only when every record that it depends on is durable.
 *
 * The gate listens to the journal from the moment it is attached until it is shut: as the journal becomes durable, frames leave.
 *
 * Frames are numbered by the cipher before they get here, so the gate may delay all or drop all, never skip or reorder one.
 */
export class Gate implements FrameGate {
  readonly #journal: GateJournal
  /** Makes everything that the coming frame may depend on part of the journal, synchronously. */
  readonly #commitPending: () => void
  readonly #now: () => number
  #raw: RawSocket | null = null
  #write: RawSocket['send'] = () => {}
  #held: HeldFrame[] = []
  #muted = false
  #shut = false
  #unsubscribe: () => void = () => {}
  #unbound = false

  constructor(options: { journal: GateJournal; commitPending: () => void; now: () => number }) {
    this.#journal = options.journal
    this.#commitPending = options.commitPending
    this.#now = options.now
  }

  /** Must happen in the tick in which the socket was made, or its first frame would be past the gate. */
  attach(raw: RawSocket): void {
    if (raw.readyState !== CONNECTING) throw new Error('The gate must be in place before the socket opens.')
    this.#raw = raw
    this.#unsubscribe = this.#journal.onDurable(() => this.#release())
    this.#write = raw.send.bind(raw)
    raw.send = (data, options, callback) => {
      if (typeof options === 'function') this.#hold(data, undefined, options as (error?: Error) => void)
      else this.#hold(data, options, callback)
    }
  }

  /** Since when the oldest held frame waits, by the clock that was given; null when nothing is held. */
  get heldSince(): number | null {
    return this.#held[0]?.since ?? null
  }

  /** Lets the frames that `send` writes out without waiting for the journal, unless others are waiting before them. For pings. */
  async sendUnbound(send: () => Promise<void>): Promise<void> {
    this.#unbound = true
    try {
      // Baileys encrypts and writes a frame in the same tick in which it is asked to.
      const sent = send()
      this.#unbound = false
      await sent
    } finally {
      this.#unbound = false
    }
  }

  /** Nothing leaves until unmuted, but for frames that depend on nothing. */
  mute(muted: boolean): void {
    this.#muted = muted
    if (!muted) this.#release()
  }

  /** For good: everything held is dropped, and the socket is cut off without a word. */
  shut(): void {
    this.#shut = true
    this.#unsubscribe()
    this.#held = []
    this.#raw?.terminate()
  }

  /** Lets out what no longer waits for anything. */
  #release(): void {
    while (!this.#shut) {
      const frame = this.#held[0]
      if (!frame || frame.position > this.#journal.durable || (this.#muted && frame.position > 0)) return
      if (this.#raw?.readyState !== OPEN) return
      this.#held.shift()
      this.#write(frame.data, frame.options, frame.callback)
    }
  }

  #hold(data: Uint8Array, options: unknown, callback: ((error?: Error) => void) | undefined): void {
    if (this.#shut) return
    const unbound = this.#unbound && this.#held.length === 0
    if (!unbound) this.#commitPending()
    const answerNow = this.#held.length < FREE_FRAMES
    this.#held.push({
      data,
      options,
      callback: answerNow ? undefined : callback,
      position: unbound ? 0 : this.#journal.position,
      since: this.#now(),
    })
    if (answerNow) callback?.()
    this.#release()
  }
}
