import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock } from '@holdfast/core/platform/ports'

/** The pause between two questions for the names of groups. */
const ASK_GROUPS_MS = 5 * 60_000

/** Asks WhatsApp for the names of groups. The answer comes as news of chats. A group of which it tells no name is not asked for again. */
export class GroupNames {
  readonly #clock: Clock
  readonly #logger: Logger
  #ask: (() => Promise<unknown>) | null = null
  #askedAtMs = Number.NEGATIVE_INFINITY
  /** Groups whose names WhatsApp did not tell: the account has left them. */
  readonly #nameless = new Set<string>()

  constructor({ clock, logger }: { clock: Clock; logger: Logger }) {
    this.#clock = clock
    this.#logger = logger
  }

  /** The session is connected: all groups can be asked for. */
  connected(ask: () => Promise<unknown>): void {
    this.#ask = ask
  }

  disconnected(): void {
    this.#ask = null
  }

  /** Asks, if it is time and there is a group that nobody has asked for. */
  look(unnamed: () => readonly string[]): void {
    const now = this.#clock.monotonic()
    if (!this.#ask || now - this.#askedAtMs < ASK_GROUPS_MS) return
    const wanted = unnamed().filter((id) => !this.#nameless.has(id))
    if (wanted.length === 0) return
    this.#askedAtMs = now
    this.#ask().then(
      () => {
        for (const id of wanted) this.#nameless.add(id)
      },
      (error: unknown) => {
        this.#logger.info({ error }, 'WhatsApp did not tell the names of the groups; it is asked again later.')
      },
    )
  }
}
