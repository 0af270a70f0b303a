import { createInterface, type Interface } from 'node:readline'

/** What an answer is worth. */
export type Judgement<Value> = { readonly value: Value } | { readonly problem: string }

export interface Question<Value> {
  /** What is asked, with the format and an example. */
  readonly text: string
  /** Stands for an empty answer. */
  readonly fallback?: string
  /** Turns the answer into a value, or says what is wrong with it. */
  readonly judge: (answer: string) => Judgement<Value>
  /** Says why a right answer will probably not do. Whoever types it again means it. */
  readonly doubt?: (value: Value) => Promise<string | null>
}

/** The answers ended before a right one came. */
export class NoAnswer extends Error {}

/** Asks a person, line by line. Answers that come faster than the questions wait for theirs. */
export class Questions {
  readonly #lines: AsyncIterator<string>
  readonly #interface: Interface
  readonly #output: NodeJS.WritableStream
  #isOver = false

  constructor(input: NodeJS.ReadableStream = process.stdin, output: NodeJS.WritableStream = process.stderr) {
    this.#interface = createInterface({ input })
    this.#lines = this.#interface[Symbol.asyncIterator]()
    this.#output = output
  }

  /** True: the input has ended, so that nobody answers any more. */
  get isOver(): boolean {
    return this.#isOver
  }

  /** Returns the answer without spaces around it. An empty one, or the end of the input, stands for the default. */
  async ask(question: string, fallback = ''): Promise<string> {
    this.#output.write(fallback === '' ? `${question}: ` : `${question} [${fallback}]: `)
    const { value, done } = await this.#lines.next()
    if (done && !this.#isOver) {
      this.#isOver = true
      this.#output.write('\n')
    }
    return done || value.trim() === '' ? fallback : value.trim()
  }

  /**
   * Asks until the answer is right.
   *
   * @throws NoAnswer when the input ends before that
   */
  async settle<Value>({ text, fallback, judge, doubt }: Question<Value>): Promise<Value> {
    let doubted: string | null = null
    for (;;) {
      const answer = await this.ask(text, fallback)
      const judged = judge(answer)
      const problem = 'problem' in judged ? judged.problem : answer === doubted ? null : await doubt?.(judged.value)
      if ('value' in judged && !problem) return judged.value
      doubted = 'value' in judged ? answer : null
      if (this.#isOver) throw new NoAnswer(`${answer === '' ? 'Nothing' : answer}: ${problem}`)
      this.tell(`${problem}${doubted === null ? '' : ' Type it again to take it all the same.'}`)
    }
  }

  /** Tells something between two questions. */
  tell(line: string): void {
    this.#output.write(`  ${line}\n`)
  }

  close(): void {
    this.#interface.close()
  }
}
