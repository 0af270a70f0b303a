// Stanzas whose fate a test wants to know: how often each was delivered, and what the client answered.

type Watched = { id: string; what: string; deliveries: number; answers: string[] }

export class WatchedStanzas {
  readonly #stanzas = new Map<string, Watched>()

  get list(): readonly Watched[] {
    return [...this.#stanzas.values()]
  }

  watch(id: string, what: string): void {
    this.#stanzas.set(id, { id, what, deliveries: 0, answers: [] })
  }

  isWatched(id: string): boolean {
    return this.#stanzas.has(id)
  }

  delivered(id: string | undefined): void {
    const stanza = this.#stanzas.get(id ?? '')
    if (stanza) stanza.deliveries++
  }

  /** As `ack`, `nack 500`, `receipt`, `receipt read`, `retry 1`. */
  answered(id: string, answer: string): void {
    this.#stanzas.get(id)?.answers.push(answer)
  }
}
