import { HoldfastError } from '@holdfast/core/platform/errors'
import type { ObjectStore, StoredObject } from '@holdfast/core/platform/ports'

/** Objects in memory: the plainest back end that fulfils the contract. */
export class MemoryObjects implements ObjectStore {
  readonly #objects = new Map<string, Buffer>()
  #isAway = false

  away(isAway: boolean): void {
    this.#isAway = isAway
  }

  placeOf(name: string): string {
    return `memory:${name}`
  }

  async create(name: string, bytes: Buffer): Promise<{ generation: string }> {
    this.#answer()
    if (this.#objects.has(name)) throw new HoldfastError('already-exists', `The object ${name} exists already.`)
    this.#objects.set(name, Buffer.from(bytes))
    return { generation: '1' }
  }

  async read(name: string, generation = '1'): Promise<StoredObject | null> {
    this.#answer()
    const bytes = this.#objects.get(name)
    return bytes && generation === '1' ? { bytes: Buffer.from(bytes), generation } : null
  }

  async list(prefix: string): Promise<string[]> {
    this.#answer()
    return [...this.#objects.keys()].filter((name) => name.startsWith(prefix)).toSorted()
  }

  #answer(): void {
    if (this.#isAway) throw new Error('Away (made by the test).')
  }
}
