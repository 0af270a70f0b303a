import { createHash } from 'node:crypto'
import type { Clock } from '../platform/ports.ts'
import type { KeyWrapping, WrappedKey } from './key-wrapping.ts'

/** Keys of more documents than this are asked for again. One takes some hundred bytes. */
const MOST_KEYS = 20_000

/** How long the current wrapping key is believed to be that. What it wraps names the right one in any case. */
const CURRENT_FOR_MS = 60_000

/**
 * Remembers the data keys that a service has unwrapped, so that its outage touches no session that this process works with, and each key is
 * paid for once. Nothing is written anywhere. What failed is asked for again.
 */
export class RememberedKeys implements KeyWrapping {
  readonly #service: KeyWrapping
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #unwrapped = new Map<string, Promise<Buffer>>()
  readonly #current = new Map<string, { readonly id: Promise<string>; readonly untilMs: number }>()

  constructor(service: KeyWrapping, clock: Pick<Clock, 'monotonic'>) {
    this.#service = service
    this.#clock = clock
  }

  async currentAt(place: string): Promise<string> {
    // All places of a tenant have the same current key.
    const scope = place.slice(0, Math.max(0, place.search(/[.]|$/)))
    const known = this.#current.get(scope)
    if (known && known.untilMs > this.#clock.monotonic()) return known.id
    const id = this.#service.currentAt(place)
    this.#current.set(scope, { id, untilMs: this.#clock.monotonic() + CURRENT_FOR_MS })
    return id.catch((error: unknown) => {
      this.#current.delete(scope)
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
