import type { Sink } from '../host.ts'
import { truncate } from './table.ts'

const CLEAR_LINE = '\r\u001b[K'

/** One line on stderr that is written over, for work that takes long. Nothing where stderr is no terminal. */
export class Progress {
  readonly #sink: Sink
  readonly #isSilent: boolean
  #shown = ''

  constructor(sink: Sink, isSilent: boolean) {
    this.#sink = sink
    this.#isSilent = isSilent || !sink.isTerminal
  }

  show(text: string): void {
    if (this.#isSilent || text === this.#shown) return
    this.#shown = text
    this.#sink.write(`${CLEAR_LINE}${truncate(text, (this.#sink.columns ?? 80) - 1)}`)
  }

  clear(): void {
    if (this.#shown !== '') this.#sink.write(CLEAR_LINE)
    this.#shown = ''
  }
}
