import { HoldfastError } from '@holdfast/core/platform/errors'
import type { ByteRange, Bytes, ObjectStreams } from '@holdfast/core/platform/object-streams'
import type { ListedObject, ObjectStore, StoredObject } from '@holdfast/core/platform/ports'

/** Objects in memory: the plainest back end that fulfils the contract. */
export class MemoryObjects implements ObjectStore, ObjectStreams {
  readonly #objects = new Map<string, Buffer>()
  readonly #createdAt = new Map<string, number>()
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
    this.#createdAt.set(name, Date.now())
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

  async describe(prefix: string): Promise<ListedObject[]> {
    return (await this.list(prefix)).map((name) => ({
      name,
      bytes: this.#objects.get(name)?.length ?? 0,
      createdAt: new Date(this.#createdAt.get(name) ?? 0),
    }))
  }

  async createFrom(name: string, bytes: Bytes): Promise<void> {
    const parts: Uint8Array[] = []
    for await (const part of bytes) parts.push(part)
    await this.create(name, Buffer.concat(parts))
  }

  async sizeOf(name: string): Promise<number | null> {
    return (await this.read(name))?.bytes.length ?? null
  }

  async *readRange(name: string, { start, end }: ByteRange): AsyncGenerator<Buffer> {
    const found = await this.read(name)
    if (!found) throw new Error(`There is no object ${name}.`)
    yield found.bytes.subarray(start, end)
  }

  async *createdBefore(prefix: string, time: Date): AsyncGenerator<string> {
    for (const name of await this.list(prefix)) if ((this.#createdAt.get(name) ?? 0) < time.getTime()) yield name
  }

  async remove(name: string): Promise<void> {
    this.#answer()
    this.#objects.delete(name)
  }

  #answer(): void {
    if (this.#isAway) throw new Error('Away (made by the test).')
  }
}
