import type { Clock, DocumentStore, ObjectStore } from './ports.ts'

/** Rejects after the time; what was asked for may still take effect. */
export async function within<T>(clock: Clock, limitMs: number, work: Promise<T>): Promise<T> {
  let cancel = () => {}
  const late = new Promise<never>((_, reject) => {
    cancel = clock.after(limitMs, () => reject(new Error(`No answer within ${limitMs} ms.`)), 'deadline')
  })
  try {
    return await Promise.race([work, late])
  } finally {
    cancel()
  }
}

/** Resolves with the work, or after the time without it. */
export async function noLongerThan(clock: Clock, limitMs: number, work: Promise<void>): Promise<void> {
  const done = new AbortController()
  await Promise.race([work, clock.sleep(limitMs, 'deadline', done.signal)]).finally(() => done.abort())
}

/** The same store, which never leaves anybody waiting for ever. Whoever commits has to find out what became of it anyway. */
export const documentsWithin = (documents: DocumentStore, clock: Clock, limitMs: number): DocumentStore => ({
  commit: (changes) => within(clock, limitMs, documents.commit(changes)),
  read: (path) => within(clock, limitMs, documents.read(path)),
  query: (query) => within(clock, limitMs, documents.query(query)),
  listen: (query, onEvents, onError) => documents.listen(query, onEvents, onError),
})

export const objectsWithin = (objects: ObjectStore, clock: Clock, limitMs: number): ObjectStore => ({
  placeOf: (name) => objects.placeOf(name),
  create: (name, bytes) => within(clock, limitMs, objects.create(name, bytes)),
  read: (name, generation) => within(clock, limitMs, objects.read(name, generation)),
  list: (prefix) => within(clock, limitMs, objects.list(prefix)),
})
