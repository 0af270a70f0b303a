import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock } from '@holdfast/core/platform/ports'
import type { SessionState } from '@holdfast/core/session/session-states'

/** The alert of a deployment waits for five minutes without such a line. */
const EVERY_MS = 60_000

/** Writes a line into the log once a minute, for as long as the runner is at work and Firestore hears it. */
export class Pulse {
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #build
  #writtenAt: number | null = null

  constructor({ clock, logger, version, revision }: { clock: Clock; logger: Logger; version: string; revision: string }) {
    this.#clock = clock
    this.#logger = logger
    this.#build = { version, revision }
  }

  /** Takes the states of the runner's sessions. */
  beat(states: readonly SessionState[]): void {
    const now = this.#clock.monotonic()
    if (this.#writtenAt !== null && now - this.#writtenAt < EVERY_MS) return
    this.#writtenAt = now
    const connected = states.filter((state) => state === 'CONNECTED').length
    // The deployment counts these lines by `event`.
    this.#logger.info({ event: 'heartbeat', sessions: states.length, connected, ...this.#build }, 'The runner is at work.')
  }
}
