import { keyOfVersion } from '../platform/kms-names.ts'
import type { KeyWrapping, WrappedKey } from './key-wrapping.ts'

/** Cloud KMS wraps. What a key of the environment wrapped before opens with that one, as long as the process has it. */
export class KmsBesideKeys implements KeyWrapping {
  readonly #kms: KeyWrapping
  readonly #keys: KeyWrapping

  constructor(kms: KeyWrapping, keys: KeyWrapping) {
    this.#kms = kms
    this.#keys = keys
  }

  currentAt(place: string): Promise<string> {
    return this.#kms.currentAt(place)
  }

  wrap(dataKey: Buffer, place: string): Promise<WrappedKey> {
    return this.#kms.wrap(dataKey, place)
  }

  unwrap(wrapped: Uint8Array, wrappedBy: string, place: string): Promise<Buffer> {
    return (keyOfVersion(wrappedBy) === null ? this.#keys : this.#kms).unwrap(wrapped, wrappedBy, place)
  }
}
