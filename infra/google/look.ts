import type { LaterRead, Read } from '../resources/resource.ts'

export interface Reader {
  read(read: Read): Promise<unknown>
}

/** Asks the same question once only. A look is one moment: make another one after a change. */
export class Look implements Reader {
  readonly #reader: Reader
  readonly #answers = new Map<string, Promise<unknown>>()

  constructor(reader: Reader) {
    this.#reader = reader
  }

  read(read: Read): Promise<unknown> {
    const key = JSON.stringify(read)
    const known = this.#answers.get(key)
    if (known) return known
    const answer = this.#reader.read(read)
    this.#answers.set(key, answer)
    return answer
  }
}

/** Returns the answers to all reads of something, in their order. */
export async function answersFor(
  { reads }: { readonly reads: readonly (Read | LaterRead)[] },
  look: Reader,
): Promise<readonly unknown[]> {
  const answers = await Promise.all(reads.map(async (read) => (typeof read === 'function' ? null : await look.read(read))))
  for (const [index, read] of reads.entries()) {
    if (typeof read !== 'function') continue
    const later = read(answers)
    answers[index] = later && (await look.read(later))
  }
  return answers
}
