import type { Change, DocumentSnapshot } from '@holdfast/core/platform/ports'
import { parseStored } from '@holdfast/core/platform/parse'
import { unlessChanged } from '@holdfast/core/platform/unless-changed'
import { newestVersion, sessionKeyDocumentSchema, sessionKeyPath } from '@holdfast/core/security/session-key-document'
import { checkpointFolder, sessionNameOf, tenantOf } from '@holdfast/core/session/ids'
import { newSession } from '@holdfast/core/session/new-session'
import { isSince, type PurgeTombstone } from '@holdfast/core/session/purge-tombstone'
import { type Purge, type SessionDocument, sessionPath } from '@holdfast/core/session/session-document'
import type { MovingStores } from './new-owner.ts'

/** A session that Firestore does not know as purged, and whose tombstone says that it was. */
export interface Purged {
  readonly session: string
  readonly purgedAt: string
}

/**
 * Whether the purge was the last thing that happened to the session. One that was created under its name since has other numbers, or is younger:
 * it may not have a record yet, or be of a new Firestore, whose numbers begin at 1.
 */
export async function isOver(
  { objects }: Pick<MovingStores, 'objects'>,
  tombstone: PurgeTombstone,
  session: SessionDocument | null,
): Promise<boolean> {
  if (session && session.journalHead > tombstone.seq) return false
  // A purge that has begun is this one, which a rebuild before had go on.
  if (session && !session.purge?.begunAt && session.createdAt.getTime() > Date.parse(tombstone.at)) return false
  const objectsOfIt = await objects.describe(checkpointFolder(tombstone.sessionId))
  return !objectsOfIt.some((one) => isSince(tombstone, one))
}

/**
 * Has a purge go on that Firestore has forgotten: the session is hidden and stopped, its numbers go on behind those of the purge, and the
 * next night removes what is left of it. Nobody can take that back.
 */
export async function goOnWithPurge(
  { documents, clock }: Pick<MovingStores, 'documents' | 'clock'>,
  tombstone: PurgeTombstone,
  known: { readonly session: SessionDocument; readonly snapshot: DocumentSnapshot } | null,
): Promise<Purged> {
  const { sessionId, seq, epoch, hash, keyVersion, requestedBy } = tombstone
  const now = new Date(clock.now())
  const at = new Date(tombstone.at)
  const purge: Purge = {
    phase: 'waiting',
    requestedAt: at,
    requestedBy,
    dueAt: now,
    begunAt: at,
    actions: null,
    destroyedAt: null,
    device: 'not-reachable',
    doneAt: null,
  }
  const fields = {
    wanted: 'offline',
    isRemoved: true,
    purge,
    journalHead: seq,
    epoch: Math.max(epoch, known?.session.epoch ?? 0),
  }
  const [path, keyPath] = [sessionPath(sessionId), sessionKeyPath(sessionId)]
  const stored = known && (await documents.read(keyPath))
  // A Firestore from before two purges has an older version, which the next session must not get again.
  const upTo = Math.max(keyVersion, stored ? newestVersion(parseStored(sessionKeyDocumentSchema, stored.fields, keyPath)) : 0)
  const keys = { v: 1, current: upTo, keys: {}, destroyed: { upTo, at, tombstone: { seq, epoch, hash } } }
  const made = { ...newSession(tenantOf(sessionId), sessionNameOf(sessionId), 'offline'), ...fields }
  const change: Change = known
    ? { kind: 'update', path, fields, unlessChangedSince: known.snapshot }
    : { kind: 'create', path, fields: made }
  await documents.commit([change, unlessChanged(keyPath, stored, keys)])
  return { session: sessionId, purgedAt: tombstone.at }
}
