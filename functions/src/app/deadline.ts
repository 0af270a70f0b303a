import { within } from '@holdfast/core/platform/deadlines'
import { HoldfastError, isHoldfastError, isStoreTrouble } from '@holdfast/core/platform/errors'
import { type Guard, guardDocuments, guardObjects } from '@holdfast/core/platform/guarded-stores'
import type { Clock, DocumentCounter, DocumentStore, ObjectStore } from '@holdfast/core/platform/ports'

/**
 * Limits the time of every request to the database and throws `unavailable` for all its errors: a caller of the API can do nothing
 * about any of them but repeat. Whether a failed commit has been applied is found out by reading, never from its error.
 */
export function withDeadline(
  documents: DocumentStore & DocumentCounter,
  clock: Clock,
  limitMs: number,
): DocumentStore & DocumentCounter {
  const guard = orUnavailable(clock, limitMs, 'The database could not be asked.')
  return { ...guardDocuments(documents, guard), count: (query) => guard(documents.count(query)) }
}

/** Does the same for objects. A name that is taken is an answer and no outage, and so is a bucket that does not exist. */
export const objectsWithDeadline = (objects: ObjectStore, clock: Clock, limitMs: number): ObjectStore =>
  guardObjects(objects, orUnavailable(clock, limitMs, 'The store of checkpoints could not be asked.'))

const orUnavailable =
  (clock: Clock, limitMs: number, what: string): Guard =>
  async (request) => {
    try {
      return await within(clock, limitMs, request)
    } catch (cause) {
      if (isHoldfastError(cause, 'already-exists') || isStoreTrouble(cause)) throw cause
      throw new HoldfastError('unavailable', what, { cause })
    }
  }
