import { type DocumentReference, FieldPath, Firestore, type Query, type QueryDocumentSnapshot } from '@google-cloud/firestore'
import { hashOfRecord, journalPath, journalRecordSchema, type RecordKind } from '@holdfast/core/journal/journal-record'
import { inParallel } from '@holdfast/core/platform/in-parallel'
import { parseStored } from '@holdfast/core/platform/parse'
import { sessionDocumentSchema, sessionPath } from '@holdfast/core/session/session-document'
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
  /** The numbers of records that two checkpoints covered before the watch saw them: the owner may have removed them. */
  readonly covered: ReadonlySet<number>
}

/** Mostly before two checkpoints cover a record, after which it is trimmed. Several hand-overs in a row are faster. */
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
    this.#journals = new Map(sessionIds.map((id) => [id, new Journal(this.#firestore, id)]))
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
    return [...this.#journals].map(([sessionId, { records, rewritten, covered }]) => ({ sessionId, records, rewritten, covered }))
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
  readonly covered = new Set<number>()
  readonly #session: DocumentReference
  readonly #seen = new Map<number, SeenRecord>()
  readonly #inOrder: Query
  #last: QueryDocumentSnapshot | undefined

  constructor(firestore: Firestore, sessionId: string) {
    this.#session = firestore.doc(sessionPath(sessionId))
    this.#inOrder = firestore.collection(journalPath(sessionId)).orderBy(FieldPath.documentId())
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
    await this.#explainGaps()
  }

  /** Notes which of the missing records may have been trimmed, as the session's document says right after the look. */
  async #explainGaps(): Promise<void> {
    const last = Math.max(0, ...this.#seen.keys())
    const isMissing = (seq: number) => !this.#seen.has(seq) && !this.covered.has(seq)
    const missing = Array.from({ length: last }, (_, index) => index + 1).filter(isMissing)
    if (missing.length === 0) return
    const { previousCheckpoint, trimmedTo } = parseStored(
      sessionDocumentSchema,
      (await this.#session.get()).data(),
      this.#session.path,
    )
    for (const seq of missing) if (seq <= Math.max(trimmedTo, previousCheckpoint?.seq ?? 0)) this.covered.add(seq)
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
