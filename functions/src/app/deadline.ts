import { within } from '@holdfast/core/platform/deadlines'
import { HoldfastError, isHoldfastError, isStoreTrouble } from '@holdfast/core/platform/errors'
import type { Clock, DocumentCounter, DocumentStore, ObjectStore } from '@holdfast/core/platform/ports'

/**
 * The store with a time limit, and with `unavailable` for all its errors: a request can do nothing about any of them but be
 * repeated. Whether a failed commit has been applied is found out by reading, never from its error.
 */
export function withDeadline(
  documents: DocumentStore & DocumentCounter,
  clock: Clock,
  limitMs: number,
): DocumentStore & DocumentCounter {
  const guard = <Result>(work: Promise<Result>) => orUnavailable(clock, limitMs, work, 'The database could not be asked.')
  return {
    commit: (changes) => guard(documents.commit(changes)),
    read: (path) => guard(documents.read(path)),
    query: (query) => guard(documents.query(query)),
    count: (query) => guard(documents.count(query)),
    listen: (query, onEvents, onError) => documents.listen(query, onEvents, onError),
  }
}

/** The same for objects. A name that is taken is an answer, not an outage, and so is that what is configured is not there. */
export function objectsWithDeadline(objects: ObjectStore, clock: Clock, limitMs: number): ObjectStore {
  const guard = <Result>(work: Promise<Result>) =>
    orUnavailable(clock, limitMs, work, 'The store of checkpoints could not be asked.')
  return {
    placeOf: (name) => objects.placeOf(name),
    create: (name, bytes) => guard(objects.create(name, bytes)),
    read: (name, generation) => guard(objects.read(name, generation)),
    list: (prefix) => guard(objects.list(prefix)),
  }
}

async function orUnavailable<Result>(clock: Clock, limitMs: number, work: Promise<Result>, what: string): Promise<Result> {
  try {
    return await within(clock, limitMs, work)
  } catch (cause) {
    if (isHoldfastError(cause, 'already-exists') || isStoreTrouble(cause)) throw cause
    throw new HoldfastError('unavailable', what, { cause })
  }
}
