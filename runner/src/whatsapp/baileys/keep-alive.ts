import type { Clock, Random } from '@holdfast/core/platform/ports'

/** The limits of the random pause between two pings. The numbers are those of whatsmeow. */
const PING_MIN_MS = 20_000
const PING_MAX_MS = 30_000

/** The time without any frame, although pings were sent, after which a connection counts as dead. */
const SILENCE_MS = 45_000

/** Sends our own pings, which depend on no record, and reports a server that is silent for too long. */
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

  /** Starts the pings. Call it once frames can be sent: a ping would break the handshake. Further calls change nothing. */
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
    // The next ping may be half a minute later than the limit of silence, so the earlier of the two counts.
    const untilSilent = this.#heardAt + SILENCE_MS - this.#clock.monotonic()
    this.#cancel = this.#clock.after(Math.min(delay, untilSilent), () => this.#beat(), 'keep-alive')
  }

  #beat(): void {
    if (this.#clock.monotonic() - this.#heardAt >= SILENCE_MS) {
      this.stop()
      this.#onSilence()
      return
    }
    // A ping fails when the socket is gone. The socket itself reports its end.
    this.#ping().catch(() => {})
    this.#schedule()
  }
}
