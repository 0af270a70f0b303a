import { createHash } from 'node:crypto'
import { z } from 'zod'
import { parseStored } from '@holdfast/core/documents/parse'
import type { CheckpointPointer } from '@holdfast/core/documents/session-document'
import type { SessionCipher } from '@holdfast/core/envelope'
import { HoldfastError, isHoldfastError } from '@holdfast/core/errors'
import { checkpointName } from '@holdfast/core/ids'
import type { ObjectStore } from '@holdfast/core/ports'
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
  /** The last record that the image contains, and its hash: where the journal goes on. */
  seq: z.number().int().positive(),
  hash: z.string(),
  epoch: z.number().int().positive(),
  keyVersion: z.number().int().positive(),
})

const imageSchema = z.object({
  keys: z.record(z.string(), z.record(z.string(), z.string())),
  creds: z.string().optional(),
})

export interface Checkpoint {
  readonly image: StateImage
  readonly from: ReadFrom
}

/** The state of a session right after a record, ready to be written. */
export interface Cut {
  readonly sequence: number
  readonly hash: string
  readonly epoch: number
  readonly image: Mutation
}

/** Writes the object, reads it back and opens it; only then is there a pointer to be had. */
export async function writeCheckpoint(objects: ObjectStore, cipher: SessionCipher, cut: Cut): Promise<CheckpointPointer> {
  const header = {
    v: 1,
    sessionId: cipher.sessionId,
    seq: cut.sequence,
    hash: cut.hash,
    epoch: cut.epoch,
    keyVersion: cipher.currentVersion,
  }
  const head = JSON.stringify(header)
  const sealed = cipher.seal('checkpoint', encodePacked(JSON.stringify(cut.image)), head)
  const bytes = Buffer.concat([Buffer.from(`${head}\n`), sealed])
  const name = checkpointName(cipher.sessionId, cut.sequence, cut.epoch)
  const place = { object: name, seq: cut.sequence, epoch: cut.epoch }
  let pointer: CheckpointPointer
  try {
    const { generation } = await objects.create(name, bytes)
    pointer = { ...place, generation, sha256: sha256(bytes) }
  } catch (error) {
    // An earlier attempt at the same record got this far. What it wrote is verified like our own.
    const stored = isHoldfastError(error, 'already-exists') ? await objects.read(name) : null
    if (!stored) throw error
    pointer = { ...place, generation: stored.generation, sha256: sha256(stored.bytes) }
  }
  await readCheckpoint(objects, cipher, pointer)
  return pointer
}

/** Throws `checkpoint-corrupt` when the object is missing, altered, or not the one that the pointer names. */
export async function readCheckpoint(
  objects: ObjectStore,
  cipher: SessionCipher,
  pointer: CheckpointPointer,
): Promise<Checkpoint> {
  const stored = await objects.read(pointer.object, pointer.generation)
  if (!stored) throw corrupt(pointer, 'is missing')
  if (sha256(stored.bytes) !== pointer.sha256) throw corrupt(pointer, 'was altered')
  const end = stored.bytes.indexOf(0x0a)
  if (end < 0) throw corrupt(pointer, 'has no header')
  const head = stored.bytes.subarray(0, end).toString()
  try {
    const header = parseStored(headerSchema, JSON.parse(head), pointer.object)
    if (header.seq !== pointer.seq || header.sessionId !== cipher.sessionId) throw corrupt(pointer, 'belongs to another place')
    const packed = cipher.open('checkpoint', stored.bytes.subarray(end + 1), head, header.keyVersion)
    const { keys, creds } = parseStored(imageSchema, decodePacked(packed), pointer.object)
    const image = new StateImage()
    image.apply({ keys, ...(creds === undefined ? {} : { creds }) })
    return { image, from: { sequence: header.seq, hash: header.hash } }
  } catch (cause) {
    throw corrupt(pointer, 'cannot be opened', cause)
  }
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

const corrupt = (pointer: CheckpointPointer, what: string, cause?: unknown): HoldfastError =>
  new HoldfastError('checkpoint-corrupt', `The checkpoint ${pointer.object} ${what}.`, { cause })
