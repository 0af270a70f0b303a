import { AsyncLocalStorage } from 'node:async_hooks'

/**
 * Runs its work one after the other, since encryption and decryption must never interleave. Each connection has its own queue:
 * the queue of an ended connection may be blocked for a minute, and its writes are refused anyway.
 *
 * Work that is started within other work runs at once, since it has the turn already. The turn is ambient and no argument: within
 * an operation Baileys looks up LIDs and calls the repository with the server's answer, which is an operation of its own.
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
