import type { FrameGate, RawSocket } from '../../whatsapp/frame-gate.ts'
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

/**
 * The number of held frames up to which a sender is answered at once and runs ahead of the journal.
 * Later ones wait for the write.
 */
const FREE_FRAMES = 500

/**
 * Output commit: holds each frame of one raw socket until every record that the frame depends on is durable.
 *
 * The gate listens to the journal from `attach` to `shut`, and releases frames as records become durable.
 *
 * The cipher numbers the frames before the gate gets them, so the gate may delay all or drop all, but never skip or reorder one.
 */
export class Gate implements FrameGate {
  readonly #journal: GateJournal
  /** Appends to the journal, synchronously, every pending change that the next frame may depend on. */
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

  /** Puts the gate in front of the socket. Must run in the tick that made the socket, or its first frame would pass the gate. */
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

  /** The time at which the oldest held frame arrived, by the given clock; null when no frame is held. */
  get heldSince(): number | null {
    return this.#held[0]?.since ?? null
  }

  /** Sends the frames that `send` writes without waiting for the journal, unless earlier frames wait. For pings. */
  async sendUnbound(send: () => Promise<void>): Promise<void> {
    this.#unbound = true
    try {
      // Baileys encrypts and writes the frame in the tick of the call.
      const sent = send()
      this.#unbound = false
      await sent
    } finally {
      this.#unbound = false
    }
  }

  /** Holds all frames until unmuted, except those that depend on no record. */
  mute(muted: boolean): void {
    this.#muted = muted
    if (!muted) this.#release()
  }

  /** Closes the gate for good: drops all held frames and terminates the socket. */
  shut(): void {
    this.#shut = true
    this.#unsubscribe()
    this.#held = []
    this.#raw?.terminate()
  }

  /** Sends the frames that need not wait any more. */
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
