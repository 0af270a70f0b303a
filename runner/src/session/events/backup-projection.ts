import { type BackupDocument, backupIdOf, backupPath } from '@holdfast/core/session/backup-document'
import { tenantOf } from '@holdfast/core/session/ids'
import type { Projection } from './projection.ts'

/** Writes `whatsapp_connection_states/{sessionId}/backups/{id}`. The owner has read the object back: it is good when it is made. */
export const backupDocument: Projection = (event, { sessionId }) => {
  if (event.type !== 'backup.made') return []
  const { checkpoint, why, note = null, isPinned = false, bytes, at, contents } = event.backup
  const id = backupIdOf(checkpoint.object)
  if (id === null) throw new Error(`${checkpoint.object} is no checkpoint.`)
  const fields: BackupDocument = {
    v: 1,
    tenant: tenantOf(sessionId),
    sessionId,
    ...checkpoint,
    bytes,
    at,
    why,
    note,
    isPinned,
    contents: { ...contents },
    verification: { state: 'good', at, code: null },
    removal: null,
  }
  return [{ kind: 'merge', path: backupPath(sessionId, id), fields }]
}
