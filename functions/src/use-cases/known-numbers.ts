import type { Clock } from '@holdfast/core/platform/ports'

/** A number may get an account at any time, and seldom loses it. */
const WITH_ACCOUNT_MS = 60 * 60_000
const WITHOUT_ACCOUNT_MS = 5 * 60_000
const MOST = 10_000

/** What this instance has learned about phone numbers: the chat with each, null for one without an account. It forgets after a while. */
export class KnownNumbers {
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #known = new Map<string, { readonly chat: string | null; readonly at: number }>()

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock
  }

  /** Undefined for a number that has to be asked for. A session asks for itself, because a simulator and WhatsApp know other numbers. */
  chatOf(sessionId: string, phone: string): string | null | undefined {
    const known = this.#known.get(keyOf(sessionId, phone))
    if (!known) return undefined
    const freshForMs = known.chat === null ? WITHOUT_ACCOUNT_MS : WITH_ACCOUNT_MS
    return this.#clock.monotonic() - known.at < freshForMs ? known.chat : undefined
  }

  learn(sessionId: string, phone: string, chat: string | null): void {
    const key = keyOf(sessionId, phone)
    this.#known.delete(key)
    this.#known.set(key, { chat, at: this.#clock.monotonic() })
    const oldest = this.#known.keys().next()
    if (this.#known.size > MOST && !oldest.done) this.#known.delete(oldest.value)
  }
}

const keyOf = (sessionId: string, phone: string): string => `${sessionId} ${phone}`
