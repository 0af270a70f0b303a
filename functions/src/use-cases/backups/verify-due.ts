import { ALERTS } from '@holdfast/core/operations/alert-document'
import { BACKUP_CHECKS_PATH, type BackupChecks, backupChecksSchema } from '@holdfast/core/operations/backup-checks-document'
import { Deadline } from '@holdfast/core/platform/deadlines'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import { inParallel } from '@holdfast/core/platform/in-parallel'
import { parseUnlessDamaged } from '@holdfast/core/platform/parse'
import type { Dependencies } from '../dependencies.ts'
import { checkSession, type NightlyChecks } from './check-session.ts'
import { checkDayOf, isCheckDue } from './due-checks.ts'
import { sessionsInTurn } from './sessions-in-turn.ts'

type Needed = Pick<Dependencies, 'documents' | 'objects' | 'journals' | 'wrappingKey' | 'clock' | 'logger'>

const RUN_MS = 20 * 60_000
const AT_ONCE = 4

/** The most sessions that a night leaves to the next one by name. With more of them, that one has the turns of both. */
const MOST_MISSED = 2000

/**
 * Reads back all backups of the sessions whose turn it is, of those that the nights before left out, and of those that an open alert is
 * about. A failure raises the alert `backup-check-failed`, which ends when all backups of the session are good again or gone.
 */
export async function verifyDueBackups(dependencies: Needed): Promise<NightlyChecks> {
  const { documents, clock, logger } = dependencies
  const deadline = new Deadline(clock, RUN_MS)
  const today = checkDayOf(clock.now())
  const before = await nightBefore(dependencies)
  const again = new Set([...(await openAlerts(dependencies)), ...(before?.missed ?? [])])
  const figures = { sessions: 0, backups: 0, failed: 0 }
  const missed: string[] = []
  let left = 0
  const sessions = await sessionsInTurn(documents, clock.now())
  const due = sessions.filter((id) => again.has(id) || isCheckDue(id, today, before?.day))
  await inParallel(AT_ONCE, due, async (id) => {
    if (deadline.remainingMs === 0) left++
    else if (await checkSession(dependencies, id, figures)) return
    missed.push(id)
  })
  if (figures.sessions > 0) logger.info(figures, 'Backups were read back.')
  if (left > 0)
    logger.warn({ left }, 'There was no time to read the backups of all sessions back; the next night has them again.')
  const isAllNamed = missed.length <= MOST_MISSED
  const night = { v: 1, day: isAllNamed ? today : (before?.day ?? today - 1), missed: isAllNamed ? missed : [] }
  await documents.commit([{ kind: 'merge', path: BACKUP_CHECKS_PATH, fields: night }])
  return figures
}

/** Null where no night has ended yet: then it is the turn of today's sessions. */
async function nightBefore({ documents, logger }: Needed): Promise<BackupChecks | null> {
  const snapshot = await documents.read(BACKUP_CHECKS_PATH)
  const night = snapshot && parseUnlessDamaged(backupChecksSchema, snapshot)
  if (!isHoldfastError(night)) return night
  logger.error({ error: night }, 'Nobody knows which backups the night before left out.')
  return null
}

async function openAlerts({ documents }: Needed): Promise<ReadonlySet<string>> {
  const where = [['type', '==', 'backup-check-failed'] as const, ['state', 'in', ['open', 'acknowledged']] as const]
  const found = await documents.query({ collection: ALERTS, where, select: ['scope'] })
  return new Set(found.map(({ fields }) => String(fields['scope'])))
}
