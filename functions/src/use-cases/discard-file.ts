import { createHash } from 'node:crypto'
import { sessionOfMedia } from '@holdfast/core/message/media-document'
import { erasurePath } from '@holdfast/core/operations/erasure-document'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import { tenantOf } from '@holdfast/core/session/ids'
import type { Dependencies } from './dependencies.ts'

type Needed = Pick<Dependencies, 'documents' | 'media' | 'clock' | 'logger'>

/**
 * Removes the bytes of a request that made no message: no message will ever say when their time is over. On Google Cloud the API may not
 * remove objects: the nightly run does it then. A failure is logged, and hinders no answer.
 */
export async function discardFile(needed: Needed, object: string): Promise<void> {
  try {
    await removeOrRecord(needed, object)
  } catch (error) {
    needed.logger.warn({ error, object }, 'The file of a request that made no message stays in the store.')
  }
}

async function removeOrRecord({ documents, media, clock }: Needed, object: string): Promise<void> {
  try {
    await media.remove(object)
  } catch (error) {
    if (!isHoldfastError(error, 'store-forbidden')) throw error
    const sessionId = sessionOfMedia(object)
    // What lies under no session, the nightly run removes in any case.
    if (sessionId === null) return
    const path = erasurePath(createHash('sha256').update(object).digest('hex').slice(0, 40))
    const fields = {
      v: 1,
      tenant: tenantOf(sessionId),
      sessionId,
      state: 'open',
      requestedAt: new Date(clock.now()),
      objects: [object],
    }
    await documents.commit([{ kind: 'merge', path, fields }])
  }
}
