import { lastPartOf } from '@holdfast/core/message/media-document'
import { receivedMediaPath } from '@holdfast/core/message/received-media-document'
import { type ErasureDocument, ERASURES, erasureSchema } from '@holdfast/core/operations/erasure-document'
import type { Deadline } from '@holdfast/core/platform/deadlines'
import { parseStored } from '@holdfast/core/platform/parse'
import type { DocumentSnapshot, DocumentStore } from '@holdfast/core/platform/ports'
import { writeUnlessChanged } from '@holdfast/core/platform/unless-changed'
import type { Dependencies } from '../dependencies.ts'

type Needed = Pick<Dependencies, 'media' | 'clock' | 'logger'> & { readonly documents: DocumentStore }

const AT_ONCE = 50

/**
 * Removes the objects that erasures have left to this run, whose account may remove objects. What it does not manage, the next run does.
 * One that fails keeps no other one waiting.
 *
 * @returns the number of erasures that are done
 * @throws the first failure, once all were tried
 */
export async function removeErasedObjects(dependencies: Needed, deadline: Deadline): Promise<number> {
  const { documents, logger } = dependencies
  const where = [['state', '==', 'open']] as const
  const failures: unknown[] = []
  let done = 0
  for (let last: string | undefined; deadline.remainingMs > 0;) {
    const after = last === undefined ? {} : { startAfter: last }
    const found = await documents.query({ collection: ERASURES, where, orderBy: ['id', 'asc'], ...after, limit: AT_ONCE })
    for (const snapshot of found) {
      try {
        if (await fulfil(dependencies, snapshot, deadline)) done++
      } catch (error) {
        logger.error({ error, erasure: snapshot.id }, 'The objects of an erasure could not be removed, and stay.')
        failures.push(error)
      }
    }
    if (found.length < AT_ONCE) break
    last = found.at(-1)?.id
  }
  if (done > 0) logger.info({ done }, 'Objects of erased contacts were removed.')
  if (failures.length > 0) throw failures[0]
  return done
}

/**
 * Returns false when there was no time for all of its objects, or when the erasure got more of them meanwhile.
 *
 * @throws HoldfastError `bad-document`, or `store-forbidden` when this account may not remove objects
 */
async function fulfil(dependencies: Needed, snapshot: DocumentSnapshot, deadline: Deadline): Promise<boolean> {
  const { documents, media, clock } = dependencies
  const erasure = parseStored(erasureSchema, snapshot.fields, snapshot.path)
  for (const name of erasure.objects) {
    if (deadline.remainingMs === 0) return false
    await media.remove(name)
    await forgetMedium(dependencies, erasure, name)
  }
  const fields = { state: 'done', objects: [], removed: erasure.objects.length, doneAt: new Date(clock.now()) }
  return writeUnlessChanged(documents, snapshot.path, snapshot, fields)
}

/** A medium that was being fetched while its message was erased has a document again. */
async function forgetMedium({ documents }: Needed, { sessionId }: ErasureDocument, name: string): Promise<void> {
  const path = `${receivedMediaPath(sessionId)}/${lastPartOf(name)}`
  if ((await documents.read(path)) === null) return
  const fields = { state: 'gone', reason: 'erased', object: null, filename: null, nextAttemptAt: null }
  await documents.commit([{ kind: 'update', path, fields }])
}
