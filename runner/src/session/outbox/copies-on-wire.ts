/** Copies of one message that have left since the last time when all of them were answered. */
interface Round {
  /** The requests that the copies answer. */
  readonly requests: Set<string>
  unanswered: number
  readonly errors: string[]
}

/** What the server's answers say about the requests that wait for them. */
export interface Answered {
  readonly requests: Iterable<string>
  /** The server's codes for the copies that it refused. Empty when it has all of them. */
  readonly errors: readonly string[]
}

/**
 * The copies of messages that the server has not answered. Its answer names the message, but not the device that the copy was for, and
 * copies for several devices leave in any order. So a refusal among several answers may concern each of the devices.
 */
export class CopiesOnWire {
  readonly #rounds = new Map<string, Round>()

  left(messageId: string, request: string): void {
    const round = this.#rounds.get(messageId) ?? { requests: new Set(), unanswered: 0, errors: [] }
    round.requests.add(request)
    round.unanswered++
    this.#rounds.set(messageId, round)
  }

  /** Takes an answer. Returns what is certain now; null when that has to wait for the answers to other copies. */
  answered(messageId: string, error: string | null): Answered | null {
    const round = this.#rounds.get(messageId)
    if (!round) return null
    round.unanswered--
    if (error !== null) round.errors.push(error)
    if (round.requests.size > 1 && round.unanswered > 0) return null
    this.#rounds.delete(messageId)
    return round
  }

  /** Forgets all copies, because their connection has ended: nothing will answer them. */
  clear(): void {
    this.#rounds.clear()
  }
}
