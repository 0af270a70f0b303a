import { isTombstone } from '@holdfast/core/message/archived-job'
import { refusalsOf } from '@holdfast/core/message/attempts'
import { jobDocumentSchema, jobPath } from '@holdfast/core/message/job-document'
import { openJobProto } from '@holdfast/core/message/sealed-content'
import { parseStored } from '@holdfast/core/platform/parse'
import type { Clock, DocumentSnapshot, DocumentStore } from '@holdfast/core/platform/ports'
import { NO_TRACES, type Traces } from '@holdfast/core/platform/traces'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import { JobTrace } from './job-trace.ts'
import type { OpenJob } from './open-jobs.ts'

/** Reads the documents of one session's jobs. */
export class JobReader {
  readonly #documents: DocumentStore
  readonly #cipher: SessionCipher
  readonly #clock: Clock
  readonly #traces: Traces

  constructor(options: { documents: DocumentStore; cipher: SessionCipher; clock: Clock; traces?: Traces }) {
    const { documents, cipher, clock, traces = NO_TRACES } = options
    this.#traces = traces
    this.#documents = documents
    this.#cipher = cipher
    this.#clock = clock
  }

  /**
   * Returns the open job of a document; null when this session does not have to send it: it is settled, archived, for later, or moved
   * away.
   *
   * @throws HoldfastError when the document is damaged
   */
  open(snapshot: DocumentSnapshot): OpenJob | null {
    if (isTombstone(snapshot.fields)) return null
    const document = parseStored(jobDocumentSchema, snapshot.fields, snapshot.path)
    const isTaken = document.status === 'processing'
    const isQueued = document.status === 'pending' && document.queuedAt !== null
    if (document.sessionId !== this.#cipher.sessionId || (!isTaken && !isQueued)) return null
    return {
      id: snapshot.id,
      document,
      snapshot,
      readAtMs: this.#clock.monotonic(),
      createdAtMicros: snapshot.createdAtMicros,
      phase: isTaken ? 'unknown' : 'waiting',
      isTaken,
      attempts: document.attempts,
      refusals: refusalsOf(document),
      unanswered: 0,
      // Missing acks of the last owner say nothing about this one.
      notBeforeMs: isTaken ? 0 : (document.nextAttemptAt?.getTime() ?? 0),
      lastError: document.lastError,
      isAcknowledged: false,
      sentToAll: false,
      message: document.proto ? openJobProto(this.#cipher, snapshot.id, document.proto) : null,
      cancelTimeout: null,
      run: null,
      leaving: null,
      trace: new JobTrace(this.#traces, snapshot.id, document),
    }
  }

  /** Reads the present version of a job. Null when no document exists, or this session does not have to send it. */
  async read(jobId: string): Promise<OpenJob | null> {
    const snapshot = await this.#documents.read(jobPath(jobId))
    return snapshot && this.open(snapshot)
  }
}
