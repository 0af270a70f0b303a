import { z } from 'zod'
import { HoldfastError } from '../platform/errors.ts'
import { parseStored } from '../platform/parse.ts'
import type { ListedObject, ObjectStore } from '../platform/ports.ts'
import { placeOfCheckpoint, sequenceId } from './ids.ts'

/**
 * PERSISTED CONTRACT v1: `purges/{sessionId}/{seq, 20 digits}-{epoch, 10 digits}-{last day}.json` beside the checkpoints, written before the
 * data keys of a session are destroyed. It has no secret. When Firestore is lost before the checkpoints of the session are removed, it is all
 * that says that nobody wants them. Its name says until which day it is kept: a copy of the session may be left until then.
 */
const tombstoneSchema = z.object({
  v: z.literal(1),
  sessionId: z.string(),
  /** The record of the purge. A checkpoint after it is of a session that was created under the name since. */
  seq: z.number().int().positive(),
  epoch: z.number().int().positive(),
  hash: z.string(),
  /** Data keys up to this version are destroyed. */
  keyVersion: z.number().int().positive(),
  requestedBy: z.string(),
  at: z.iso.datetime(),
})

export type PurgeTombstone = z.infer<typeof tombstoneSchema>

export const TOMBSTONES = 'purges/'

/** What an owner of before has begun to upload may still arrive: so long the removal waits where there was one. */
export const OWNER_ENDS_MS = 60 * 60_000

const folderOf = (sessionId: string): string => `${TOMBSTONES}${sessionId}/`

const NAME = /^purges\/([^/]+)\/(\d{20})-(\d{10})-(\d{4}-\d\d-\d\d)\.json$/

/** The session of a tombstone, and when it may go. Null for an object that is none. */
export function tombstoneNamed(name: string): { readonly sessionId: string; readonly seq: number; readonly until: Date } | null {
  const [, sessionId, seq, , day] = NAME.exec(name) ?? []
  return sessionId && day ? { sessionId, seq: Number(seq), until: new Date(`${day}T23:59:59.999Z`) } : null
}

/** Writes the tombstone. One that is there already is of the same record, and stays. */
export async function writeTombstone(
  objects: Pick<ObjectStore, 'create'>,
  tombstone: PurgeTombstone,
  until: Date,
): Promise<void> {
  const { sessionId, seq, epoch } = tombstone
  const name = `${folderOf(sessionId)}${sequenceId(seq)}-${String(epoch).padStart(10, '0')}-${until.toISOString().slice(0, 10)}.json`
  try {
    await objects.create(name, Buffer.from(`${JSON.stringify(tombstone)}\n`))
  } catch (error) {
    if (!(error instanceof HoldfastError) || error.code !== 'already-exists') throw error
  }
}

/** Ids of the sessions of a tenant that have tombstones. */
export async function sessionsWithTombstones(objects: Pick<ObjectStore, 'list'>, tenant: string): Promise<string[]> {
  const names = await objects.list(`${TOMBSTONES}${tenant}.`)
  return [...new Set(names.flatMap((name) => tombstoneNamed(name)?.sessionId ?? []))]
}

/**
 * The last purge of a session. Null when it was never purged, or so long ago that no copy of it is left.
 *
 * @throws HoldfastError `bad-document` when the tombstone was altered: nobody may take that for a session that was never purged
 */
export async function lastTombstone(
  objects: Pick<ObjectStore, 'list' | 'read'>,
  sessionId: string,
): Promise<PurgeTombstone | null> {
  const name = (await objects.list(folderOf(sessionId))).filter((one) => tombstoneNamed(one)).at(-1)
  const found = name === undefined ? null : await objects.read(name)
  return found && name !== undefined ? parseStored(tombstoneSchema, jsonOf(found.bytes), name) : null
}

/** Whether a checkpoint is of a session that was created under the name since the purge, in this Firestore or in a new one. */
export function isSince({ seq, at }: PurgeTombstone, { name, createdAt }: Pick<ListedObject, 'name' | 'createdAt'>): boolean {
  return (placeOfCheckpoint(name)?.seq ?? 0) > seq || createdAt.getTime() > Date.parse(at) + OWNER_ENDS_MS
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString()) as unknown
  } catch {
    return null
  }
}
