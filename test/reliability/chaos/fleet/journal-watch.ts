import { FieldPath, Firestore, type Query, type QueryDocumentSnapshot } from '@google-cloud/firestore'
import { hashOfRecord, journalPath, journalRecordSchema, type RecordKind } from '@holdfast/core/journal/journal-record'
import { inParallel } from '@holdfast/core/platform/in-parallel'
import { parseStored } from '@holdfast/core/platform/parse'
import { setTimeout as pause } from 'node:timers/promises'
import type { SandboxInfo } from '../../../../sandbox/info.ts'

/** A record of a session's journal, as it was first seen. */
export interface SeenRecord {
  readonly seq: number
  readonly epoch: number
  readonly kind: RecordKind
  readonly runnerId: string
  readonly prevHash: string
  readonly hash: string
  /** By Firestore's clock, ms. */
  readonly createdAt: number
}

export interface SeenJournal {
  readonly sessionId: string
  readonly records: readonly SeenRecord[]
  /** The numbers of records that were written a second time. */
  readonly rewritten: readonly number[]
}

/** Long before two checkpoints cover a record, after which it is trimmed. */
const LOOK_EVERY_MS = 4_000
const AT_ONCE = 4

/**
 * Reads all journals again and again, past the product and past the networks of the runners, so that it also knows what was trimmed. It
 * asks for new records only: a listener to all journals costs the emulator more than the whole fleet.
 */
export class JournalWatch {
  readonly #firestore: Firestore
  readonly #journals: ReadonlyMap<string, Journal>
  readonly #stopping = new AbortController()
  readonly #looking: Promise<void>

  constructor({ firestore, project }: SandboxInfo, sessionIds: readonly string[]) {
    const [host = '', port] = firestore.split(':')
    const customHeaders = { authorization: 'Bearer owner' }
    this.#firestore = new Firestore({ projectId: project, host, port: Number(port), ssl: false, customHeaders })
    this.#journals = new Map(sessionIds.map((id) => [id, new Journal(this.#firestore.collection(journalPath(id)))]))
    this.#looking = this.#look()
    // `close` reports it.
    this.#looking.catch(() => undefined)
  }

  /** Ends the watch. Returns what was seen, compared with what is there now. */
  async close(): Promise<SeenJournal[]> {
    this.#stopping.abort()
    await this.#looking
    await inParallel(AT_ONCE, this.#journals.values(), (journal) => journal.readAll())
    await this.#firestore.terminate()
    return [...this.#journals].map(([sessionId, { records, rewritten }]) => ({ sessionId, records, rewritten }))
  }

  async #look(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      await inParallel(AT_ONCE, this.#journals.values(), (journal) => journal.readOn())
      await pause(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined)
    }
  }
}

class Journal {
  readonly rewritten: number[] = []
  readonly #seen = new Map<number, SeenRecord>()
  readonly #inOrder: Query
  #last: QueryDocumentSnapshot | undefined

  constructor(collection: Query) {
    this.#inOrder = collection.orderBy(FieldPath.documentId())
  }

  get records(): SeenRecord[] {
    return [...this.#seen.values()].toSorted((one, other) => one.seq - other.seq)
  }

  async readOn(): Promise<void> {
    await this.#read(this.#last ? this.#inOrder.startAfter(this.#last.id) : this.#inOrder)
  }

  async readAll(): Promise<void> {
    await this.#read(this.#inOrder)
  }

  async #read(query: Query): Promise<void> {
    for (const doc of (await query.get()).docs) {
      this.#see(doc)
      this.#last = doc
    }
  }

  #see(doc: QueryDocumentSnapshot): void {
    const record = parseStored(journalRecordSchema, doc.data(), doc.ref.path)
    const { seq, epoch, kind, runnerId, prevHash } = record
    const hash = hashOfRecord(record)
    const before = this.#seen.get(seq)
    if (before && before.hash !== hash) this.rewritten.push(seq)
    if (before) return
    this.#seen.set(seq, { seq, epoch, kind, runnerId, prevHash, hash, createdAt: doc.createTime.toMillis() })
  }
}
