import { z } from 'zod'
import { HoldfastError, isHoldfastError } from '../platform/errors.ts'
import { parseStored } from '../platform/parse.ts'
import type { ObjectStore } from '../platform/ports.ts'
import type { SessionCipher } from '../security/envelope.ts'
import { archiveName } from '../session/ids.ts'
import { decodePacked, encodePacked } from './mutation.ts'

/**
 * PERSISTED CONTRACT v1: an archive object, Signal records that clean-up moved out of the state. One line of JSON (the header, readable),
 * a line feed, then the sealed records. Objects are immutable, and their name is used once. The seal covers the header in every version: it tells
 * what a later version wrote from what was altered.
 */
const headerSchema = z.object({
  v: z.literal(1),
  sessionId: z.string(),
  seq: z.number().int().nonnegative(),
  epoch: z.number().int().positive(),
  keyVersion: z.number().int().positive(),
})

const recordsSchema = z.record(z.string(), z.record(z.string(), z.string()))

/** Values as the image has them, by kind and id. */
export type ArchivedValues = Readonly<Record<string, Readonly<Record<string, string>>>>

/** The record of the journal at which an archive object was written. It names the object. */
export interface ArchivePlace {
  readonly seq: number
  readonly epoch: number
}

/**
 * Writes the object, reads it back, opens it and compares it. Resolves only after that.
 *
 * @throws HoldfastError `already-exists` when the name is taken; `backup-failed` when other bytes came back.
 */
export async function writeArchive(
  objects: ObjectStore,
  cipher: SessionCipher,
  place: ArchivePlace,
  values: ArchivedValues,
): Promise<void> {
  const header = { v: 1, sessionId: cipher.sessionId, seq: place.seq, epoch: place.epoch, keyVersion: cipher.currentVersion }
  const head = JSON.stringify(header)
  const packed = JSON.stringify(values)
  const sealed = cipher.seal('archive', encodePacked(packed), head)
  const name = archiveName(cipher.sessionId, place)
  await objects.create(name, Buffer.concat([Buffer.from(`${head}\n`), sealed]))
  if (JSON.stringify(await readArchive(objects, cipher, place)) === packed) return
  throw new HoldfastError('backup-failed', `The archive ${name} holds other records than were written.`)
}

/**
 * @throws HoldfastError `archive-damaged` when the object is missing, altered or not the one of its name; `unknown-version` when a
 * later program certainly wrote it; other errors when the store did not answer.
 */
export async function readArchive(objects: ObjectStore, cipher: SessionCipher, place: ArchivePlace): Promise<ArchivedValues> {
  const name = archiveName(cipher.sessionId, place)
  const stored = await objects.read(name)
  if (!stored) throw damaged(name, 'is missing')
  const end = stored.bytes.indexOf(0x0a)
  if (end < 0) throw damaged(name, 'has no header')
  const head = stored.bytes.subarray(0, end).toString()
  try {
    const header = parseStored(headerSchema, JSON.parse(head), name)
    const isAtItsPlace = header.sessionId === cipher.sessionId && header.seq === place.seq && header.epoch === place.epoch
    if (!isAtItsPlace) throw damaged(name, 'belongs to another place')
    const packed = cipher.open('archive', stored.bytes.subarray(end + 1), head, header.keyVersion)
    return parseStored(recordsSchema, decodePacked(packed), name)
  } catch (cause) {
    if (isHoldfastError(cause, 'unknown-version') && isSealedSo(stored.bytes.subarray(end + 1), cipher, head)) throw cause
    throw damaged(name, 'cannot be opened', cause)
  }
}

/** Whether the header is as it was written. Its version alone may have been altered, and nobody should wait for a later program then. */
function isSealedSo(sealed: Buffer, cipher: SessionCipher, head: string): boolean {
  const { keyVersion } = headerSchema.partial().omit({ v: true }).catch({}).parse(JSON.parse(head))
  try {
    cipher.open('archive', sealed, head, keyVersion ?? cipher.currentVersion)
    return true
  } catch {
    return false
  }
}

const damaged = (name: string, what: string, cause?: unknown): HoldfastError =>
  new HoldfastError('archive-damaged', `The archive ${name} ${what}.`, { cause })
