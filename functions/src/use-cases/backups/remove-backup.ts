import { backupPath } from '@holdfast/core/session/backup-document'
import type { SessionDocument } from '@holdfast/core/session/session-document'
import type { Principal } from '../../app/principal.ts'
import type { Dependencies } from '../dependencies.ts'
import { cipherOf } from '../find-session.ts'
import { Refusal } from '../refusal.ts'
import { backupAnswer, findBackup } from './list-backups.ts'
import { describedBy } from './prove-backup.ts'
import type { StoredBackup } from './stored-backups.ts'

type Needed = Pick<Dependencies, 'documents' | 'objects' | 'wrappingKey' | 'clock' | 'logger'>

type NamingSession = Pick<SessionDocument, 'checkpoint' | 'previousCheckpoint' | 'putAside'>

/** The objects that the session's document names: they are its state, or what was put aside. */
export const namedObjects = ({ checkpoint, previousCheckpoint, putAside }: NamingSession): ReadonlySet<string> =>
  new Set(
    [checkpoint, previousCheckpoint, ...putAside.map((aside) => aside.checkpoint)].flatMap((pointer) => pointer?.object ?? []),
  )

/**
 * Whether the session's state is read from the backup, or it was put aside. One that was put aside and whose object is gone is only a
 * description: somebody may give it up, so that nobody is told of the loss for ever.
 */
export function isInUse({ object, stored }: Pick<StoredBackup, 'object' | 'stored'>, session: NamingSession): boolean {
  const named = stored ? namedObjects(session) : namedObjects({ ...session, putAside: [] })
  return named.has(object)
}

/**
 * Asks for the removal of a backup, also of a pinned one. The daily clean-up removes it, as soon as two newer verified ones cover it: this
 * API deletes nothing.
 *
 * @throws Refusal `unknown-session`, `unknown-backup`, or `backup-in-use` when the session's state or what was put aside needs it
 */
export async function removeBackup(needed: Needed, principal: Principal, asked: { name: string; id: string }) {
  const { documents, clock, logger, wrappingKey } = needed
  const { sessionId, session, backup, current } = await findBackup(needed, principal, asked)
  if (!session || isInUse(backup, session)) {
    throw new Refusal('backup-in-use', 'The state of the session is read from it, or a log-out or a restore has put it aside.')
  }
  const change = { removal: { askedAt: new Date(clock.now()), by: principal.key }, isPinned: false }
  const path = backupPath(sessionId, backup.id)
  if (backup.document) {
    await documents.commit([{ kind: 'update', path, fields: change }])
    logger.warn({ backup: backup.id }, 'The removal of a backup was requested.')
    return backupAnswer({ ...backup, document: { ...backup.document, ...change } }, current)
  }
  const cipher = await cipherOf(documents, sessionId, wrappingKey)
  const described = await describedBy(needed, { sessionId, cipher, backup })
  if (!described) throw new Refusal('unknown-backup', 'It was removed at this moment.')
  const document = { ...described, ...change }
  await documents.commit([{ kind: 'create', path, fields: document }])
  logger.warn({ backup: backup.id }, 'The removal of a backup was requested.')
  return backupAnswer({ ...backup, document }, current)
}
