import { RUNNERS, runnerDocumentSchema } from '@holdfast/core/operations/runner-document'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import type { Dependencies } from '../dependencies.ts'
import type { Source } from './feed.ts'
import { watch } from './watch.ts'

/** A runner that falls silent changes nothing in Firestore, so that it is looked at so often. */
const LOOKS_EVERY_MS = 1000

interface Heard {
  readonly snapshot: DocumentSnapshot
  /** By the monotonic clock. */
  readonly at: number
  readonly deadAfterMs: number
  isDead: boolean
}

const deadAfterSchema = runnerDocumentSchema.pick({ deadAfterMs: true })

/** The heartbeats of all runners, for whoever shows sessions or runners. */
export class RunnerDocuments implements Source {
  readonly opened: Promise<void>
  /** Called with the id of each runner that has a new heartbeat, fell silent, or is gone. */
  readonly hearers = new Set<(runnerId: string) => void>()
  readonly #clock: Dependencies['clock']
  readonly #heard = new Map<string, Heard>()
  readonly #source: Source
  readonly #endLooking: () => void

  constructor(dependencies: Pick<Dependencies, 'documents' | 'clock' | 'logger'>) {
    this.#clock = dependencies.clock
    this.#source = watch(dependencies, {
      query: { collection: RUNNERS },
      changed: (snapshot) => this.#hear(snapshot),
      removed: (id) => {
        this.#heard.delete(id)
        this.#tell(id)
      },
    })
    this.opened = this.#source.opened
    this.#endLooking = this.#clock.every(LOOKS_EVERY_MS, () => this.#look(), 'keep-alive')
  }

  close(): void {
    this.#endLooking()
    this.#source.close()
  }

  /** The heartbeat of a runner as if it were read now. Null without one. */
  of(runnerId: string): DocumentSnapshot | null {
    const heard = this.#heard.get(runnerId)
    return heard ? { ...heard.snapshot, silentForMs: this.#silence(heard) } : null
  }

  get all(): DocumentSnapshot[] {
    return [...this.#heard.values()].map((heard) => ({ ...heard.snapshot, silentForMs: this.#silence(heard) }))
  }

  #hear(snapshot: DocumentSnapshot): void {
    const { deadAfterMs = 0 } = deadAfterSchema.safeParse(snapshot.fields).data ?? {}
    const heard = { snapshot, at: this.#clock.monotonic(), deadAfterMs, isDead: snapshot.silentForMs > deadAfterMs }
    this.#heard.set(snapshot.id, heard)
    this.#tell(snapshot.id)
  }

  #look(): void {
    for (const [id, heard] of this.#heard) {
      if (heard.isDead || this.#silence(heard) <= heard.deadAfterMs) continue
      heard.isDead = true
      this.#tell(id)
    }
  }

  #silence({ snapshot, at }: Heard): number {
    return snapshot.silentForMs + (this.#clock.monotonic() - at)
  }

  #tell(id: string): void {
    for (const hear of this.hearers) hear(id)
  }
}
