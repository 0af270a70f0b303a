import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { HoldfastError } from '../platform/errors.ts'
import type { ByteRange, Bytes, ObjectStreams } from '../platform/object-streams.ts'
import { release, spent } from '../platform/release.ts'
import type { SessionCipher } from './envelope.ts'

/**
 * Encryption of objects that are too large for memory: AES-256-GCM in chunks, under a key of the object's own, which is derived from
 * the session's data key and bound to the object's name. Each chunk is bound to its place, and the last one says that it is the last, so
 * that a cut, reordered or swapped object does not open.
 *
 * PERSISTED CONTRACT v1: a head of 19 bytes (0x01, the version of the data key in 2 bytes, 16 bytes of salt), then chunks of 65,536 bytes
 * and a tag of 16 each. The last chunk has 0 to 65,536 bytes. The nonce of a chunk is its number in 11 bytes, then 1 for the last one and 0
 * for others.
 */
const FORMAT = 1
const SALT_BYTES = 16
const HEAD_BYTES = 3 + SALT_BYTES
const CHUNK_BYTES = 64 * 1024
const TAG_BYTES = 16
const SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES

/** Seals bytes as they come, for the object of this name. */
export async function* sealedMedia(cipher: SessionCipher, name: string, plain: Bytes): AsyncGenerator<Buffer> {
  const salt = randomBytes(SALT_BYTES)
  const version = cipher.currentVersion
  const key = cipher.objectKey(name, salt, version)
  const head = Buffer.alloc(3)
  head[0] = FORMAT
  head.writeUInt16BE(version, 1)
  yield Buffer.concat([head, salt])
  let index = 0
  for await (const { piece, isLast } of inPieces(plain, CHUNK_BYTES)) yield sealedChunk(key, index++, isLast, piece)
}

/** An object that is opened piece by piece. */
export interface OpenedMedia {
  /** The number of bytes before sealing. */
  readonly bytes: number
  /**
   * Its bytes, all or a part. It reads only the chunks that it needs. Each part is the reader's, who may `release` it.
   *
   * @throws HoldfastError `cannot-decrypt` where they were altered
   */
  read(range?: ByteRange): AsyncGenerator<Buffer>
}

/** Opens the object of this name; null when the store says that it does not exist. */
export async function openMedia(objects: ObjectStreams, cipher: SessionCipher, name: string): Promise<OpenedMedia | null> {
  const size = await objects.sizeOf(name)
  if (size === null) return null
  if (size < HEAD_BYTES + TAG_BYTES) throw damaged(name)
  const chunks = Math.ceil((size - HEAD_BYTES) / SEALED_CHUNK_BYTES)
  const bytes = size - HEAD_BYTES - chunks * TAG_BYTES
  let key: Buffer | undefined
  const keyOfObject = async (): Promise<Buffer> => {
    const head = await whole(objects.readRange(name, { start: 0, end: HEAD_BYTES }))
    if (head[0] !== FORMAT || head.length !== HEAD_BYTES) throw damaged(name)
    return cipher.objectKey(name, head.subarray(3), head.readUInt16BE(1))
  }
  return {
    bytes,
    async *read({ start, end } = { start: 0, end: bytes }) {
      key ??= await keyOfObject()
      const first = Math.floor(start / CHUNK_BYTES)
      const afterLast = Math.min(chunks, Math.max(first + 1, Math.ceil(end / CHUNK_BYTES)))
      const from = HEAD_BYTES + first * SEALED_CHUNK_BYTES
      const to = Math.min(size, HEAD_BYTES + afterLast * SEALED_CHUNK_BYTES)
      let index = first
      for await (const { piece } of inPieces(spent(objects.readRange(name, { start: from, end: to })), SEALED_CHUNK_BYTES)) {
        const plain = openedChunk({ key, index, isLast: index === chunks - 1, sealed: piece, name })
        const offset = index * CHUNK_BYTES
        index++
        const wanted = plain.subarray(Math.max(0, start - offset), Math.max(0, end - offset))
        if (wanted.length > 0) yield wanted
      }
      // A store that ends early has to be noticed: each chunk by itself opens.
      if (index !== afterLast) throw damaged(name)
    },
  }
}

const nonceOf = (index: number, isLast: boolean): Buffer => {
  const nonce = Buffer.alloc(12)
  nonce.writeUIntBE(index, 5, 6)
  nonce[11] = isLast ? 1 : 0
  return nonce
}

function sealedChunk(key: Buffer, index: number, isLast: boolean, plain: Buffer): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonceOf(index, isLast))
  const ciphertext = cipher.update(plain)
  // A stream cipher keeps nothing back for its end.
  cipher.final()
  const sealed = Buffer.concat([ciphertext, cipher.getAuthTag()])
  release(ciphertext)
  return sealed
}

interface SealedChunk {
  readonly key: Buffer
  readonly index: number
  readonly isLast: boolean
  readonly sealed: Buffer
  readonly name: string
}

function openedChunk({ key, index, isLast, sealed, name }: SealedChunk): Buffer {
  if (sealed.length < TAG_BYTES) throw damaged(name)
  const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(index, isLast), { authTagLength: TAG_BYTES })
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES))
  try {
    const plain = decipher.update(sealed.subarray(0, -TAG_BYTES))
    decipher.final()
    return plain
  } catch (cause) {
    throw damaged(name, cause)
  }
}

const damaged = (name: string, cause?: unknown): HoldfastError =>
  new HoldfastError('cannot-decrypt', `The object ${name} does not open: altered, cut, or sealed for another place or key.`, {
    cause,
  })

/** A piece of a stream. It lies in the same memory as the next one. */
interface Piece {
  readonly piece: Buffer
  readonly isLast: boolean
}

/** Cuts a stream into pieces of one size. The last one may be shorter, or empty if there are no bytes at all. */
async function* inPieces(bytes: Bytes, size: number): AsyncGenerator<Piece> {
  const memory = Buffer.allocUnsafeSlow(size)
  let held = 0
  for await (const part of bytes) {
    for (let rest = part; rest.length > 0;) {
      // Only a further byte shows that this piece was not the last.
      if (held === size) {
        yield { piece: memory, isLast: false }
        held = 0
      }
      const some = rest.subarray(0, size - held)
      memory.set(some, held)
      held += some.length
      rest = rest.subarray(some.length)
    }
  }
  yield { piece: memory.subarray(0, held), isLast: true }
}

async function whole(bytes: Bytes): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const part of bytes) parts.push(part)
  return Buffer.concat(parts)
}
