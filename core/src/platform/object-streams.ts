/** A part of an object: from byte `start` to before byte `end`. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/** Bytes that come piece by piece. */
export type Bytes = AsyncIterable<Uint8Array>

/**
 * Objects too large for memory, under names that are used once. A port of its own, because only media are that large.
 *
 * Errors are those of `ObjectStore`.
 */
export interface ObjectStreams {
  /**
   * Creates the object; throws `already-exists` when the name is taken. When `bytes` throws, there is no object, and this throws the same.
   * Each part is the store's, which may `release` it.
   */
  createFrom(name: string, bytes: Bytes): Promise<void>
  /** The number of bytes; null only when the store says that the object does not exist. */
  sizeOf(name: string): Promise<number | null>
  /** The bytes of an existing object. Throws while they are read when it does not exist. Each part is the reader's, who may `release` it. */
  readRange(name: string, range: ByteRange): Bytes
  /** The names of objects that begin like this and were created before a time, some at a time. */
  createdBefore(prefix: string, time: Date): AsyncIterable<string>
  /** Removes the object. A missing one is no error. */
  remove(name: string): Promise<void>
}
