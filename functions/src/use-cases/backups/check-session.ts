import { isHoldfastError } from '@holdfast/core/platform/errors'
import { backupIdOf } from '@holdfast/core/session/backup-document'
import type { SessionDocument } from '@holdfast/core/session/session-document'
import type { Dependencies } from '../dependencies.ts'
import { cipherOf } from '../find-session.ts'
import { tellOfBackups } from './backup-alert.ts'
import { proveBackup, sessionNow } from './prove-backup.ts'
import { type StoredBackup, storedBackups } from './stored-backups.ts'

type Needed = Pick<Dependencies, 'documents' | 'objects' | 'journals' | 'wrappingKey' | 'clock' | 'logger'>

/** The figures of one night. */
export interface NightlyChecks {
  readonly sessions: number
  readonly backups: number
  readonly failed: number
}

type Figures = { -readonly [Key in keyof NightlyChecks]: number }

/**
 * Reads back all backups of one session, and tells of what that showed. Returns false when not all of them could be judged. One session that
 * cannot be judged must not keep the others from it.
 */
export async function checkSession(dependencies: Needed, sessionId: string, figures: Figures): Promise<boolean> {
  const { documents, logger, wrappingKey } = dependencies
  try {
    const backups = await backupsHere(dependencies, sessionId)
    if (backups === null) return true
    if (backups.length === 0) {
      await tellOfBackups(dependencies, sessionId, [])
      return true
    }
    const cipher = await cipherOf(documents, sessionId, wrappingKey)
    figures.sessions++
    const trouble = await proveAll(dependencies, { sessionId, cipher, backups, figures })
    // Also of a session whose other backups could not be judged.
    await tellOfBackups(dependencies, sessionId, await storedBackups(dependencies, sessionId))
    if (trouble === null) return true
    throw trouble.error
  } catch (error) {
    // A purge is removing its backups.
    if (isHoldfastError(error, 'data-key-destroyed')) return true
    logger.error({ error, session: sessionId }, 'The backups of a session could not be judged; the next night tries again.')
    return false
  }
}

interface Checked {
  readonly sessionId: string
  readonly cipher: Parameters<typeof proveBackup>[1]['cipher']
  readonly backups: readonly StoredBackup[]
  readonly figures: Figures
}

/** Returns why not all of them could be judged. Null: all were. */
async function proveAll(dependencies: Needed, { sessionId, cipher, backups, figures }: Checked) {
  let trouble: { readonly error: unknown } | null = null
  for (const backup of backups) {
    try {
      const proven = await proveBackup(dependencies, { sessionId, cipher, backup })
      if (!proven) continue
      figures.backups++
      if (proven.document?.verification?.state === 'failed') figures.failed++
    } catch (error) {
      trouble ??= { error }
      // A backup of a later version says nothing of the others. A store that does not answer would keep each of them waiting.
      if (!isHoldfastError(error, 'unknown-version')) break
    }
  }
  return trouble
}

/** The backups of a session, and the checkpoints of its state that are gone. Null when they lie on another host. */
async function backupsHere(dependencies: Needed, sessionId: string): Promise<readonly StoredBackup[] | null> {
  const backups = await storedBackups(dependencies, sessionId)
  const session = await sessionNow(dependencies, sessionId)
  const place = session?.journalPlace ?? null
  const isElsewhere = place !== null && place !== dependencies.journals.placeOf(sessionId)
  if (isElsewhere && backups.every(({ stored }) => stored === null)) return null
  return [...backups, ...(await lostCheckpoints(dependencies, session, backups))]
}

/** The checkpoints that the session's document points to, and that are neither stored nor described. */
async function lostCheckpoints(
  { objects }: Needed,
  session: SessionDocument | null,
  backups: readonly StoredBackup[],
): Promise<StoredBackup[]> {
  const known = new Set(backups.map(({ object }) => object))
  const lost: StoredBackup[] = []
  for (const pointer of [session?.checkpoint, session?.previousCheckpoint]) {
    const id = pointer ? backupIdOf(pointer.object) : null
    if (!pointer || id === null || known.has(pointer.object)) continue
    // One that was cut since the list was made is there.
    if (!(await objects.read(pointer.object))) lost.push({ id, object: pointer.object, stored: null, document: null })
  }
  return lost
}
