import type { ListedObject, ObjectStore, StoredObject } from '@holdfast/core/platform/ports'

/** A real ObjectStore with failures that the test chooses. */
export class FaultyObjects implements ObjectStore {
  readonly #real: ObjectStore
  /** Called before each creation, which throws the returned error. */
  refuseCreate: ((name: string) => Error | null) | null = null
  refuseRead: ((name: string) => Error | null) | null = null
  /** Returns the bytes to store instead of the given ones. */
  damage: ((bytes: Buffer) => Buffer) | null = null
  readonly created: string[] = []

  constructor(real: ObjectStore) {
    this.#real = real
  }

  placeOf(name: string): string {
    return this.#real.placeOf(name)
  }

  async create(name: string, bytes: Buffer): Promise<{ generation: string }> {
    this.created.push(name)
    const error = this.refuseCreate?.(name)
    if (error) throw error
    return this.#real.create(name, this.damage?.(bytes) ?? bytes)
  }

  async read(name: string, generation?: string): Promise<StoredObject | null> {
    const error = this.refuseRead?.(name)
    if (error) throw error
    return this.#real.read(name, generation)
  }

  async list(prefix: string): Promise<string[]> {
    const error = this.refuseRead?.(prefix)
    if (error) throw error
    return this.#real.list(prefix)
  }

  async describe(prefix: string): Promise<ListedObject[]> {
    const error = this.refuseRead?.(prefix)
    if (error) throw error
    return this.#real.describe(prefix)
  }
}

export const forbidden = (): Error => Object.assign(new Error('403 (made by the test)'), { code: 403 })
