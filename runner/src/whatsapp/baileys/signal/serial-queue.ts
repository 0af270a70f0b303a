import { AsyncLocalStorage } from 'node:async_hooks'

/**
 * Runs its work one after the other: encryption and decryption must never interleave. One per connection, since one that ended may
 * hold its turn for a minute; its writes are refused.
 *
 * Work within work has the turn already. That cannot be an argument: within an operation that has the turn, Baileys looks up LIDs, and
 * comes back to the repository with what the server says of them, which is an operation of its own.
 */
export class SerialQueue {
  readonly #turn = new AsyncLocalStorage<true>()
  #last: Promise<unknown> = Promise.resolve()

  run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#turn.getStore()) return work()
    const done = this.#last.then(() => this.#turn.run(true, work))
    this.#last = done.catch(() => {})
    return done
  }
}
