import { createHash } from 'node:crypto'
import type { Clock } from '../platform/ports.ts'
import type { KeyWrapping, WrappedKey } from './key-wrapping.ts'

/** Keys of more documents than this are asked for again. One takes some hundred bytes. */
const MOST_KEYS = 20_000

/** How long the current wrapping key is believed to be that. What it wraps names the right one in any case. */
const CURRENT_FOR_MS = 60_000

/**
 * Remembers the data keys that a service has unwrapped and which version of its one key is current, so that its outage touches no
 * session that this process works with, and each key is
 * paid for once. Nothing is written anywhere. What failed is asked for again.
 */
export class RememberedKeys implements KeyWrapping {
  readonly #service: KeyWrapping
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #unwrapped = new Map<string, Promise<Buffer>>()
  #current: { readonly id: Promise<string>; readonly untilMs: number } | null = null

  constructor(service: KeyWrapping, clock: Pick<Clock, 'monotonic'>) {
    this.#service = service
    this.#clock = clock
  }

  async currentAt(place: string): Promise<string> {
    if (this.#current && this.#current.untilMs > this.#clock.monotonic()) return this.#current.id
    const asked = { id: this.#service.currentAt(place), untilMs: this.#clock.monotonic() + CURRENT_FOR_MS }
    this.#current = asked
    return asked.id.catch((error: unknown) => {
      if (this.#current === asked) this.#current = null
      throw error
    })
  }

  wrap(dataKey: Buffer, place: string): Promise<WrappedKey> {
    return this.#service.wrap(dataKey, place)
  }

  unwrap(wrapped: Uint8Array, wrappedBy: string, place: string): Promise<Buffer> {
    const name = createHash('sha256')
      .update(JSON.stringify([wrappedBy, place]))
      .update(wrapped)
      .digest('base64')
    const known = this.#unwrapped.get(name)
    if (known) return known
    const asked = this.#service.unwrap(wrapped, wrappedBy, place)
    this.#unwrapped.set(name, asked)
    const [oldest] = this.#unwrapped.keys()
    if (this.#unwrapped.size > MOST_KEYS && oldest !== undefined) this.#unwrapped.delete(oldest)
    asked.catch(() => this.#unwrapped.delete(name))
    return asked
  }
}
