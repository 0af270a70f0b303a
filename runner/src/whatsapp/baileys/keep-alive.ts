import type { Clock, Random } from '@holdfast/core/platform/ports'

/** whatsmeow's numbers: a ping every 20 to 30 s, at random. */
const PING_MIN_MS = 20_000
const PING_MAX_MS = 30_000

/** No frame at all for this long, although pings were sent, means that the connection is dead. */
const SILENCE_MS = 45_000

/** Pings of our own, which depend on no record, and the watch over the server's silence. */
export class KeepAlive {
  readonly #clock: Clock
  readonly #random: Random
  readonly #ping: () => Promise<void>
  readonly #onSilence: () => void
  #cancel: () => void = () => {}
  #heardAt: number
  #started = false
  #stopped = false

  constructor(options: { clock: Clock; random: Random; ping: () => Promise<void>; onSilence: () => void }) {
    this.#clock = options.clock
    this.#random = options.random
    this.#ping = options.ping
    this.#onSilence = options.onSilence
    this.#heardAt = options.clock.monotonic()
  }

  /** To be called once frames can be sent: a ping within the handshake would break it. Further calls change nothing. */
  start(): void {
    if (this.#started || this.#stopped) return
    this.#started = true
    this.#heardAt = this.#clock.monotonic()
    this.#schedule()
  }

  heard(): void {
    this.#heardAt = this.#clock.monotonic()
  }

  stop(): void {
    this.#stopped = true
    this.#cancel()
  }

  #schedule(): void {
    if (this.#stopped) return
    const delay = PING_MIN_MS + (PING_MAX_MS - PING_MIN_MS) * this.#random.fraction()
    // Not only with the next ping, which may be half a minute away by then.
    const untilSilent = this.#heardAt + SILENCE_MS - this.#clock.monotonic()
    this.#cancel = this.#clock.after(Math.min(delay, untilSilent), () => this.#beat(), 'keep-alive')
  }

  #beat(): void {
    if (this.#clock.monotonic() - this.#heardAt >= SILENCE_MS) {
      this.stop()
      this.#onSilence()
      return
    }
    // When the socket is already gone, its end is reported by the socket itself.
    this.#ping().catch(() => {})
    this.#schedule()
  }
}
