import type { Change, DocumentSnapshot, DocumentStore, ListenerEvent, Query } from '@holdfast/core/platform/ports'

/**
 * What a commit may do instead of succeeding: `refuse` before anything happened, take effect and `lose-answer`, or `hang` until
 * released (without effect until then).
 */
export type Fault = 'refuse' | 'lose-answer' | 'hang'

/** A real DocumentStore whose commits fail as a test says. */
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

  /** Asked before each commit, until replaced. */
  faults(fault: ((changes: readonly Change[]) => Fault | null) | null): void {
    this.#fault = fault
  }

  /** Neither reads nor commits are answered but with an error. */
  away(isAway: boolean): void {
    this.#isAway = isAway
  }

  /** Single documents can be read, lists cannot. */
  failQueries(fail: boolean): void {
    this.#failQueries = fail
  }

  /** Lets hanging commits go on. */
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

  /** Every listener ends with an error, as after a long time without Firestore. */
  failListeners(): void {
    for (const fail of this.#listeners) fail(unavailable())
  }

  #answer(): void {
    if (this.#isAway) throw unavailable()
  }
}

const unavailable = (): Error => Object.assign(new Error('UNAVAILABLE (made by the test)'), { code: 14 })
