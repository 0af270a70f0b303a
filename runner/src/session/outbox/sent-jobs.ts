import { isTombstone, readArchive, tombstoneSchema } from '@holdfast/core/message/archived-job'
import { JOBS, jobDocumentSchema, type JobStatus } from '@holdfast/core/message/job-document'
import { openJobProto } from '@holdfast/core/message/sealed-content'
import { parseStored } from '@holdfast/core/platform/parse'
import type { DocumentSnapshot, DocumentStore, ObjectStore } from '@holdfast/core/platform/ports'
import type { SessionCipher } from '@holdfast/core/security/envelope'

/** A job of this session, which may be archived by now. */
export interface SentJob {
  readonly id: string
  readonly status: JobStatus
  /** The JID of the chat. Null where an archived job does not say it. */
  readonly chat: string | null
  /** The span that made it. Null when nobody traces it. */
  readonly traceparent: string | null
  /** The version of its document that shows the status. Null for an archived one, which nobody else changes. */
  readonly snapshot: DocumentSnapshot | null
  /** Returns the message as it was sent. Null when it was not, or is archived where this process cannot read. */
  message(): Promise<Uint8Array | null>
}

export interface SentJobsOptions {
  readonly sessionId: string
  readonly documents: DocumentStore
  /** Null without a bucket. */
  readonly archives: ObjectStore | null
  readonly cipher: SessionCipher
}

/** Finds the jobs of a session by the ids that their messages have at WhatsApp. */
export class SentJobs {
  readonly #options: SentJobsOptions

  constructor(options: SentJobsOptions) {
    this.#options = options
  }

  /** @throws HoldfastError when the document of the job is damaged */
  async find(messageId: string): Promise<SentJob | null> {
    const { documents, sessionId } = this.#options
    const where = [
      ['sessionId', '==', sessionId],
      ['messageId', '==', messageId],
    ] as const
    const [snapshot] = await documents.query({ collection: JOBS, where, limit: 1 })
    if (!snapshot) return null
    return isTombstone(snapshot.fields) ? this.#archived(snapshot) : this.#stored(snapshot)
  }

  #stored(snapshot: DocumentSnapshot): SentJob {
    const { id, fields, path } = snapshot
    const { status, proto, chat, traceparent = null } = parseStored(jobDocumentSchema, fields, path)
    return { id, status, chat, traceparent, snapshot, message: async () => this.#open(id, proto) }
  }

  #archived({ id, fields, path }: DocumentSnapshot): SentJob {
    const { archives, cipher } = this.#options
    const tombstone = parseStored(tombstoneSchema, fields, path)
    const message = async (): Promise<Uint8Array | null> =>
      archives && this.#open(id, (await readArchive(archives, cipher, id, tombstone)).proto)
    return { id, status: tombstone.status, chat: null, traceparent: null, snapshot: null, message }
  }

  #open(id: string, proto: Uint8Array | null | undefined): Uint8Array | null {
    return proto ? openJobProto(this.#options.cipher, id, proto) : null
  }
}
