import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock, DocumentSnapshot, DocumentStore } from '@holdfast/core/platform/ports'
import { JobListener } from './job-listener.ts'

/** Firestore's limit for values in one `in` filter. */
const SESSIONS_PER_BELL = 30

/** Brings the jobs of this runner's sessions. Sessions share listeners; otherwise a runner would need one for each. */
export class JobFeed {
  readonly #dependencies: { documents: DocumentStore; clock: Clock; logger: Logger }
  readonly #bells = new Set<JobListener>()
  #isAlone = false

  constructor(dependencies: { documents: DocumentStore; clock: Clock; logger: Logger }) {
    this.#dependencies = dependencies
  }

  /** Tells whether this is the only live runner. Then every queued job is for its sessions, or for none. */
  alone(isAlone: boolean): void {
    if (isAlone === this.#isAlone) return
    this.#isAlone = isAlone
    for (const bell of this.#bells) bell.alone(isAlone)
  }

  /** Delivers every open job of the session first, then each queued one, some more than once. Returns the function that ends it. */
  subscribe(sessionId: string, onJobs: (jobs: readonly DocumentSnapshot[]) => void): () => void {
    const bell = [...this.#bells].find(({ size }) => size < SESSIONS_PER_BELL) ?? this.#newBell()
    bell.add(sessionId, onJobs)
    return () => {
      bell.remove(sessionId)
      if (bell.size === 0) this.#bells.delete(bell)
    }
  }

  #newBell(): JobListener {
    const bell = new JobListener({ ...this.#dependencies, isAlone: this.#isAlone })
    this.#bells.add(bell)
    return bell
  }
}
