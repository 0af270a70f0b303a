import type { Change, DocumentSnapshot, DocumentStore, ListenerEvent, Query } from '@holdfast/core/platform/ports'

/**
 * The ways in which a commit fails.
 *
 * refuse       fails without effect
 * lose-answer  takes effect, and fails all the same
 * hang         has no effect and no answer until `release`
 */
export type Fault = 'refuse' | 'lose-answer' | 'hang'

/** A real DocumentStore with failures that the test chooses. */
export class FaultyDocuments implements DocumentStore {
  readonly #real: DocumentStore
  #fault: ((changes: readonly Change[]) => Fault | null) | null = null
  #held: (() => void)[] = []
  #isAway = false
  #failQueries = false
  readonly #listeners = new Set<(error: Error) => void>()
  readonly commits: (readonly Change[])[] = []

  constructor(real: DocumentStore) {
    this.#real = real
  }

  /** Sets the function that chooses the fault of each later commit. */
  faults(fault: ((changes: readonly Change[]) => Fault | null) | null): void {
    this.#fault = fault
  }

  /** Fails all reads and commits while it is true. */
  away(isAway: boolean): void {
    this.#isAway = isAway
  }

  /** Fails all queries while it is true. Single documents stay readable. */
  failQueries(fail: boolean): void {
    this.#failQueries = fail
  }

  /** Lets the hanging commits continue. */
  release(): void {
    const held = this.#held
    this.#held = []
    for (const go of held) go()
  }

  async commit(changes: readonly Change[]): Promise<void> {
    this.#answer()
    const fault = this.#fault?.(changes) ?? null
    if (fault === 'refuse') throw unavailable()
    if (fault === 'hang') await new Promise<void>((resolve) => this.#held.push(resolve))
    this.commits.push(changes)
    await this.#real.commit(changes)
    if (fault === 'lose-answer') throw unavailable()
  }

  async read(path: string): Promise<DocumentSnapshot | null> {
    this.#answer()
    return this.#real.read(path)
  }

  async query(query: Query): Promise<DocumentSnapshot[]> {
    this.#answer()
    if (this.#failQueries) throw unavailable()
    return this.#real.query(query)
  }

  listen(query: Query, onEvents: (events: ListenerEvent[]) => void, onError: (error: unknown) => void): () => void {
    const stop = this.#real.listen(query, onEvents, onError)
    const fail = (error: Error): void => {
      end()
      onError(error)
    }
    const end = (): void => {
      this.#listeners.delete(fail)
      stop()
    }
    this.#listeners.add(fail)
    return end
  }

  /** Ends every listener with an error, as a long time without Firestore does. */
  failListeners(): void {
    for (const fail of this.#listeners) fail(unavailable())
  }

  #answer(): void {
    if (this.#isAway) throw unavailable()
  }
}

const unavailable = (): Error => Object.assign(new Error('UNAVAILABLE (made by the test)'), { code: 14 })
