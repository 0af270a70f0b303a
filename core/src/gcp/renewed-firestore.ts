import type { Firestore } from '@google-cloud/firestore'
import type { Clock } from '../ports.ts'

interface Client {
  readonly firestore: Firestore
  asked: number
}

/** What grpc says by itself when nobody answers: DEADLINE_EXCEEDED and UNAVAILABLE. */
const NO_ANSWER = new Set<unknown>([4, 14])

/**
 * A client of Firestore that another takes the place of when something is asked and nothing was answered for long: grpc has no limit
 * for the handshake of a connection, so that one which dies in it without a word is waited for without end. What was asked of the
 * old client fails or not, as after any other trouble; its listeners fail.
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
    this.#client = { firestore: make(), asked: 0 }
  }

  async ask<T>(work: (firestore: Firestore) => Promise<T>): Promise<T> {
    const client = this.#client
    client.asked++
    if (!this.#cancelTimer) this.#watch()
    let isAnswered = true
    try {
      return await work(client.firestore)
    } catch (error) {
      isAnswered = !NO_ANSWER.has((error as { code?: unknown }).code)
      throw error
    } finally {
      client.asked--
      if (client === this.#client && (isAnswered || client.asked === 0)) this.#answered()
    }
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
    const { firestore } = this.#client
    this.#client = { firestore: this.#make(), asked: 0 }
    for (const fail of this.#listeners) fail(new Error('Firestore did not answer; another connection is made.'))
    // Resolves when all that was asked of it has failed.
    firestore.terminate().catch(() => {})
  }
}
