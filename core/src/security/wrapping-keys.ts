import { HoldfastError } from '../platform/errors.ts'
import { WrappingKey } from './envelope.ts'
import { keyOfVersion } from '../platform/kms-names.ts'
import type { KeyWrapping, WrappedKey } from './key-wrapping.ts'

/** A wrapping key with the name that the operator gave it. */
export interface NamedKey {
  /** Empty for the one key of SESSION_ENCRYPTION_KEY. */
  readonly label: string
  /** 32 bytes. */
  readonly key: Buffer
}

/**
 * Several wrapping keys of the environment: the first one wraps, and each opens what it wrapped. Documents name a key by its id and
 * not by its label, so that the key of an earlier SESSION_ENCRYPTION_KEY goes on under any label.
 */
export class WrappingKeys implements KeyWrapping {
  readonly #current: WrappingKey | null
  readonly #byId: ReadonlyMap<string, WrappingKey>
  readonly #names: string

  /** Without keys it opens nothing and wraps nothing. */
  constructor(keys: readonly NamedKey[]) {
    const all = keys.map(({ label, key }) => ({ label, key: new WrappingKey(key) }))
    const [first] = all
    this.#current = first?.key ?? null
    this.#byId = new Map(all.map(({ key }) => [key.id, key]))
    this.#names = all.map(({ label, key }) => (label === '' ? key.id : `${key.id} (${label})`)).join(', ')
  }

  /** Names the current key in documents. Safe to show. */
  get id(): string {
    return this.#wrapping.id
  }

  async currentAt(): Promise<string> {
    return this.id
  }

  async wrap(dataKey: Buffer, place: string): Promise<WrappedKey> {
    return this.#wrapping.wrap(dataKey, place)
  }

  get #wrapping(): WrappingKey {
    if (this.#current) return this.#current
    throw new HoldfastError('bad-configuration', 'There is no wrapping key. Set SESSION_ENCRYPTION_KEY.')
  }

  async unwrap(wrapped: Uint8Array, wrappedBy: string, place: string): Promise<Buffer> {
    const key = this.#byId.get(wrappedBy)
    if (key) return key.unwrap(wrapped, wrappedBy, place)
    const have = this.#byId.size > 1 ? `the keys ${this.#names}` : this.#current ? `key ${this.#names}` : 'no such key'
    throw new HoldfastError('wrong-key', `${place} was wrapped by key ${wrappedBy}; this process has ${have}.`, {
      advice:
        keyOfVersion(wrappedBy) === null
          ? 'Set SESSION_ENCRYPTION_KEY to the key that was used when the session was created, or add that key at the end of SESSION_ENCRYPTION_KEYS.'
          : 'Set KMS_KEY to the key of Cloud KMS that wraps here, as for the other processes.',
    })
  }
}
