import { Deadline } from '@holdfast/core/platform/deadlines'
import type { Clock } from '@holdfast/core/platform/ports'
import { ConnectionEnded, type Connection } from '../../whatsapp/port.ts'

/**
 * The time for WhatsApp to confirm that a device is unlinked. The session does nothing else in this
 * time; a hand-over ends the wait.
 */
const UNLINK_WITHIN_MS = 10_000

/** Our own request to unlink the device from its phone, and what is known of its outcome. */
export class Unlinking {
  readonly #clock: Clock
  #isAsked = false
  #interrupt: () => void = () => {}

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** True from the request until its answer, or the next login. A log-out in this time is our own. */
  get isAsked(): boolean {
    return this.#isAsked
  }

  /** @throws ConnectionEnded when WhatsApp did not confirm it. The next login shows whether the device is unlinked. */
  async ask(connection: Connection): Promise<void> {
    this.#isAsked = true
    const { promise: interrupted, reject } = Promise.withResolvers<never>()
    this.#interrupt = () => reject(new ConnectionEnded('The session is handed over.'))
    const deadline = new Deadline(this.#clock, UNLINK_WITHIN_MS)
    try {
      await Promise.race([connection.unlink(deadline), interrupted])
    } catch (error) {
      this.#isAsked = error instanceof ConnectionEnded
      throw error
    }
  }

  /** Ends the wait for WhatsApp's answer, because the session is handed over. */
  interrupt(): void {
    this.#interrupt()
  }

  /** Called at a login, which shows that the device is still linked. */
  loggedIn(): void {
    this.#isAsked = false
  }
}
