import {
  FieldPath,
  FieldValue,
  Timestamp,
  type DocumentData,
  type Firestore,
  type Query as FirestoreQuery,
  type QueryDocumentSnapshot,
  type QuerySnapshot,
  type DocumentSnapshot as FirestoreSnapshot,
  type WriteBatch,
} from '@google-cloud/firestore'
import {
  Append,
  REMOVED,
  SERVER_TIME,
  type Change,
  type CountQuery,
  type DocumentCounter,
  type DocumentSnapshot,
  type DocumentStore,
  type Fields,
  type ListenerEvent,
  type Query,
} from '../../platform/ports.ts'
import type { OperationCounter } from './operation-counter.ts'
import type { RenewedFirestore } from './renewed-firestore.ts'

/** The DocumentStore on Firestore. Every operation that Google bills passes here and is counted. */
export class FirestoreDocuments implements DocumentStore, DocumentCounter {
  readonly #connection: RenewedFirestore
  readonly #counter: OperationCounter

  constructor(connection: RenewedFirestore, counter: OperationCounter) {
    this.#connection = connection
    this.#counter = counter
  }

  async commit(changes: readonly Change[]): Promise<void> {
    await this.#connection.ask((firestore) => this.#batch(firestore, changes).commit())
  }

  #batch(firestore: Firestore, changes: readonly Change[]): WriteBatch {
    const batch = firestore.batch()
    for (const change of changes) {
      const document = firestore.doc(change.path)
      switch (change.kind) {
        case 'create':
          batch.create(document, encode(change.fields))
          break
        case 'merge':
          batch.set(document, encode(change.fields), { mergeFields: Object.keys(change.fields) })
          break
        case 'update':
          if (change.unlessChangedSince) {
            batch.update(document, encode(change.fields), { lastUpdateTime: change.unlessChangedSince.version as Timestamp })
          } else {
            batch.update(document, encode(change.fields))
          }
          break
        case 'delete':
          if (change.unlessChangedSince) {
            batch.delete(document, { lastUpdateTime: change.unlessChangedSince.version as Timestamp })
          } else {
            batch.delete(document)
          }
          break
      }
      if (change.kind === 'delete') this.#counter.documentDeletes++
      else this.#counter.documentWrites++
    }
    return batch
  }

  async read(path: string): Promise<DocumentSnapshot | null> {
    this.#counter.documentReads++
    const snapshot = await this.#connection.ask((firestore) => firestore.doc(path).get())
    return snapshot.exists ? decodeSnapshot(snapshot) : null
  }

  async query(query: Query): Promise<DocumentSnapshot[]> {
    const result = await this.#connection.ask((firestore) => build(firestore, query).get())
    // Google bills a query that finds nothing as one read.
    this.#counter.documentReads += Math.max(1, result.size)
    return result.docs.map(decodeSnapshot)
  }

  async count(query: CountQuery): Promise<number> {
    const { count } = (await this.#connection.ask((firestore) => build(firestore, query).count().get())).data()
    // Google bills one read for each thousand index entries that were counted.
    this.#counter.documentReads += Math.max(1, Math.ceil(count / 1000))
    return count
  }

  listen(query: Query, onEvents: (events: ListenerEvent[]) => void, onError: (error: unknown) => void): () => void {
    const hear = (result: QuerySnapshot): void => {
      const changes = result.docChanges()
      this.#counter.documentReads += changes.length
      onEvents(changes.map((change) => ({ kind: change.type, document: decodeSnapshot(change.doc) })))
    }
    return this.#connection.listen((firestore, calls) => {
      const onNext = (result: QuerySnapshot): void => {
        calls.onResult()
        hear(result)
      }
      return build(firestore, query).onSnapshot(onNext, calls.onError)
    }, onError)
  }
}

function build(firestore: Firestore, query: Query): FirestoreQuery {
  let built: FirestoreQuery = firestore.collection(query.collection)
  for (const [field, operator, value] of query.where ?? []) built = built.where(field, operator, value)
  if (query.orderBy) {
    const [field, direction] = query.orderBy
    built = built.orderBy(field === 'id' ? FieldPath.documentId() : field, direction)
    if (query.thenById) built = built.orderBy(FieldPath.documentId(), direction)
  }
  if (query.startAfter !== undefined) {
    built = query.thenById ? built.startAfter(...(query.startAfter as unknown[])) : built.startAfter(query.startAfter)
  }
  if (query.endAt !== undefined) built = built.endAt(query.endAt)
  if (query.limit !== undefined) built = built.limit(query.limit)
  if (query.select) built = built.select(...query.select)
  return built
}

function encode(fields: Fields): DocumentData {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, encodeValue(value)]))
}

function encodeValue(value: unknown): unknown {
  if (value === SERVER_TIME) return FieldValue.serverTimestamp()
  if (value === REMOVED) return FieldValue.delete()
  if (value instanceof Append) return FieldValue.arrayUnion(...value.elements.map(encodeValue))
  if (value instanceof Date) return Timestamp.fromDate(value)
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return value
  if (Array.isArray(value)) return value.map(encodeValue)
  return encode(value as Fields)
}

function decodeSnapshot(snapshot: FirestoreSnapshot | QueryDocumentSnapshot): DocumentSnapshot {
  const { createTime, updateTime, readTime } = snapshot
  if (!createTime || !updateTime) throw new Error(`The snapshot of ${snapshot.ref.path} carries no times.`)
  return {
    path: snapshot.ref.path,
    id: snapshot.id,
    fields: decodeValue(snapshot.data() ?? {}) as Record<string, unknown>,
    createdAtMicros: microsOf(createTime),
    updatedAtMicros: microsOf(updateTime),
    silentForMs: readTime.toMillis() - updateTime.toMillis(),
    version: updateTime,
  }
}

const microsOf = ({ seconds, nanoseconds }: Timestamp): number => seconds * 1_000_000 + Math.floor(nanoseconds / 1000)

function decodeValue(value: unknown): unknown {
  if (value instanceof Timestamp) return value.toDate()
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return value
  if (Array.isArray(value)) return value.map(decodeValue)
  // Thousands of documents come at once: a pair of each field would be most of the work.
  const decoded: Record<string, unknown> = {}
  for (const name of Object.keys(value)) setOwn(decoded, name, decodeValue((value as Fields)[name]))
  return decoded
}

/** A field may have the name of what every object has. */
function setOwn(decoded: Record<string, unknown>, name: string, value: unknown): void {
  if (name === '__proto__') Object.defineProperty(decoded, name, { value, enumerable: true, configurable: true, writable: true })
  else decoded[name] = value
}
