/** A data key as it is stored. */
export interface WrappedKey {
  readonly wrapped: Buffer
  /** Tells which key wrapped it. Safe to show. */
  readonly wrappedBy: string
}

/**
 * Wraps the data keys of sessions and tenants. The wrapping keys themselves may lie in the environment of the process or at a
 * service, so that each call may take time and may fail. `place` is where the wrapped key will lie: it opens there only.
 */
export interface KeyWrapping {
  /** Returns the `wrappedBy` that `wrap` gives at this place now. What has another one is to be wrapped again. */
  currentAt(place: string): Promise<string>
  /** Wraps a data key with the current wrapping key. */
  wrap(dataKey: Buffer, place: string): Promise<WrappedKey>
  /**
   * Opens a data key that this or an earlier wrapping key wrapped.
   *
   * @throws HoldfastError `wrong-key` when this process does not have the key that wrapped it, `wrapping-key-unavailable` when the service of
   *   the key does not answer or the key cannot be used there, `data-key-damaged` when the bytes do not open with it
   */
  unwrap(wrapped: Uint8Array, wrappedBy: string, place: string): Promise<Buffer>
}

/** A wrapped key opens at the path of its own document only, and under its own version. */
export const wrapPlace = (path: string, version: number): string => `${path}/${version}`
