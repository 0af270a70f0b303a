import { within } from './deadlines.ts'
import type { Clock, DocumentCounter, DocumentStore, ObjectStore } from './ports.ts'

/** Wraps every request to a store, to limit its time or to translate its errors for the callers. */
export type Guard = <Result>(request: Promise<Result>) => Promise<Result>

/** Rejects a request that takes longer. A commit may still take effect, so its caller finds out by reading. */
export const timeLimit =
  (clock: Clock, limitMs: number): Guard =>
  (request) =>
    within(clock, limitMs, request)

/** Returns the store with every request guarded. Listeners stay unguarded, because they have no end. */
export const guardDocuments = (documents: DocumentStore & DocumentCounter, guard: Guard): DocumentStore & DocumentCounter => ({
  commit: (changes) => guard(documents.commit(changes)),
  read: (path) => guard(documents.read(path)),
  query: (query) => guard(documents.query(query)),
  count: (query) => guard(documents.count(query)),
  listen: (query, onEvents, onError) => documents.listen(query, onEvents, onError),
})

export const guardObjects = (objects: ObjectStore, guard: Guard): ObjectStore => ({
  placeOf: (name) => objects.placeOf(name),
  create: (name, bytes) => guard(objects.create(name, bytes)),
  read: (name, generation) => guard(objects.read(name, generation)),
  list: (prefix) => guard(objects.list(prefix)),
  describe: (prefix) => guard(objects.describe(prefix)),
})
