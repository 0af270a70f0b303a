import { isHoldfastError } from '@holdfast/core/platform/errors'
import { BACKUP_ID } from '@holdfast/core/session/backup-document'
import { placeOfCheckpoint } from '@holdfast/core/session/ids'
import type { Principal } from '../../app/principal.ts'
import type { Dependencies } from '../dependencies.ts'
import { findSession, parseSessionUnlessDamaged } from '../find-session.ts'
import { Refusal } from '../refusal.ts'
import { type StoredBackup, storedBackups } from './stored-backups.ts'

type Needed = Pick<Dependencies, 'documents' | 'objects' | 'logger'>

/**
 * Lists the backups of a session, the newest first.
 *
 * @throws Refusal `unknown-session`
 */
export async function listBackups(dependencies: Needed, principal: Principal, name: string) {
  const { backups, current } = await backupsOf(dependencies, principal, name)
  return backups.map((backup) => backupAnswer(backup, current))
}

/**
 * Finds one backup of a session.
 *
 * @throws Refusal `unknown-session` or `unknown-backup`
 */
export async function findBackup(dependencies: Needed, principal: Principal, { name, id }: { name: string; id: string }) {
  const unknown = () => new Refusal('unknown-backup', `Use an id from GET /api/sessions/${name}/backups.`)
  if (!BACKUP_ID.test(id)) {
    await findSession(dependencies.documents, principal, name)
    throw unknown()
  }
  const { backups, ...found } = await backupsOf(dependencies, principal, name)
  const backup = backups.find((each) => each.id === id)
  if (!backup) throw unknown()
  return { backup, ...found }
}

async function backupsOf(dependencies: Needed, principal: Principal, name: string) {
  const { id: sessionId, snapshot } = await findSession(dependencies.documents, principal, name)
  const parsed = parseSessionUnlessDamaged(snapshot)
  const session = isHoldfastError(parsed) ? null : parsed
  const backups = await storedBackups(dependencies, sessionId)
  return { sessionId, session, backups, current: session?.checkpoint?.object ?? null }
}

/** @param current the object that the session's state is read from */
export function backupAnswer({ id, object, stored, document }: StoredBackup, current: string | null) {
  const place = placeOfCheckpoint(object)
  return {
    id,
    object,
    at: document?.at ?? stored?.createdAt ?? null,
    bytes: stored?.bytes ?? document?.bytes ?? 0,
    seq: place?.seq ?? 0,
    epoch: place?.epoch ?? 0,
    why: document?.why ?? 'checkpoint',
    note: document?.note ?? null,
    pinned: document?.isPinned ?? false,
    contents: document?.contents ?? null,
    verification: document?.verification ?? null,
    removal: document?.removal ?? null,
    isCurrent: object === current,
    isStored: stored !== null,
  }
}
