import { OWNER_QUERIES } from '@holdfast/core/operations/owner-query-document'
import { Deadline } from '@holdfast/core/platform/deadlines'
import type { Change } from '@holdfast/core/platform/ports'
import { pruneBackups } from './backups/prune-backups.ts'
import type { Dependencies } from './dependencies.ts'
import { removeErasedObjects } from './erasure/remove-erased-objects.ts'
import { expireMedia } from './expire-media.ts'
import { performPurges } from './purge/perform-purges.ts'
import { removeEnded } from './remove-ended.ts'

type Needed = Pick<Dependencies, 'documents' | 'objects' | 'media' | 'tenants' | 'wrappingKey' | 'clock' | 'logger'>

/** All parts together. The function is ended after 1800 s. What one run does not manage, the next one does. */
const RUN_MS = 25 * 60_000

/** How long each part may take. The last one also gets what the others leave. */
const PLAN = {
  questions: 60_000,
  ended: 2 * 60_000,
  erased: 10 * 60_000,
  purges: 4 * 60_000,
  backups: 3 * 60_000,
  media: 5 * 60_000,
} as const

const PAGE = 400
const MOST_PAGES = 100

/**
 * Removes what is of no use any more, each day: questions that nobody removed, actions and alerts that ended long ago, objects of erased
 * contacts, sessions whose purge is due, backups that retention lets go, and media whose time is over.
 */
export async function cleanUp(dependencies: Needed): Promise<void> {
  const deadline = new Deadline(dependencies.clock, RUN_MS)
  try {
    await removeOldQuestions(dependencies, deadline.forStep(PLAN, 'questions'))
  } catch (error) {
    dependencies.logger.warn({ error }, 'Old questions to owners could not be removed; the next run does it.')
  }
  try {
    await removeEnded(dependencies, deadline.forStep(PLAN, 'ended'))
  } catch (error) {
    dependencies.logger.error({ error }, 'Old actions and alerts could not be removed; the next run tries again.')
  }
  try {
    await removeErasedObjects(dependencies, deadline.forStep(PLAN, 'erased'))
  } catch (error) {
    dependencies.logger.error({ error }, 'Objects of erased contacts could not be removed; the next run tries again.')
  }
  try {
    await performPurges(dependencies, deadline.forStep(PLAN, 'purges'))
  } catch (error) {
    dependencies.logger.error({ error }, 'Purged sessions could not be removed; the next run tries again.')
  }
  try {
    await pruneBackups(dependencies, deadline.forStep(PLAN, 'backups'))
  } catch (error) {
    dependencies.logger.error({ error }, 'Backups could not be pruned; the next run tries again.')
  }
  await expireMedia(dependencies, deadline)
}

/** Removes the questions to owners whose time is over. Whoever asked has gone. */
async function removeOldQuestions({ documents, clock }: Needed, deadline: Deadline): Promise<void> {
  const old = [['expiresAt', '<=', new Date(clock.now())]] as const
  for (let page = 0; page < MOST_PAGES && deadline.remainingMs > 0; page++) {
    const found = await documents.query({ collection: OWNER_QUERIES, where: old, select: ['expiresAt'], limit: PAGE })
    if (found.length === 0) return
    await documents.commit(found.map(({ path }): Change => ({ kind: 'delete', path })))
  }
}
