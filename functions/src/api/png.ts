import { crc32, deflateSync } from 'node:zlib'

/** Draws a QR code as a PNG of one bit a pixel. */

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

/** Pixels of one module: what a phone reads well from a screen. */
const SCALE = 6

/** `modules` are the rows of the code, true for dark, with their margin. */
export function pngOf(modules: readonly (readonly boolean[])[]): Buffer {
  const width = (modules[0]?.length ?? 0) * SCALE
  const height = modules.length * SCALE
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  // One bit for each pixel, grey. The rest is 0: the usual compression, filter and order.
  header[8] = 1
  const rows = modules.flatMap((row) => Array<Buffer>(SCALE).fill(rowOf(row)))
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** A byte for the filter, and 8 pixels in each byte; 1 is white. */
function rowOf(row: readonly boolean[]): Buffer {
  const pixels = row.flatMap((isDark) => Array<boolean>(SCALE).fill(isDark))
  const bytes = Buffer.alloc(1 + Math.ceil(pixels.length / 8))
  for (const [place, isDark] of pixels.entries()) {
    const index = 1 + Math.floor(place / 8)
    if (!isDark) bytes[index] = (bytes[index] ?? 0) | (0x80 >> (place % 8))
  }
  return bytes
}

function chunk(type: string, data: Buffer): Buffer {
  const content = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  const checksum = Buffer.alloc(4)
  checksum.writeUInt32BE(crc32(content))
  return Buffer.concat([length, content, checksum])
}
