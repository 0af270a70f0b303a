import { createHash } from 'node:crypto'
import { z } from 'zod'
import { parseStored } from '../platform/parse.ts'
import type { CheckpointPointer } from '../session/session-document.ts'
import type { SessionCipher } from '../security/envelope.ts'
import { type SessionKeyDocument, sessionKeyPath } from '../security/session-key-document.ts'
import { HoldfastError, isHoldfastError } from '../platform/errors.ts'
import { checkpointName } from '../session/ids.ts'
import type { ObjectStore, StoredObject } from '../platform/ports.ts'
import type { ReadFrom } from './journal-reader.ts'
import { decodePacked, encodePacked, type Mutation } from './mutation.ts'
import { StateImage } from './state-image.ts'

/**
 * PERSISTED CONTRACT v1: a checkpoint object. One line of JSON (the header, readable), a line feed, then the sealed image.
 * Objects are immutable; their name carries the record number and the epoch they were cut at, and is used once.
 */
const headerSchema = z.object({
  v: z.literal(1),
  sessionId: z.string(),
  /** The last record that the image contains, and its hash: the journal continues there. */
  seq: z.number().int().positive(),
  hash: z.string(),
  epoch: z.number().int().positive(),
  keyVersion: z.number().int().positive(),
  /** The wrapped data keys (base64), for the case that Firestore is lost. Objects of earlier versions have none. */
  keys: z
    .object({
      current: z.number().int().positive(),
      keys: z.record(z.string().regex(/^\d+$/), z.object({ wrapped: z.base64(), wrappedBy: z.string() })),
    })
    .optional(),
})

const imageSchema = z.object({
  keys: z.record(z.string(), z.record(z.string(), z.string())),
  creds: z.string().optional(),
})

export interface Checkpoint {
  readonly image: StateImage
  /** The point where the journal continues. */
  readonly from: ReadFrom
  readonly epoch: number
  /** The data key that sealed it. */
  readonly keyVersion: number
}

/** The state of a session right after one record, ready to be written. */
export interface Cut {
  readonly sequence: number
  readonly hash: string
  readonly epoch: number
  readonly image: Mutation
  /** The data key that seals the object, and everything after it. Absent: the one that seals now. */
  readonly keyVersion?: number
}

/** A checkpoint that was read back and opened. */
export interface WrittenCheckpoint {
  readonly pointer: CheckpointPointer
  /** Size of the object. */
  readonly bytes: number
  /** The data key that sealed it: that of the cut, or of an earlier attempt. */
  readonly keyVersion: number
}

/** Writes the object, reads it back and opens it. Returns the pointer only after that. */
export const writeCheckpoint = async (objects: ObjectStore, cipher: SessionCipher, cut: Cut): Promise<CheckpointPointer> =>
  (await storeCheckpoint(objects, cipher, cut)).pointer

/** As `writeCheckpoint`, and tells the size of the object. */
export async function storeCheckpoint(objects: ObjectStore, cipher: SessionCipher, cut: Cut): Promise<WrittenCheckpoint> {
  const { keyVersion = cipher.currentVersion } = cut
  const header = {
    v: 1,
    sessionId: cipher.sessionId,
    seq: cut.sequence,
    hash: cut.hash,
    epoch: cut.epoch,
    keyVersion,
    ...(cipher.wrapped ? { keys: keysInHeader({ ...cipher.wrapped, current: keyVersion }) } : {}),
  }
  const head = JSON.stringify(header)
  const sealed = cipher.seal('checkpoint', encodePacked(JSON.stringify(cut.image)), head, keyVersion)
  const bytes = Buffer.concat([Buffer.from(`${head}\n`), sealed])
  const name = checkpointName(cipher.sessionId, cut.sequence, cut.epoch)
  const place = { object: name, seq: cut.sequence, epoch: cut.epoch }
  let pointer: CheckpointPointer
  let size = bytes.length
  let sealedWith = keyVersion
  try {
    const { generation } = await objects.create(name, bytes)
    pointer = { ...place, generation, sha256: sha256(bytes) }
  } catch (error) {
    // An earlier attempt at the same record wrote the object. It is verified like a new one.
    const stored = isHoldfastError(error, 'already-exists') ? await objects.read(name) : null
    if (!stored) throw error
    // A database that was set back gives a number twice. What another log left under the name is not this state.
    const earlier = open(stored.bytes, cipher, name)
    if (earlier.from.hash !== cut.hash) throw corrupt(name, 'belongs to another log')
    sealedWith = earlier.keyVersion
    pointer = { ...place, generation: stored.generation, sha256: sha256(stored.bytes) }
    size = stored.bytes.length
  }
  await readCheckpoint(objects, cipher, pointer)
  return { pointer, bytes: size, keyVersion: sealedWith }
}

/**
 * @throws HoldfastError `checkpoint-corrupt` when the object is missing, altered, or not the one that the pointer names;
 * `unknown-version` when a later program wrote it; `data-key-missing` when the session's keys are from before the one that sealed it.
 */
