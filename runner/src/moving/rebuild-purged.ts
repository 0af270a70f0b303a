import type { Change, DocumentSnapshot } from '@holdfast/core/platform/ports'
import { sessionKeyPath } from '@holdfast/core/security/session-key-document'
import { checkpointFolder, placeOfCheckpoint, sessionNameOf, tenantOf } from '@holdfast/core/session/ids'
import { newSession } from '@holdfast/core/session/new-session'
import type { PurgeTombstone } from '@holdfast/core/session/purge-tombstone'
import { type Purge, type SessionDocument, sessionPath } from '@holdfast/core/session/session-document'
import type { MovingStores } from './new-owner.ts'

/** A session that Firestore does not know as purged, and whose tombstone says that it was. */
export interface Purged {
  readonly session: string
  readonly purgedAt: string
}

/** Whether the purge was the last thing that happened to the session: nobody has created one under its name since. */
export async function isOver(
  { objects }: Pick<MovingStores, 'objects'>,
  { sessionId, seq }: PurgeTombstone,
  session: SessionDocument | null,
): Promise<boolean> {
  if ((session?.journalHead ?? 0) > seq) return false
  const names = await objects.list(checkpointFolder(sessionId))
  return !names.some((name) => (placeOfCheckpoint(name)?.seq ?? 0) > seq)
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
  const keys = { v: 1, current: keyVersion, keys: {}, destroyed: { upTo: keyVersion, at, tombstone: { seq, epoch, hash } } }
  const path = sessionPath(sessionId)
  const changes: readonly Change[] = known
    ? [{ kind: 'update', path, fields, unlessChangedSince: known.snapshot }]
    : [
        { kind: 'create', path, fields: { ...newSession(tenantOf(sessionId), sessionNameOf(sessionId), 'offline'), ...fields } },
        { kind: 'create', path: sessionKeyPath(sessionId), fields: keys },
      ]
  await documents.commit(changes)
  return { session: sessionId, purgedAt: tombstone.at }
}
