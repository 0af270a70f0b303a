import { ALERTS } from '@holdfast/core/operations/alert-document'
import { Deadline } from '@holdfast/core/platform/deadlines'
import { inParallel } from '@holdfast/core/platform/in-parallel'
import type { Dependencies } from '../dependencies.ts'
import { cipherOf } from '../find-session.ts'
import { tellOfBackups } from './backup-alert.ts'
import { isCheckDue } from './due-checks.ts'
import { proveBackup } from './prove-backup.ts'
import { sessionsInTurn } from './sessions-in-turn.ts'
import { storedBackups } from './stored-backups.ts'

type Needed = Pick<Dependencies, 'documents' | 'objects' | 'journals' | 'wrappingKey' | 'clock' | 'logger'>

const RUN_MS = 20 * 60_000
const AT_ONCE = 4

/** The figures of one night. */
export interface NightlyChecks {
  readonly sessions: number
  readonly backups: number
  readonly failed: number
}

/**
 * Reads back all backups of the sessions whose turn it is, and of those that an open alert is about. A failure raises the alert
 * `backup-check-failed`, which ends when all backups of the session are good again or gone.
 */
export async function verifyDueBackups(dependencies: Needed): Promise<NightlyChecks> {
  const { documents, clock, logger } = dependencies
  const deadline = new Deadline(clock, RUN_MS)
  const suspected = await openAlerts(dependencies)
  const figures = { sessions: 0, backups: 0, failed: 0 }
  let left = 0
  const sessions = await sessionsInTurn(documents, clock.now())
  const due = sessions.filter((id) => suspected.has(id) || isCheckDue(id, clock.now()))
  await inParallel(AT_ONCE, due, async (id) => {
    if (deadline.remainingMs === 0) left++
    else await checkSession(dependencies, id, figures)
  })
  if (figures.sessions > 0) logger.info(figures, 'Backups were read back.')
  if (left > 0) logger.warn({ left }, 'There was no time to read the backups of all sessions back whose turn it was.')
  return figures
}

/** One session that cannot be judged must not keep the others from it. */
async function checkSession(
  dependencies: Needed,
  sessionId: string,
  figures: { -readonly [Key in keyof NightlyChecks]: number },
) {
  const { documents, wrappingKey, logger } = dependencies
  try {
    const backups = await storedBackups(dependencies, sessionId)
    if (backups.length === 0) return
    const cipher = await cipherOf(documents, sessionId, wrappingKey)
    figures.sessions++
    for (const backup of backups) {
      const proven = await proveBackup(dependencies, { sessionId, cipher, backup })
      if (!proven) continue
      figures.backups++
      if (proven.document?.verification?.state === 'failed') figures.failed++
    }
    await tellOfBackups(dependencies, sessionId, await storedBackups(dependencies, sessionId))
  } catch (error) {
    logger.error({ error, session: sessionId }, 'The backups of a session could not be judged; the next turn tries again.')
  }
}

async function openAlerts({ documents }: Needed): Promise<ReadonlySet<string>> {
  const where = [['type', '==', 'backup-check-failed'] as const, ['state', 'in', ['open', 'acknowledged']] as const]
  const found = await documents.query({ collection: ALERTS, where, select: ['scope'] })
  return new Set(found.map(({ fields }) => String(fields['scope'])))
}
