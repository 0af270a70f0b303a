import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks'

/** Bound at load, outside of any transaction: what runs in it does not join the transaction of its caller. */
export const outsideOfTransactions: <T>(work: () => T) => T = AsyncResource.bind((work) => work())

/**
 * Runs its work one after the other: encryption and decryption must never interleave. One per connection, since one that ended may
 * hold its turn for a minute; its writes are refused. Work within work has the turn already.
 */
export class SerialQueue {
  readonly #turn = new AsyncLocalStorage<true>()
  #last: Promise<unknown> = Promise.resolve()

  run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#turn.getStore()) return outsideOfTransactions(() => this.#turn.run(true, work))
    const done = this.#last.then(() => outsideOfTransactions(() => this.#turn.run(true, work)))
    this.#last = done.catch(() => {})
    return done
  }
}
