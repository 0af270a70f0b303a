/** A WebP picture tells its size and whether it moves within this many bytes. */
export const WEBP_WITHIN_BYTES = 30

/** What stickers have to be. */
export const WEBP = 'image/webp'

const word = (head: Buffer, at: number): string => head.toString('latin1', at, at + 4)

/** Returns whether a file that begins like this is a WebP picture. */
export const isWebp = (head: Buffer): boolean => word(head, 0) === 'RIFF' && word(head, 8) === 'WEBP'

export interface WebpFacts {
  /** In pixels; null where it is not known. */
  readonly size: { readonly width: number; readonly height: number } | null
  readonly isAnimated: boolean
}

/** The first chunk of a picture with transparency or motion, by Google's "WebP Container Specification". Others begin with the picture itself. */
const EXTENDED = 'VP8X'
const LOSSLESS = 'VP8L'
const LOSSY = 'VP8 '

const MOVES = 0x02

/** Reads the beginning of a WebP picture. */
export function factsOfWebp(head: Buffer): WebpFacts {
  if (!isWebp(head) || head.length < WEBP_WITHIN_BYTES) return { size: null, isAnimated: false }
  const kind = word(head, 12)
  if (kind === EXTENDED) {
    const isAnimated = (head.readUInt8(20) & MOVES) !== 0
    return { size: { width: head.readUIntLE(24, 3) + 1, height: head.readUIntLE(27, 3) + 1 }, isAnimated }
  }
  if (kind === LOSSLESS) {
    const bits = head.readUInt32LE(21)
    return { size: { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }, isAnimated: false }
  }
  if (kind !== LOSSY) return { size: null, isAnimated: false }
  return { size: { width: head.readUInt16LE(26) & 0x3fff, height: head.readUInt16LE(28) & 0x3fff }, isAnimated: false }
}
