import type { TrialSlot } from '../session/quarantine/quarantine.ts'

/** The trial slot of a runner: first come, first tried. */
export class SingleTrialSlot implements TrialSlot {
  #holder: string | null = null
  readonly #waiting = new Map<string, () => void>()

  take(sessionId: string, onTurn: () => void): boolean {
    if (this.#holder === null || this.#holder === sessionId) {
      this.#holder = sessionId
      this.#waiting.delete(sessionId)
      return true
    }
    this.#waiting.set(sessionId, onTurn)
    return false
  }

  free(sessionId: string): void {
    this.#waiting.delete(sessionId)
    if (this.#holder !== sessionId) return
    const next = this.#waiting.entries().next()
    // The next session holds the slot before it hears of it, so that no other takes it in between.
    this.#holder = next.done ? null : next.value[0]
    if (!next.done) next.value[1]()
  }
}
