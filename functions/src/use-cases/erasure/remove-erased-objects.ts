import { receivedMediaPath } from '@holdfast/core/message/received-media-document'
import { type ErasureDocument, ERASURES, erasureSchema } from '@holdfast/core/operations/erasure-document'
import { Deadline } from '@holdfast/core/platform/deadlines'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import { parseUnlessDamaged } from '@holdfast/core/platform/parse'
import type { DocumentSnapshot, DocumentStore } from '@holdfast/core/platform/ports'
import type { Dependencies } from '../dependencies.ts'

type Needed = Pick<Dependencies, 'media' | 'clock' | 'logger'> & { readonly documents: DocumentStore }

const RUN_MS = 10 * 60_000
const AT_ONCE = 50

/**
 * Removes the objects that erasures have left to this run, whose account may remove objects. What it does not manage, the next run does.
 * Returns the number of erasures that are done.
 */
export async function removeErasedObjects(dependencies: Needed): Promise<number> {
  const { documents, clock, logger } = dependencies
  const deadline = new Deadline(clock, RUN_MS)
  const open = [['state', '==', 'open']] as const
  let done = 0
  while (deadline.remainingMs > 0) {
    const found = await documents.query({ collection: ERASURES, where: open, limit: AT_ONCE })
    const before = done
    for (const snapshot of found) if (deadline.remainingMs > 0 && (await fulfil(dependencies, snapshot))) done++
    if (found.length < AT_ONCE || done === before) break
  }
  if (done > 0) logger.info({ done }, 'Objects of erased contacts were removed.')
  return done
}

/** @throws HoldfastError `store-forbidden` when this account may not remove objects */
async function fulfil(dependencies: Needed, snapshot: DocumentSnapshot): Promise<boolean> {
  const { documents, media, clock, logger } = dependencies
  const erasure = parseUnlessDamaged(erasureSchema, snapshot)
  if (isHoldfastError(erasure)) {
    logger.error({ error: erasure, erasure: snapshot.id }, 'An erasure cannot be read, and its objects stay.')
    return false
  }
  for (const name of erasure.objects) {
    await media.remove(name)
    await forgetMedium(dependencies, erasure, name)
  }
  const fields = { state: 'done', objects: [], removed: erasure.objects.length, doneAt: new Date(clock.now()) }
  await documents.commit([{ kind: 'update', path: snapshot.path, fields }])
  return true
}

/** A medium that was being fetched while its message was erased has a document again. */
async function forgetMedium({ documents }: Needed, { sessionId }: ErasureDocument, name: string): Promise<void> {
  const path = `${receivedMediaPath(sessionId)}/${name.slice(name.lastIndexOf('/') + 1)}`
  if ((await documents.read(path)) === null) return
  const fields = { state: 'gone', reason: 'erased', object: null, filename: null, nextAttemptAt: null }
  await documents.commit([{ kind: 'update', path, fields }])
}
