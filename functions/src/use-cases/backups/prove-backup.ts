import { createHash } from 'node:crypto'
import { checkBackup } from '@holdfast/core/journal/check-backup'
import { readUnpointed } from '@holdfast/core/journal/checkpoint'
import { isDamage } from '@holdfast/core/platform/errors'
import { parseStored } from '@holdfast/core/platform/parse'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import { type BackupDocument, type BackupVerification, backupPath } from '@holdfast/core/session/backup-document'
import { placeOfCheckpoint, tenantOf } from '@holdfast/core/session/ids'
import { type SessionDocument, sessionDocumentSchema, sessionPath } from '@holdfast/core/session/session-document'
import type { Dependencies } from '../dependencies.ts'
import type { StoredBackup } from './stored-backups.ts'

type Needed = Pick<Dependencies, 'documents' | 'objects' | 'journals' | 'clock'>

interface Proof {
  readonly sessionId: string
  readonly cipher: SessionCipher
  readonly backup: StoredBackup
}

/**
 * Reads a backup back and writes down what that showed, in its document. A checkpoint without a document gets one. Returns the backup as it
 * is known then; null when neither object nor document is left, or when it was removed meanwhile.
 *
 * @throws the stores' errors when they do not answer, and `unknown-version` for a backup of a later version
 */
export async function proveBackup(needed: Needed, proof: Proof): Promise<StoredBackup | null> {
  const { documents, objects, journals, clock } = needed
  const { sessionId, cipher, backup } = proof
  const described = backup.document ?? (await describedBy(needed, proof))
  if (!described) return null
  const session = () => sessionNow(needed, sessionId)
  // What was read just now is what there is; only a document tells what there should be.
  const contents = backup.document && hasContents(backup.document) ? backup.document.contents : null
  const check = await checkBackup({ journals, objects, cipher, backup: { pointer: described, contents }, session })
  const verification: BackupVerification = { state: check.state, at: new Date(clock.now()), code: check.code }
  const document = { ...described, verification }
  const path = backupPath(sessionId, backup.id)
  if (check.state === 'failed' && backup.stored && (await isRemoved(needed, backup, path))) return null
  if (backup.document) await documents.commit([{ kind: 'update', path, fields: { verification } }])
  else await documents.commit([{ kind: 'create', path, fields: document }])
  return { ...backup, document }
}

/** Whether the nightly clean-up has removed the backup since it was listed. It removes the object first, then the document. */
async function isRemoved({ documents, objects }: Needed, { object, document }: StoredBackup, path: string): Promise<boolean> {
  return document ? (await documents.read(path)) === null : (await objects.read(object)) === null
}

const hasContents = ({ contents }: BackupDocument): boolean => Object.keys(contents).length > 0

/**
 * Describes an object that has no document. One that does not open is described by its bytes, and by the pointer that names it. One that is
 * gone is described by that pointer alone.
 */
export async function describedBy(
  { objects, documents, clock }: Pick<Needed, 'documents' | 'objects' | 'clock'>,
  { sessionId, cipher, backup }: Proof,
): Promise<BackupDocument | null> {
  const { object, stored } = backup
  const place = placeOfCheckpoint(object)
  const session = await sessionNow({ documents }, sessionId)
  const named = [session?.checkpoint, session?.previousCheckpoint].find((pointer) => pointer?.object === object)
  if (!place || (!stored && !named)) return null
  const common = {
    v: 1 as const,
    tenant: tenantOf(sessionId),
    sessionId,
    bytes: stored?.bytes ?? 0,
    at: stored?.createdAt ?? new Date(clock.now()),
    why: 'checkpoint',
    note: null,
    isPinned: false,
    verification: null,
    removal: null,
  }
  if (!stored) return named ? { ...common, ...named, contents: {} } : null
  try {
    const { checkpoint, pointer } = await readUnpointed(objects, cipher, object)
    return { ...common, ...(named ?? pointer), contents: checkpoint.image.counts() }
  } catch (error) {
    if (!isDamage(error)) throw error
  }
  const found = await objects.read(object)
  if (!found) return null
  const sha256 = createHash('sha256').update(found.bytes).digest('hex')
  return { ...common, ...(named ?? { object, generation: found.generation, sha256, ...place }), contents: {} }
}

export async function sessionNow({ documents }: Pick<Needed, 'documents'>, sessionId: string): Promise<SessionDocument | null> {
  const path = sessionPath(sessionId)
  const snapshot = await documents.read(path)
  return snapshot && parseStored(sessionDocumentSchema, snapshot.fields, path)
}
