import { FLEET_SCOPE, HEALTH, healthDocumentSchema, type HealthDocument } from '@holdfast/core/operations/health-document'
import type { OutageVerdict } from '@holdfast/core/operations/network-report'
import { outageFor } from '@holdfast/core/operations/outage'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock, DocumentStore, ListenerEvent } from '@holdfast/core/platform/ports'

const RETRY_MS = 5000

interface Told {
  readonly outage: HealthDocument['outage']
  /** The age of the document when it was heard, by Firestore's times, and when that was, by the monotonic clock. */
  readonly silentForMs: number
  readonly heardAtMs: number
}

/** Listens to the verdict of the whole fleet, which the sweep writes. Without it, or when it grows old, there is no outage. */
export class FleetVerdict {
  readonly #documents: DocumentStore
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #runnerId: string
  #onChange: () => void = () => {}
  #told: Told | null = null
  #stop: () => void = () => {}
  #stopped = false

  constructor(options: { documents: DocumentStore; clock: Clock; logger: Logger; runnerId: string }) {
    this.#documents = options.documents
    this.#clock = options.clock
    this.#logger = options.logger
    this.#runnerId = options.runnerId
  }

  start(onChange: () => void): void {
    this.#onChange = onChange
    if (!this.#stopped) this.#listen()
  }

  stop(): void {
    this.#stopped = true
    this.#stop()
  }

  /**
   * The verdict as far as it concerns this runner, since when the fleet has it, ms, and whether there is an outage anywhere. In one, each
   * runner looks for itself, so that the fleet soon knows whom it concerns.
   */
  get present(): { verdict: OutageVerdict; sinceMs: number; isAnywhere: boolean } {
    if (!this.#told) return { verdict: 'none', sinceMs: 0, isAnywhere: false }
    const { outage, silentForMs, heardAtMs } = this.#told
    const ageMs = silentForMs + this.#clock.monotonic() - heardAtMs
    const everybody = outage && { ...outage, runners: [] }
    return {
      verdict: outageFor(this.#runnerId, outage, ageMs),
      sinceMs: outage?.since.getTime() ?? 0,
      isAnywhere: outageFor(this.#runnerId, everybody, ageMs) !== 'none',
    }
  }

  #listen(): void {
    this.#stop = this.#documents.listen(
      { collection: HEALTH, where: [['scope', '==', FLEET_SCOPE]] },
      (events) => {
        for (const event of events) this.#hear(event)
        this.#onChange()
      },
      (error) => {
        this.#logger.warn({ error }, 'The listener to the health of the fleet failed; listening again.')
        if (!this.#stopped) this.#stop = this.#clock.after(RETRY_MS, () => this.#listen(), 'network')
      },
    )
  }

  #hear({ kind, document }: ListenerEvent): void {
    const health = kind === 'removed' ? undefined : healthDocumentSchema.safeParse(document.fields).data
    const { silentForMs } = document
    this.#told = health ? { outage: health.outage, silentForMs, heardAtMs: this.#clock.monotonic() } : null
  }
}
