import type { Fields } from '@holdfast/core/platform/ports'

/** A session whose records and objects are changed behind its owner's back. */
export interface Damageable {
  /** Replaces a record, or removes it. */
  write(seq: number, fields: Fields | null): Promise<void>
  /** Replaces an object, or removes it. With `inPlace` it keeps its generation, as a disk that fails would leave it. */
  replace(name: string, bytes: Buffer | null, how: { readonly inPlace: boolean }): Promise<void>
}
