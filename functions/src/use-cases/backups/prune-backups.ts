import { Deadline } from '@holdfast/core/platform/deadlines'
import { inParallel } from '@holdfast/core/platform/in-parallel'
import { removable, type Retained, type RetentionPolicy } from '@holdfast/core/session/backup-retention'
import { backupPath } from '@holdfast/core/session/backup-document'
import { tenantOf } from '@holdfast/core/session/ids'
import type { SessionDocument } from '@holdfast/core/session/session-document'
import type { Dependencies } from '../dependencies.ts'
import { sessionNow } from './prove-backup.ts'
import { isInUse, namedObjects } from './remove-backup.ts'
import { sessionsInTurn } from './sessions-in-turn.ts'
import { type StoredBackup, storedBackups } from './stored-backups.ts'

type Needed = Pick<Dependencies, 'documents' | 'objects' | 'media' | 'tenants' | 'clock' | 'logger'>

const RUN_MS = 10 * 60_000
const AT_ONCE = 10

/**
 * Removes the backups of all sessions that retention lets go. Its account is the only one that may. In storage mode `local` the objects are
 * files of one host: whoever runs this elsewhere finds none, and removes nothing. Returns the number of removed backups.
 */
export async function pruneBackups(
  dependencies: Needed,
  deadline: Deadline = new Deadline(dependencies.clock, RUN_MS),
): Promise<number> {
  const { documents, clock, logger } = dependencies
  let removed = 0
  let left = 0
  await inParallel(AT_ONCE, await sessionsInTurn(documents, clock.now()), async (session) => {
    if (deadline.remainingMs === 0) return void left++
    try {
      removed += await pruneSession(dependencies, session)
    } catch (error) {
      logger.error({ error, session }, 'The backups of a session could not be pruned; the next run tries again.')
    }
  })
  if (removed > 0) logger.info({ count: removed }, 'Backups that retention lets go were removed.')
  if (left > 0) logger.warn({ left }, 'There was no time to prune the backups of all sessions; each night takes another order.')
  return removed
}

async function pruneSession(dependencies: Needed, sessionId: string): Promise<number> {
  const { documents, media, logger } = dependencies
  const going = await goingBackups(dependencies, sessionId)
  for (const { id, object, document } of going) {
    // The object first: a document without an object is seen, and goes with the next run.
    await media.remove(object)
    if (document) await documents.commit([{ kind: 'delete', path: backupPath(sessionId, id) }])
    logger.info({ session: sessionId, backup: id }, 'A backup was removed.')
  }
  return going.length
}

/** Returns the backups of a session that may go now. Nothing is changed. */
export async function goingBackups(
  dependencies: Pick<Needed, 'documents' | 'objects' | 'tenants' | 'clock' | 'logger'>,
  sessionId: string,
): Promise<readonly StoredBackup[]> {
  const { tenants, clock } = dependencies
  const backups = await storedBackups(dependencies, sessionId)
  // Read last: it names whatever was cut since the list was made.
  const session = await sessionNow(dependencies, sessionId)
  if (!session) return []
  const { timeZone, backups: kept } = await tenants.settingsOf(tenantOf(sessionId))
  const policy: RetentionPolicy = { ...kept, timeZone }
  const ids = new Set(
    removable(
      backups.map((backup) => retained(backup, session)),
      policy,
      clock.now(),
    ),
  )
  return backups.filter(({ id }) => ids.has(id))
}

function retained({ id, object, stored, document }: StoredBackup, session: SessionDocument): Retained {
  const verification = document?.verification?.state ?? null
  const isUnwanted = document?.removal !== undefined && document.removal !== null
  // Their owner read these back before it pointed to them.
  const isPointed = [session.checkpoint, session.previousCheckpoint].some((pointer) => pointer?.object === object)
  return {
    id,
    at: document?.at ?? stored?.createdAt ?? new Date(),
    isPinned: document?.isPinned ?? false,
    isVerified: stored !== null && (verification === 'good' || (verification === null && isPointed)),
    isDamaged: verification === 'failed' || stored === null,
    isNamed: isUnwanted ? isInUse({ object, stored }, session) : namedObjects(session).has(object),
    isUnwanted,
  }
}
