import type { Socket } from 'node:net'

/** Limit of bytes that a slow direction holds. Beyond it the source waits. */
const MOST_HELD_BYTES = 1024 * 1024

interface Held {
  chunk: Buffer
  /** By the monotonic clock. */
  dueAt: number
}

/** One direction of a proxied connection: bytes from the source reach the destination in order, perhaps late. */
export class Lane {
  readonly #source: Socket
  readonly #destination: Socket
  #delayMs = 0
  #queue: Held[] = []
  #heldBytes = 0
  #timer: NodeJS.Timeout | null = null
  #ended = false
  #frozen = false

  constructor(source: Socket, destination: Socket) {
    this.#source = source
    this.#destination = destination
    destination.on('drain', () => this.#letFlow())
  }

  /** Sets the delay. Zero sends at once what still waits. */
  delayBy(delayMs: number): void {
    this.#delayMs = delayMs
    if (delayMs === 0) for (const held of this.#queue) held.dueAt = 0
    this.#send()
  }

  /** Stops reading and sending until it thaws. Bytes that were read wait. */
  freeze(frozen: boolean): void {
    this.#frozen = frozen
    if (frozen) this.#source.pause()
    this.#send()
    this.#letFlow()
  }

  push(chunk: Buffer): void {
    this.#queue.push({ chunk, dueAt: this.#delayMs === 0 ? 0 : performance.now() + this.#delayMs })
    this.#heldBytes += chunk.length
    this.#send()
    if (this.#heldBytes > MOST_HELD_BYTES) this.#source.pause()
  }

  /** Ends the destination after the last byte of the source. */
  end(): void {
    this.#ended = true
    this.#send()
  }

  close(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#queue = []
  }

  #send(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    if (this.#frozen) return
    let flows = true
    for (let first = this.#queue[0]; first !== undefined; first = this.#queue[0]) {
      const waitMs = first.dueAt === 0 ? 0 : first.dueAt - performance.now()
      if (waitMs > 0) {
        this.#timer = setTimeout(() => this.#send(), Math.ceil(waitMs))
        return
      }
      this.#queue.shift()
      this.#heldBytes -= first.chunk.length
      if (this.#destination.writable) flows = this.#destination.write(first.chunk)
    }
    if (this.#ended) this.#destination.end()
    else if (flows) this.#letFlow()
    else this.#source.pause()
  }

  #letFlow(): void {
    if (!this.#frozen && this.#heldBytes <= MOST_HELD_BYTES && !this.#destination.writableNeedDrain) this.#source.resume()
  }
}
