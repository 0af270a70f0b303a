import { createInterface, type Interface } from 'node:readline'

/** Asks a person, line by line. Answers that come faster than the questions wait for theirs. */
export class Questions {
  readonly #lines: AsyncIterator<string>
  readonly #interface: Interface
  readonly #output: NodeJS.WritableStream

  constructor(input: NodeJS.ReadableStream = process.stdin, output: NodeJS.WritableStream = process.stderr) {
    this.#interface = createInterface({ input })
    this.#lines = this.#interface[Symbol.asyncIterator]()
    this.#output = output
  }

  /** Returns the answer without spaces around it. An empty one, or the end of the input, stands for the default. */
  async ask(question: string, fallback = ''): Promise<string> {
    this.#output.write(fallback === '' ? `${question}: ` : `${question} [${fallback}]: `)
    const { value, done } = await this.#lines.next()
    return done || value.trim() === '' ? fallback : value.trim()
  }

  close(): void {
    this.#interface.close()
  }
}
