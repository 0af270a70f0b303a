import { type BackupDocument, backupDocumentSchema, backupIdOf, backupsPath } from '@holdfast/core/session/backup-document'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import { parseUnlessDamaged } from '@holdfast/core/platform/parse'
import type { ListedObject } from '@holdfast/core/platform/ports'
import { checkpointFolder } from '@holdfast/core/session/ids'
import type { Dependencies } from '../dependencies.ts'

/** A backup, by its object, its document, or both. */
export interface StoredBackup {
  readonly id: string
  readonly object: string
  /** Null when only the document is left. */
  readonly stored: ListedObject | null
  /** Null for a checkpoint that nobody asked for. */
  readonly document: BackupDocument | null
}

/** Returns all backups of a session, the newest first: every checkpoint that is kept can be restored. */
export async function storedBackups(
  { documents, objects, logger }: Pick<Dependencies, 'documents' | 'objects' | 'logger'>,
  sessionId: string,
): Promise<StoredBackup[]> {
  const [listed, found] = await Promise.all([
    objects.describe(checkpointFolder(sessionId)),
    documents.query({ collection: backupsPath(sessionId) }),
  ])
  const described = new Map<string, BackupDocument>()
  for (const snapshot of found) {
    const document = parseUnlessDamaged(backupDocumentSchema, snapshot)
    if (isHoldfastError(document)) logger.error({ error: document, backup: snapshot.id }, 'The document of a backup is damaged.')
    else described.set(snapshot.id, document)
  }
  const backups = new Map<string, StoredBackup>()
  for (const stored of listed) {
    const id = backupIdOf(stored.name)
    if (id !== null) backups.set(id, { id, object: stored.name, stored, document: described.get(id) ?? null })
  }
  for (const [id, document] of described) {
    if (!backups.has(id)) backups.set(id, { id, object: document.object, stored: null, document })
  }
  return [...backups.values()].toSorted((one, other) => (one.id < other.id ? 1 : -1))
}
