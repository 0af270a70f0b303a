import type { Firestore } from '@google-cloud/firestore'
import { HoldfastError } from '../../platform/errors.ts'
import { NO_CREDENTIALS, saysNoCredentials } from '../../platform/google-credentials.ts'
import type { Clock } from '../../platform/ports.ts'

interface Client {
  readonly firestore: Firestore
  /** Number of requests under way. */
  asked: number
  /** Rejects each request under way. */
  readonly waiting: Set<(error: Error) => void>
}

/** What a listener tells. */
interface ListenerCalls {
  readonly onResult: () => void
  readonly onError: (error: unknown) => void
}

/** Time that requests under way have to end when the connection is closed, ms. */
const CLOSED_WITHIN_MS = 500

/** Codes that grpc reports without an answer of the server: DEADLINE_EXCEEDED and UNAVAILABLE. */
const NO_ANSWER = new Set<unknown>([4, 14])

/**
 * Replaces the Firestore client when requests go unanswered for too long. grpc has no limit for a connection's handshake, so a
 * connection that dies silently in it would be waited for without end. Requests on the old client reject, and may still take effect;
 * its listeners fail.
 */
export class RenewedFirestore {
  readonly #make: () => Firestore
  readonly #silentMs: number
  readonly #clock: Clock
  readonly #listeners = new Set<(error: Error) => void>()
  #client: Client
  #cancelTimer: (() => void) | null = null
  #isClosed = false
  /** Set while `close` waits for the requests under way. */
  #lastEnded: (() => void) | null = null

  constructor(make: () => Firestore, silentMs: number, clock: Clock) {
    this.#make = make
    this.#silentMs = silentMs
    this.#clock = clock
    this.#client = newClient(make())
  }

  /** @throws HoldfastError `unavailable` after `close` */
  ask<T>(work: (firestore: Firestore) => Promise<T>): Promise<T> {
    if (this.#isClosed) return Promise.reject(new HoldfastError('unavailable', 'The connection to Firestore is closed.'))
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
      if (this.#client.asked === 0) this.#lastEnded?.()
    }
    work(client.firestore).then(
      (answer) => {
        end(true)
        resolve(answer)
      },
      (error: unknown) => {
        end(!NO_ANSWER.has((error as { code?: unknown }).code))
        reject(inOurWords(error))
      },
    )
    return promise
  }

  /**
   * Starts a listener. `begin` returns the function that ends it, and so does this. `onError` is called at most once and ends the listener.
   * A listener whose first result does not come in time fails, although requests beside it may be answered: it would stay deaf.
   */
  listen(begin: (firestore: Firestore, calls: ListenerCalls) => () => void, onError: (error: unknown) => void): () => void {
    const fail = (error: unknown): void => {
      end()
      onError(inOurWords(error))
    }
    const silent = new Error('Firestore did not answer a listener in time.')
    const stopWaiting = this.#clock.after(this.#silentMs, () => fail(silent), 'renewed-firestore')
    const stop = begin(this.#client.firestore, { onResult: stopWaiting, onError: fail })
    const end = (): void => {
      stopWaiting()
      this.#listeners.delete(fail)
      stop()
    }
    this.#listeners.add(fail)
    return end
  }

  /** Refuses further requests, gives those under way a moment, and ends the client. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#cancelTimer?.()
    if (this.#client.asked > 0) await this.#untilLastEnds()
    await this.#client.firestore.terminate()
  }

  async #untilLastEnds(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#lastEnded = resolve
    const stopWaiting = this.#clock.after(CLOSED_WITHIN_MS, resolve, 'renewed-firestore')
    await promise
    stopWaiting()
  }

  #answered(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = null
    if (this.#client.asked > 0) this.#watch()
  }

  /** Starts to count the silence, unless the client is closed. */
  #watch(): void {
    if (!this.#isClosed) this.#cancelTimer = this.#clock.after(this.#silentMs, () => this.#renew(), 'renewed-firestore')
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

/** Third parties' texts are not logged, and without this one the lack of credentials looks like an outage. */
const inOurWords = (error: unknown): unknown =>
  saysNoCredentials(error)
    ? new HoldfastError('no-credentials', NO_CREDENTIALS.sentence, { advice: NO_CREDENTIALS.advice, cause: error })
    : error

const newClient = (firestore: Firestore): Client => ({ firestore, asked: 0, waiting: new Set() })

/**
 * Ends a client. Call it only when no request is under way: a retry after the end neither resolves nor rejects, and leaves an
 * unhandled rejection that ends the process (@google-cloud/firestore 9.4.1, `requestStream`).
 */
function discard({ firestore }: Client): void {
  firestore.terminate().catch(() => {})
}
