import type { Firestore } from '@google-cloud/firestore'
import type { Clock } from '../../platform/ports.ts'

interface Client {
  readonly firestore: Firestore
  /** What was asked of it and has come to no end yet. */
  asked: number
  /** Ends the wait of each who asked. */
  readonly waiting: Set<(error: Error) => void>
}

/** What grpc says by itself when nobody answers: DEADLINE_EXCEEDED and UNAVAILABLE. */
const NO_ANSWER = new Set<unknown>([4, 14])

/**
 * A client of Firestore that another takes the place of when something is asked and nothing was answered for long: grpc has no limit
 * for the handshake of a connection, so that one which dies in it without a word is waited for without end. Who asked the old client
 * is told that nobody answered, as after any other trouble: what was asked may still take effect. Its listeners fail.
 */
export class RenewedFirestore {
  readonly #make: () => Firestore
  readonly #silentMs: number
  readonly #clock: Clock
  readonly #listeners = new Set<(error: Error) => void>()
  #client: Client
  #cancelTimer: (() => void) | null = null
  #isClosed = false

  constructor(make: () => Firestore, silentMs: number, clock: Clock) {
    this.#make = make
    this.#silentMs = silentMs
    this.#clock = clock
    this.#client = newClient(make())
  }

  ask<T>(work: (firestore: Firestore) => Promise<T>): Promise<T> {
    const client = this.#client
    client.asked++
    if (!this.#cancelTimer) this.#watch()
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    client.waiting.add(reject)
    const end = (isAnswered: boolean): void => {
      client.waiting.delete(reject)
      client.asked--
      if (client === this.#client) {
        if (isAnswered || client.asked === 0) this.#answered()
      } else if (client.asked === 0) discard(client)
    }
    work(client.firestore).then(
      (answer) => {
        end(true)
        resolve(answer)
      },
      (error: unknown) => {
        end(!NO_ANSWER.has((error as { code?: unknown }).code))
        reject(error)
      },
    )
    return promise
  }

  /** `begin` returns what ends the listener. Returns the same; `onError` is called once at most, and ends it. */
  listen(
    begin: (firestore: Firestore, onError: (error: unknown) => void) => () => void,
    onError: (error: unknown) => void,
  ): () => void {
    const fail = (error: unknown): void => {
      end()
      onError(error)
    }
    const stop = begin(this.#client.firestore, fail)
    const end = (): void => {
      this.#listeners.delete(fail)
      stop()
    }
    this.#listeners.add(fail)
    return end
  }

  close(): Promise<void> {
    this.#isClosed = true
    this.#cancelTimer?.()
    return this.#client.firestore.terminate()
  }

  #answered(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = null
    if (this.#client.asked > 0) this.#watch()
  }

  /** The silence counts from here. What is still under way when the client is closed starts no other one. */
  #watch(): void {
    if (!this.#isClosed) this.#cancelTimer = this.#clock.after(this.#silentMs, () => this.#renew())
  }

  #renew(): void {
    this.#cancelTimer = null
    const old = this.#client
    this.#client = newClient(this.#make())
    const error = new Error('Firestore did not answer; another connection is made.')
    for (const fail of [...this.#listeners, ...old.waiting]) fail(error)
    if (old.asked === 0) discard(old)
  }
}

const newClient = (firestore: Firestore): Client => ({ firestore, asked: 0, waiting: new Set() })

/**
 * Only when nothing is under way in it: what the client tries again after its end it neither answers nor fails, and leaves a rejected
 * promise to nobody, which ends a process (@google-cloud/firestore 9.4.1, `requestStream`).
 */
function discard({ firestore }: Client): void {
  firestore.terminate().catch(() => {})
}
