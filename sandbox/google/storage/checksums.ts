import { createHash } from 'node:crypto'

const castagnoli = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1
  return value >>> 0
})

/** CRC-32C as Cloud Storage writes it: big-endian, base64. (node:zlib has CRC-32 only, another polynomial.) */
export function crc32c(data: Uint8Array): string {
  let crc = 0xffffffff
  for (const byte of data) crc = (castagnoli[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8)
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(~crc >>> 0)
  return bytes.toString('base64')
}

export const md5 = (data: Uint8Array): string => createHash('md5').update(data).digest('base64')
