// Stanzas that a test watches: the number of deliveries, and the client's answers.

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

  /** The answers, such as `ack`, `nack 500`, `receipt`, `receipt read`, `retry 1`. */
  answered(id: string, answer: string): void {
    this.#stanzas.get(id)?.answers.push(answer)
  }
}
