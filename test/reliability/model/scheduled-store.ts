import { HoldfastError } from '@holdfast/core/platform/errors'
import {
  Append,
  SERVER_TIME,
  type Change,
  type DocumentSnapshot,
  type DocumentStore,
  type Fields,
  type ObjectStore,
  type Query,
} from '@holdfast/core/platform/ports'
import type { Scheduler } from './scheduler.ts'

interface Stored {
  readonly fields: Readonly<Record<string, unknown>>
  readonly version: number
}

/** All documents by path. A change makes a new map, because a stale read shows an earlier one. */
type Documents = ReadonlyMap<string, Stored>

/** The probabilities of faults. */
export interface FaultRates {
  /** The operation takes effect, and its owner gets an error. */
  readonly answerLost: number
  /** The operation has no effect, and its owner gets an error. */
  readonly refused: number
  /** The owner gets no answer. The operation takes effect at random. */
  readonly unanswered: number
  /** A read returns the state of the store a few changes ago. */
  readonly stale: number
}

export const NO_FAULTS: FaultRates = { answerLost: 0, refused: 0, unanswered: 0, stale: 0 }

type Fault = keyof FaultRates | 'none'

type Outcome<Result> = { readonly result: Result } | { readonly error: unknown }

/** The earlier versions of the store that a stale read may return. */
const REMEMBERED = 6

/** Firestore and Cloud Storage in memory. The scheduler decides when each operation takes effect and when its answer arrives. */
export class ScheduledStore {
  readonly #scheduler: Scheduler
  readonly #objects = new Map<string, Buffer>()
  #documents: Documents = new Map()
  #earlier: Documents[] = []
  #versions = 0
  /** Every document that was ever created, in order, including deleted ones. */
  readonly created: { readonly path: string; readonly fields: Readonly<Record<string, unknown>> }[] = []
  faults: FaultRates = NO_FAULTS

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler
  }

  /** The current documents, for the final check. */
  get present(): Documents {
    return this.#documents
  }

  documentsOf(actor: string): DocumentStore {
    return {
      commit: (changes) => this.#perform(actor, this.#draw('answerLost'), () => this.#commit(changes)),
      read: (path) => this.#perform(actor, this.#draw('stale'), (view) => snapshotIn(view, path)),
      query: (query) => this.#perform(actor, this.#draw('stale'), (view) => found(view, query)),
      listen: () => () => {},
    }
  }

  objectsOf(actor: string): ObjectStore {
    return {
      placeOf: (name) => name,
      create: (name, bytes) => this.#perform(actor, this.#draw('answerLost'), () => this.#createObject(name, bytes)),
      read: (name) => this.#perform(actor, this.#draw('refused'), () => this.#readObject(name)),
      list: (prefix) => this.#perform(actor, 'none', () => [...this.#objects.keys()].filter((name) => name.startsWith(prefix))),
    }
  }

  /** @param own the fault of this kind of operation, in addition to the common ones */
  #draw(own: keyof FaultRates): Fault {
    const { random } = this.#scheduler
    for (const fault of new Set(['refused', 'unanswered', own] as const)) if (random.chance(this.faults[fault])) return fault
    return 'none'
  }

  #perform<Result>(actor: string, fault: Fault, effect: (view: Documents) => Result): Promise<Result> {
    const happens = fault !== 'refused' && (fault !== 'unanswered' || this.#scheduler.random.chance(0.5))
    return new Promise((resolve, reject) => {
      this.#scheduler.atStore(() => {
        const view = fault === 'stale' ? this.#scheduler.random.pick([...this.#earlier, this.#documents]) : this.#documents
        const outcome = happens ? outcomeOf(() => effect(view)) : { error: unavailable() }
        if (fault === 'unanswered') return
        this.#scheduler.heardBy(actor, () => {
          if (fault === 'answerLost') reject(unavailable())
          else if ('error' in outcome) reject(outcome.error)
          else resolve(outcome.result)
        })
      })
    })
  }

  #commit(changes: readonly Change[]): void {
    const next = new Map(this.#documents)
    for (const change of changes) this.#apply(next, change)
    for (const change of changes) {
      if (change.kind === 'create') this.created.push({ path: change.path, fields: next.get(change.path)?.fields ?? {} })
    }
    this.#earlier = [...this.#earlier, this.#documents].slice(-REMEMBERED)
    this.#documents = next
  }

  #apply(documents: Map<string, Stored>, change: Change): void {
    const known = documents.get(change.path)
    if (change.kind === 'delete') return void documents.delete(change.path)
    if (change.kind === 'create' && known) throw grpcError(6, 'ALREADY_EXISTS')
    if (change.kind === 'update' && !known) throw grpcError(5, 'NOT_FOUND')
    if (change.kind === 'update' && change.unlessChangedSince && change.unlessChangedSince.version !== known?.version) {
      throw grpcError(9, 'FAILED_PRECONDITION')
    }
    const before = change.kind === 'create' ? {} : (known?.fields ?? {})
    documents.set(change.path, { fields: { ...before, ...this.#encode(change.fields, before) }, version: ++this.#versions })
  }

  #encode(fields: Fields, before: Fields): Record<string, unknown> {
    const encodeValue = (name: string, value: unknown): unknown => {
      if (value === SERVER_TIME) return new Date(this.#scheduler.nowMs)
      if (value instanceof Append) return [...((before[name] as unknown[] | undefined) ?? []), ...value.elements]
      return value
    }
    return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, encodeValue(name, value)]))
  }

  #createObject(name: string, bytes: Buffer): { generation: string } {
    if (this.#objects.has(name)) throw new HoldfastError('already-exists', `${name} exists already.`)
    this.#objects.set(name, bytes)
    return { generation: '1' }
  }

  #readObject(name: string): { bytes: Buffer; generation: string } | null {
    const bytes = this.#objects.get(name)
    return bytes ? { bytes, generation: '1' } : null
  }
}

function outcomeOf<Result>(work: () => Result): Outcome<Result> {
  try {
    return { result: work() }
  } catch (error) {
    return { error }
  }
}

function snapshotIn(view: Documents, path: string): DocumentSnapshot | null {
  const stored = view.get(path)
  if (!stored) return null
  const id = path.slice(path.lastIndexOf('/') + 1)
  return {
    path,
    id,
    fields: { ...stored.fields },
    createdAtMicros: 0,
    updatedAtMicros: 0,
    silentForMs: 0,
    version: stored.version,
  }
}

/** Answers the only kind of query that the journal makes: a range of ids. */
function found(
  view: Documents,
  { collection, startAfter = '', endAt, limit = Number.POSITIVE_INFINITY }: Query,
): DocumentSnapshot[] {
  const ids = [...view.keys()]
    .filter((path) => path.startsWith(`${collection}/`))
    .map((path) => path.slice(collection.length + 1))
  const inRange = ids.filter((id) => !id.includes('/') && id > String(startAfter) && (endAt === undefined || id <= endAt))
  return inRange
    .toSorted()
    .slice(0, limit)
    .flatMap((id) => snapshotIn(view, `${collection}/${id}`) ?? [])
}

const unavailable = (): Error => grpcError(14, 'UNAVAILABLE')

const grpcError = (code: number, what: string): Error => Object.assign(new Error(what), { code })
