import type { Mutation } from './mutation.ts'

/**
 * The packed state of one session: every value is an encoded string, so that nobody can change one in place and none is kept
 * twice. What Baileys reads is decoded from here; what it writes arrives as mutations that the journal holds as well.
 */
export class StateImage {
  readonly #kinds = new Map<string, Map<string, string>>()
  creds: string | null = null

  get(kind: string, id: string): string | undefined {
    return this.#kinds.get(kind)?.get(id)
  }

  entries(kind: string): IterableIterator<[string, string]> {
    return (this.#kinds.get(kind) ?? new Map<string, string>()).entries()
  }

  count(kind: string): number {
    return this.#kinds.get(kind)?.size ?? 0
  }

  /** Values by kind. */
  counts(): Record<string, number> {
    return Object.fromEntries([...this.#kinds].map(([kind, values]) => [kind, values.size]))
  }

  apply(mutation: Mutation): void {
    if (mutation.creds !== undefined) this.creds = mutation.creds
    for (const [kind, changes] of Object.entries(mutation.keys ?? {})) {
      let values = this.#kinds.get(kind)
      if (!values) this.#kinds.set(kind, (values = new Map()))
      for (const [id, value] of Object.entries(changes)) {
        if (value === null) values.delete(id)
        else values.set(id, value)
      }
    }
  }

  /** As one mutation that makes an empty image equal to this one. */
  toMutation(): Mutation {
    const keys = Object.fromEntries([...this.#kinds].map(([kind, values]) => [kind, Object.fromEntries(values)]))
    return { keys, ...(this.creds === null ? {} : { creds: this.creds }) }
  }
}
