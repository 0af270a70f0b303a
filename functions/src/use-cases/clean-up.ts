import { OWNER_QUERIES } from '@holdfast/core/operations/owner-query-document'
import type { Change } from '@holdfast/core/platform/ports'
import type { Dependencies } from './dependencies.ts'
import { removeErasedObjects } from './erasure/remove-erased-objects.ts'
import { expireMedia } from './expire-media.ts'

type Needed = Pick<Dependencies, 'documents' | 'media' | 'tenants' | 'wrappingKey' | 'clock' | 'logger'>

const PAGE = 400
const MOST_PAGES = 100

/**
 * Removes what is of no use any more, each day: questions that nobody removed, objects of erased contacts, and
 * media whose time is over.
 */
export async function cleanUp(dependencies: Needed): Promise<void> {
  try {
    await removeOldQuestions(dependencies)
  } catch (error) {
    dependencies.logger.warn({ error }, 'Old questions to owners could not be removed; the next run does it.')
  }
  try {
    await removeErasedObjects(dependencies)
  } catch (error) {
    dependencies.logger.error({ error }, 'Objects of erased contacts could not be removed; the next run tries again.')
  }
  await expireMedia(dependencies)
}

/** Removes the questions to owners whose time is over. Whoever asked has gone. */
async function removeOldQuestions({ documents, clock }: Needed): Promise<void> {
  const old = [['expiresAt', '<=', new Date(clock.now())]] as const
  for (let page = 0; page < MOST_PAGES; page++) {
    const found = await documents.query({ collection: OWNER_QUERIES, where: old, select: ['expiresAt'], limit: PAGE })
    if (found.length === 0) return
    await documents.commit(found.map(({ path }): Change => ({ kind: 'delete', path })))
  }
}
