import { alertPath } from '@holdfast/core/operations/alert-document'
import { tellWithoutSweep } from '@holdfast/core/operations/alert-tasks'
import { raiseAlert } from '@holdfast/core/operations/alerts'
import { FLEET_SCOPE, healthPath } from '@holdfast/core/operations/health-document'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock, DocumentStore, TaskQueues } from '@holdfast/core/platform/ports'

const LOOK_INTERVAL_MS = 2 * 60_000

/** The sweep renews the health of the fleet each minute. */
const DEAD_AFTER_MS = 5 * 60_000

/** Looks in a row that have to find it dead: after an outage of Firestore the sweep needs a moment, too. */
const LOOKS = 2

/** All runners together raise the alert at most this often. */
const RAISED_EVERY_MS = 10 * 60_000

/**
 * Notices that the sweep does not run any more, which cannot notice it itself. By Firestore's times alone. An installation in which no
 * sweep has ever run has nothing to miss.
 */
export class SweepWatch {
  readonly #clock: Clock
  readonly #documents: DocumentStore
  readonly #tasks: TaskQueues
  readonly #logger: Logger
  #foundDead = 0
  #cancel: () => void = () => {}

  constructor(options: { clock: Clock; documents: DocumentStore; tasks: TaskQueues; logger: Logger }) {
    this.#clock = options.clock
    this.#documents = options.documents
    this.#tasks = options.tasks
    this.#logger = options.logger
  }

  start(): void {
    this.#cancel = this.#clock.every(LOOK_INTERVAL_MS, () => void this.look(), 'sweep-watch')
  }

  stop(): void {
    this.#cancel()
  }

  /** Never rejects: whatever fails now, the next look finds. */
  async look(): Promise<void> {
    try {
      const fleet = await this.#documents.read(healthPath(FLEET_SCOPE))
      const silentForMs = fleet?.silentForMs ?? 0
      this.#foundDead = silentForMs > DEAD_AFTER_MS ? this.#foundDead + 1 : 0
      if (this.#foundDead >= LOOKS) await this.#raise(silentForMs)
    } catch (error) {
      this.#foundDead = 0
      this.#logger.warn({ error }, 'Whether the sweep runs is not known at the moment.')
    }
  }

  async #raise(silentForMs: number): Promise<void> {
    const known = await this.#documents.read(alertPath('sweep-dead', FLEET_SCOPE))
    const isOpen = known !== null && known.fields['state'] !== 'resolved'
    if (isOpen && known.silentForMs < RAISED_EVERY_MS) return
    const minutes = Math.floor(silentForMs / 60_000)
    this.#logger.error({ event: 'sweep-dead', silentForMs }, 'The schedule of each minute does not run.')
    await raiseAlert(this.#documents, {
      type: 'sweep-dead',
      scope: FLEET_SCOPE,
      severity: 'critical',
      sentence: `The schedule of each minute has not run for ${minutes} minutes. Sessions go on; due retries, alerts and recoveries wait for it.`,
      userAction:
        'Look at the log of the function "sweep" and at its job in Cloud Scheduler; on a server of your own, at the API server.',
    })
    await tellWithoutSweep({ documents: this.#documents, tasks: this.#tasks }, 'sweep-dead', FLEET_SCOPE)
  }
}
