import type { ObjectStore, StoredObject } from '@holdfast/core/platform/ports'

/** A real ObjectStore that fails as a test says. */
export class FaultyObjects implements ObjectStore {
  readonly #real: ObjectStore
  /** Asked before each creation; what it returns is thrown. */
  refuseCreate: ((name: string) => Error | null) | null = null
  refuseRead: ((name: string) => Error | null) | null = null
  /** What is stored in the place of what was to be stored. */
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
}

export const forbidden = (): Error => Object.assign(new Error('403 (made by the test)'), { code: 403 })
