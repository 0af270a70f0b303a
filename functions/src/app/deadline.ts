import { within } from '@holdfast/core/platform/deadlines'
import { HoldfastError, isHoldfastError, isStoreTrouble } from '@holdfast/core/platform/errors'
import { type Guard, guardDocuments, guardObjects } from '@holdfast/core/platform/guarded-stores'
import type { Clock, DocumentCounter, DocumentStore, ObjectStore } from '@holdfast/core/platform/ports'

/**
 * Limits the time of each request to the database and turns its errors into `unavailable`, because a caller of the API can only
 * repeat the request. Use cases find out by reading whether a failed commit was applied, never from its error.
 */
export function withDeadline(
  documents: DocumentStore & DocumentCounter,
  clock: Clock,
  limitMs: number,
): DocumentStore & DocumentCounter {
  const guard = orUnavailable(clock, limitMs, 'A request to the database failed.')
  return { ...guardDocuments(documents, guard), count: (query) => guard(documents.count(query)) }
}

/** Does the same for objects. An existing object and a missing bucket are answers, not outages, so these errors pass. */
export const objectsWithDeadline = (objects: ObjectStore, clock: Clock, limitMs: number): ObjectStore =>
  guardObjects(objects, orUnavailable(clock, limitMs, 'A request to the store of objects failed.'))

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
