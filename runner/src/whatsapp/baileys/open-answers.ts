import type { WASocket } from '@whiskeysockets/baileys'
import { ConnectionEnded } from '../port.ts'

/** The waits of one connection for answers of its socket. They end with the connection. */
export class OpenAnswers {
  readonly #ws: Pick<WASocket['ws'], 'isOpen'>
  /** Functions that end the waits. */
  readonly #waiting = new Set<() => void>()
  #over = false

  constructor(ws: Pick<WASocket['ws'], 'isOpen'>) {
    this.#ws = ws
  }

  /**
   * Waits for an answer of the socket while the connection is open. Baileys rejects a pending query before it reports the end of
   * the socket, or it does not reject it at all: the query would then have no answer for a minute.
   *
   * @throws ConnectionEnded when the connection ends before the answer
   */
  async whileOpen<T>(work: Promise<T>): Promise<T> {
    const { promise: over, reject } = Promise.withResolvers<never>()
    const end = () => reject(new Error('The connection ended before the answer.'))
    this.#waiting.add(end)
    if (this.#over) end()
    try {
      return await Promise.race([work, over])
    } catch (error) {
      if (this.#ws.isOpen && !this.#over) throw error
      throw new ConnectionEnded('The connection ended.', { cause: error })
    } finally {
      this.#waiting.delete(end)
    }
  }

  /** Ends all waits, and each later one at once. */
  end(): void {
    this.#over = true
    for (const end of this.#waiting) end()
  }
}
