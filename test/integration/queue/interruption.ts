/**
 * What happens to one call of a store.
 *
 * dies before        the process ends before the call
 * dies after         the process ends when the call has taken effect
 * fails              the call has no effect, and the process goes on
 * loses its answer   the call takes effect and fails all the same, and the process goes on
 */
export const INTERRUPTIONS = ['dies before', 'dies after', 'fails', 'loses its answer'] as const

export type How = (typeof INTERRUPTIONS)[number]

/** What a call of a store does not come to. A process that has ended answers nobody. */
class Interrupted extends Error {
  readonly code = 14
  constructor() {
    super('14 UNAVAILABLE (made by the test)')
  }
}

/** Something else that happens before the call, while the process works. */
export type Meanwhile = () => Promise<void>

/** Methods that are no calls of a store. */
const LOCAL = new Set<PropertyKey>(['listen', 'placeOf'])

/** Interrupts one of the calls that a piece of work makes to its stores, by the number of the call. */
export class Interruption {
  readonly #at: number
  readonly #how: How | Meanwhile
  #calls = 0
  #isDead = false
  /** The name of the interrupted call; null while it has not been made. */
  struck: string | null = null

  constructor(at: number, how: How | Meanwhile) {
    this.#at = at
    this.#how = how
  }

  /** Returns the same store with its calls counted. */
  of<Store extends object>(store: Store): Store {
    return new Proxy(store, {
      get: (target, name) => {
        const found: unknown = Reflect.get(target, name, target)
        if (typeof found !== 'function') return found
        const call = (...args: unknown[]): unknown => Reflect.apply(found, target, args)
        if (LOCAL.has(name)) return call
        return (...args: unknown[]) => this.#call(String(name), async () => call(...args))
      },
    })
  }

  async #call<Answer>(name: string, work: () => Promise<Answer>): Promise<Answer> {
    if (this.#isDead) throw new Interrupted()
    if (++this.#calls !== this.#at) return await work()
    this.struck = name
    const how = this.#how
    if (typeof how === 'function') {
      await how()
      return await work()
    }
    this.#isDead = how.startsWith('dies')
    if (how === 'dies after' || how === 'loses its answer') await work()
    throw new Interrupted()
  }
}
