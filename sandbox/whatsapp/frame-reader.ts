// Cuts a client's byte stream into frames: an introduction, then `[length: 3 bytes][payload]` repeatedly.
import { NOISE_WA_HEADER } from '@whiskeysockets/baileys'

const EDGE_ROUTING_MARK = 'ED'

const length24 = (bytes: Buffer, at: number): number => bytes.readUIntBE(at, 3)

export const frame = (payload: Uint8Array): Buffer => {
  const head = Buffer.alloc(3)
  head.writeUIntBE(payload.byteLength, 0, 3)
  return Buffer.concat([head, payload])
}

export class FrameReader {
  #rest: Buffer = Buffer.alloc(0)
  #introduced = false

  read(data: Buffer): Buffer[] {
    this.#rest = this.#rest.length === 0 ? data : Buffer.concat([this.#rest, data])
    if (!this.#introduced) this.#readIntroduction()
    const frames: Buffer[] = []
    while (this.#introduced && this.#rest.length >= 3) {
      const end = 3 + length24(this.#rest, 0)
      if (this.#rest.length < end) break
      frames.push(this.#rest.subarray(3, end))
      this.#rest = this.#rest.subarray(end)
    }
    return frames
  }

  /** Skips the routing information that a client may send before the four bytes that every client begins with. */
  #readIntroduction(): void {
    const routed = this.#rest.toString('latin1', 0, 2) === EDGE_ROUTING_MARK
    if (routed && this.#rest.length < 7) return
    const start = routed ? 7 + length24(this.#rest, 4) : 0
    if (this.#rest.length < start + 4) return
    const mark = this.#rest.subarray(start, start + 3)
    if (!mark.equals(NOISE_WA_HEADER.subarray(0, 3))) throw new Error('the first bytes are not those of a WhatsApp client')
    this.#rest = this.#rest.subarray(start + 4)
    this.#introduced = true
  }
}
