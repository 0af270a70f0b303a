import type { Bytes } from './object-streams.ts'

/**
 * Gives the memory of bytes back at once, when nobody reads them any more. The garbage collector does not see how large the buffers of
 * ciphers and sockets are: it lets 64 MiB of them gather before it looks, and more while it works. A buffer that shares its memory with
 * others stays as it is, and so does an empty one, which may have been released before.
 */
export function release({ buffer, byteLength }: Uint8Array): void {
  if (byteLength > 0 && buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0)
}

/** Passes parts on and releases each one when the next is asked for: for a reader that is through with a part by then. */
export async function* spent(parts: Bytes): AsyncGenerator<Uint8Array> {
  for await (const part of parts) {
    yield part
    release(part)
  }
}
