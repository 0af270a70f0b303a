import { HoldfastError } from '@holdfast/core/platform/errors'
import type { Change, DocumentSnapshot, DocumentStore, ObjectStore } from '@holdfast/core/platform/ports'
import { committed, type Documents, grpcError, queried, snapshotOf } from '../../support/memory-documents.ts'
import type { Scheduler } from './scheduler.ts'

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
  #nowMicros = 0
  /** Every document that was ever created, in order, including deleted ones. */
  readonly created: DocumentSnapshot[] = []
  faults: FaultRates = NO_FAULTS

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler
  }

  /** Returns a current document, for the final check. */
  present(path: string): DocumentSnapshot | null {
    return this.#snapshot(this.#documents, path)
  }

  documentsOf(actor: string): DocumentStore {
    return {
      commit: (changes) => this.#perform(actor, this.#draw('answerLost'), () => this.#commit(changes)),
      read: (path) => this.#perform(actor, this.#draw('stale'), (view) => this.#snapshot(view, path)),
      query: (query) => this.#perform(actor, this.#draw('stale'), (view) => queried(view, query, this.#nowMicros)),
      listen: () => () => {},
    }
  }

  objectsOf(actor: string): ObjectStore {
    return {
      placeOf: (name) => name,
      create: (name, bytes) => this.#perform(actor, this.#draw('answerLost'), () => this.#createObject(name, bytes)),
      read: (name) => this.#perform(actor, this.#draw('refused'), () => this.#readObject(name)),
      list: (prefix) => this.#perform(actor, 'none', () => [...this.#objects.keys()].filter((name) => name.startsWith(prefix))),
      describe: () => Promise.reject(new Error('The model asks for no sizes and times.')),
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
    this.#nowMicros = Math.max(this.#nowMicros + 1, this.#scheduler.nowMs * 1000)
    const next = committed(this.#documents, changes, this.#nowMicros)
    for (const { kind, path } of changes) {
      const created = kind === 'create' ? this.#snapshot(next, path) : null
      if (created) this.created.push(created)
    }
    this.#earlier = [...this.#earlier, this.#documents].slice(-REMEMBERED)
    this.#documents = next
  }

  #snapshot(view: Documents, path: string): DocumentSnapshot | null {
    return snapshotOf(view, path, this.#nowMicros)
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

const unavailable = (): Error => grpcError(14, 'UNAVAILABLE')
