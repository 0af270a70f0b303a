import type { SignalDataSet, SignalDataTypeMap } from '@whiskeysockets/baileys'
import type { KeyChanges, Mutation } from '@holdfast/core/journal/mutation'
import type { StateKind } from '@holdfast/core/journal/state-kinds'
import type { StateImage } from '@holdfast/core/journal/state-image'
import { decodeValue, encodeValue } from './codec.ts'

export type Changes = { [Kind in StateKind]?: Record<string, string | null> }

/** Puts a mutation into the journal, with the other content of its record. */
type Commit = (mutation: Mutation) => void

/** Changes that are committed together. `commit` puts them into the journal; with null the key store does. */
interface Written {
  readonly changes: Changes
  readonly commit: Commit | null
}

/** Collects key changes for one mutation. Its own reads see them; other readers see them only after the commit. */
export class Transaction {
  readonly #image: StateImage
  #changes: Changes = {}
  #commit: Commit | null = null
  #isOver = false

  constructor(image: StateImage) {
    this.#image = image
  }

  get isOver(): boolean {
    return this.#isOver
  }

  get isEmpty(): boolean {
    return Object.keys(this.#changes).length === 0
  }

  get<Kind extends keyof SignalDataTypeMap>(kind: Kind, ids: readonly string[]): Record<string, SignalDataTypeMap[Kind]> {
    return readValues(this.#image, kind, ids, this.#changes[kind])
  }

  set(data: SignalDataSet): void {
    this.#add(encodeValues(data))
  }

  /**
   * Adds rows of our own to the mutation. `commit`, instead of the key store, gets the whole mutation and may add content to its
   * record. It is not called when the connection has ended before.
   */
  join(changes: KeyChanges, commit?: Commit): void {
    this.#add(changes)
    if (commit) this.#commit = commit
  }

  /** Its own changes of one kind. */
  changesOf(kind: StateKind): Readonly<Record<string, string | null>> {
    return this.#changes[kind] ?? {}
  }

  /** Returns the changes since the last call, and keeps those of the kind `kept`. */
  take(kept?: StateKind): Written {
    const { [kept ?? '']: held, ...changes } = this.#changes as Record<string, Record<string, string | null>>
    const written = { changes: changes as Changes, commit: this.#commit }
    this.#changes = kept && held ? { [kept]: held } : {}
    this.#commit = null
    return written
  }

  end(): void {
    this.#isOver = true
  }

  #add(changes: KeyChanges): void {
    if (this.#isOver) throw new Error('The transaction is over.')
    for (const [kind, values] of Object.entries(changes) as [StateKind, Record<string, string | null>][])
      Object.assign((this.#changes[kind] ??= {}), values)
  }
}

/** @param own a transaction's own changes of this kind, which take precedence over the image */
export function readValues<Kind extends keyof SignalDataTypeMap>(
  image: StateImage,
  kind: Kind,
  ids: readonly string[],
  own: Readonly<Record<string, string | null>> = {},
): Record<string, SignalDataTypeMap[Kind]> {
  const found: Record<string, unknown> = {}
  for (const id of ids) {
    const encoded = own[id] === undefined ? image.get(kind, id) : own[id]
    if (encoded !== undefined && encoded !== null) found[id] = decodeValue(kind, encoded)
  }
  return found as Record<string, SignalDataTypeMap[Kind]>
}

export function encodeValues(data: SignalDataSet): Changes {
  const encoded: Changes = {}
  for (const [kind, values] of Object.entries(data) as [keyof SignalDataTypeMap, Record<string, unknown> | undefined][]) {
    if (!values) continue
    const into: Record<string, string | null> = (encoded[kind] = {})
    for (const [id, value] of Object.entries(values))
      into[id] = value === null || value === undefined ? null : encodeValue(kind, value)
  }
  return encoded
}
