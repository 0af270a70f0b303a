import type { Bytes } from '@holdfast/core/platform/object-streams'
import { MediumLost } from '../../whatsapp/media.ts'

/** Refuses a medium whose sender says that it is larger. What the sender says may be wrong: see `upTo`. */
export function assertFits(bytes: number | null, mostBytes: number): void {
  if (bytes !== null && bytes > mostBytes) throw new MediumLost('too-large')
}

/**
 * Passes the bytes on, and counts them.
 *
 * @throws MediumLost `too-large` while they are read
 */
export async function* upTo(mostBytes: number, bytes: Bytes, onBytes: (all: number) => void): AsyncGenerator<Uint8Array> {
  let all = 0
  for await (const part of bytes) {
    all += part.length
    assertFits(all, mostBytes)
    onBytes(all)
    yield part
  }
}
