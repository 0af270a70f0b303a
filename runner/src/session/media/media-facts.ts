import { isOggOpus, OPUS_WITHIN_BYTES } from '@holdfast/core/message/ogg-opus'
import { factsOfWebp, isWebp, WEBP, WEBP_WITHIN_BYTES } from '@holdfast/core/message/webp'
import type { UploadedMedia } from '@holdfast/core/message/uploaded-media'
import type { ByteRange, Bytes } from '@holdfast/core/platform/object-streams'

type Facts = Pick<UploadedMedia, 'seconds' | 'size' | 'isAnimated'>

/** The beginning of a picture has its size, the end of an Ogg file its length. */
const LOOKED_AT_BYTES = 64 * 1024

const NOTHING: Facts = { seconds: null, size: null }

/** Reads what a phone wants to know of a file before it has the file. Null for what cannot be read; nothing depends on it. */
export async function factsOf(mimetype: string, bytes: number, read: (range: ByteRange) => Bytes): Promise<Facts> {
  if (/^image\/(jpeg|png)/.test(mimetype)) {
    return { ...NOTHING, size: sizeOfPicture(await whole(read({ start: 0, end: Math.min(bytes, LOOKED_AT_BYTES) }))) }
  }
  if (mimetype === WEBP) {
    const { size, isAnimated } = factsOfWebp(await whole(read({ start: 0, end: Math.min(bytes, WEBP_WITHIN_BYTES) })))
    return { ...NOTHING, size, ...(isAnimated ? { isAnimated } : {}) }
  }
  if (!mimetype.startsWith('audio/ogg')) return NOTHING
  return { ...NOTHING, seconds: secondsOfOgg(await whole(read({ start: Math.max(0, bytes - LOOKED_AT_BYTES), end: bytes }))) }
}

async function whole(bytes: Bytes): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const part of bytes) parts.push(part)
  return Buffer.concat(parts)
}

/** Returns whether a file is what WhatsApp's voice messages are, whatever its sender calls it. */
export async function isVoiceAlready(bytes: number, read: (range: ByteRange) => Bytes): Promise<boolean> {
  return isOggOpus(await whole(read({ start: 0, end: Math.min(bytes, OPUS_WITHIN_BYTES) })))
}

/** Returns whether a file is what WhatsApp's stickers are. */
export async function isSticker(bytes: number, read: (range: ByteRange) => Bytes): Promise<boolean> {
  return isWebp(await whole(read({ start: 0, end: Math.min(bytes, WEBP_WITHIN_BYTES) })))
}

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47])

export function sizeOfPicture(head: Buffer): Facts['size'] {
  if (head.length >= 24 && head.subarray(0, 4).equals(PNG)) return { width: head.readUInt32BE(16), height: head.readUInt32BE(20) }
  if (head.length < 4 || head.readUInt16BE(0) !== 0xffd8) return null
  for (let at = 2; at + 9 < head.length;) {
    const marker = head.readUInt16BE(at)
    // The frame of a JPEG; 0xffc4, 0xffc8 and 0xffcc are tables.
    if (marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker)) {
      return { width: head.readUInt16BE(at + 7), height: head.readUInt16BE(at + 5) }
    }
    if (marker < 0xff00) return null
    at += 2 + head.readUInt16BE(at + 2)
  }
  return null
}

const OPUS_PER_SECOND = 48_000

/** The position in the last page of an Ogg file with Opus counts samples at 48 kHz. */
export function secondsOfOgg(tail: Buffer): number | null {
  const at = tail.lastIndexOf('OggS')
  if (at < 0 || at + 14 > tail.length) return null
  const samples = tail.readBigInt64LE(at + 6)
  return samples > 0n ? Math.max(1, Math.round(Number(samples) / OPUS_PER_SECOND)) : null
}