export async function readCheckpoint(
  objects: ObjectStore,
  cipher: SessionCipher,
  pointer: CheckpointPointer,
): Promise<Checkpoint> {
  const stored = await readPointed(objects, pointer)
  if (!stored) throw corrupt(pointer.object, 'is missing')
  if (sha256(stored.bytes) !== pointer.sha256) throw corrupt(pointer.object, 'was altered')
  requireItsKey(stored.bytes, cipher, pointer.object)
  const checkpoint = open(stored.bytes, cipher, pointer.object)
  if (checkpoint.from.sequence !== pointer.seq) throw corrupt(pointer.object, 'belongs to another place')
  return checkpoint
}

/**
 * The object is whole, as its hash says. Without its key it is no damage: whoever took it for damage would give up what it has, and the
 * number of its key would be used for another one.
 */
function requireItsKey(bytes: Buffer, cipher: SessionCipher, name: string): void {
  const keyVersion = keyVersionIn(bytes)
  if (keyVersion === null || cipher.has(keyVersion)) return
  const place = sessionKeyPath(cipher.sessionId)
  throw new HoldfastError('data-key-missing', `${name} is sealed with data key ${keyVersion}, which ${place} lacks.`, {
    advice: `Bring a newer ${place} back: that key is wrapped in the header of the object, too.`,
  })
}

/** Null for a header that cannot be read. */
function keyVersionIn(bytes: Buffer): number | null {
  try {
    return headerSchema.parse(JSON.parse(bytes.subarray(0, bytes.indexOf(0x0a)).toString())).keyVersion
  } catch {
    return null
  }
}

/** An object that an operator has brought back has another generation. The hash tells whether it is the same. */
const readPointed = async (objects: ObjectStore, { object, generation }: CheckpointPointer): Promise<StoredObject | null> =>
  (await objects.read(object, generation)) ?? objects.read(object)

/** Reads a checkpoint without a pointer and returns it with the pointer that fits. Its seal alone verifies it. */
export async function readUnpointed(
  objects: ObjectStore,
  cipher: SessionCipher,
  name: string,
): Promise<{ checkpoint: Checkpoint; pointer: CheckpointPointer }> {
  const stored = await objects.read(name)
  if (!stored) throw corrupt(name, 'is missing')
  const checkpoint = open(stored.bytes, cipher, name)
  const pointer = {
    object: name,
    generation: stored.generation,
    sha256: sha256(stored.bytes),
    seq: checkpoint.from.sequence,
    epoch: checkpoint.epoch,
  }
  return { checkpoint, pointer }
}

/**
 * The wrapped data keys in the header of a checkpoint. Null when it has none. Nothing proves them before the checkpoint was opened with
 * them, which covers its header.
 *
 * @throws HoldfastError `checkpoint-corrupt` when the header cannot be read
 */
export function wrappedKeysIn(bytes: Buffer, name: string): SessionKeyDocument | null {
  const end = bytes.indexOf(0x0a)
  if (end < 0) throw corrupt(name, 'has no header')
  try {
    const { keys } = parseStored(headerSchema, JSON.parse(bytes.subarray(0, end).toString()), name)
    if (!keys) return null
    const decoded = Object.entries(keys.keys).map(([version, { wrapped, wrappedBy }]) => {
      return [version, { wrapped: Buffer.from(wrapped, 'base64'), wrappedBy }] as const
    })
    return { v: 1, current: keys.current, keys: Object.fromEntries(decoded) }
  } catch (cause) {
    if (isHoldfastError(cause, 'unknown-version')) throw cause
    throw corrupt(name, 'has a header that cannot be read', cause)
  }
}

function keysInHeader({ current, keys }: SessionKeyDocument) {
  const encoded = Object.entries(keys).map(([version, { wrapped, wrappedBy }]) => {
    return [version, { wrapped: Buffer.from(wrapped).toString('base64'), wrappedBy }] as const
  })
  return { current, keys: Object.fromEntries(encoded) }
}

function open(bytes: Buffer, cipher: SessionCipher, name: string): Checkpoint {
  const end = bytes.indexOf(0x0a)
  if (end < 0) throw corrupt(name, 'has no header')
  const head = bytes.subarray(0, end).toString()
  try {
    const header = parseStored(headerSchema, JSON.parse(head), name)
    const isAtItsPlace =
      name === checkpointName(cipher.sessionId, header.seq, header.epoch) && header.sessionId === cipher.sessionId
    if (!isAtItsPlace) throw corrupt(name, 'belongs to another place')
    const packed = cipher.open('checkpoint', bytes.subarray(end + 1), head, header.keyVersion)
    const { keys, creds } = parseStored(imageSchema, decodePacked(packed), name)
    const image = new StateImage()
    image.apply({ keys, ...(creds === undefined ? {} : { creds }) })
    return { image, from: { sequence: header.seq, hash: header.hash }, epoch: header.epoch, keyVersion: header.keyVersion }
  } catch (cause) {
    if (isHoldfastError(cause, 'unknown-version')) throw cause
    throw corrupt(name, 'cannot be opened', cause)
  }
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

const corrupt = (name: string, what: string, cause?: unknown): HoldfastError =>
  new HoldfastError('checkpoint-corrupt', `The checkpoint ${name} ${what}.`, { cause })
