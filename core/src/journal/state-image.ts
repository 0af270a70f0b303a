import type { Mutation } from './mutation.ts'
import type { StateKind } from './state-kinds.ts'

/**
 * The packed state of one session. Every value is an encoded string, so that no caller can change one in place and no value is
 * kept twice. Reads of Baileys are decoded from here; its writes arrive as mutations that the journal holds as well.
 * `state-kinds.ts` describes the kinds. A kind of a later version, which is not described there, is kept as it is.
 */
export class StateImage {
  readonly #kinds = new Map<string, Map<string, string>>()
  creds: string | null = null

  get(kind: StateKind, id: string): string | undefined {
    return this.#kinds.get(kind)?.get(id)
  }

  entries(kind: StateKind): IterableIterator<[string, string]> {
    return (this.#kinds.get(kind) ?? new Map<string, string>()).entries()
  }

  count(kind: StateKind): number {
    return this.#kinds.get(kind)?.size ?? 0
  }

  /** Values by kind, those of a later version as well. */
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
