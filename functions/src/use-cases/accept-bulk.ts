import { jobPath } from '@holdfast/core/message/job-document'
import { type HoldfastError, isHoldfastError } from '@holdfast/core/platform/errors'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import type { Span } from '@holdfast/core/platform/traces'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import { ofSession } from '@holdfast/core/session/log-fields'
import { bulkJobIdOf, jobIdOf } from '@holdfast/core/session/ids'
import type { Principal } from '../app/principal.ts'
import { acceptedBefore, queueDisabled } from './accept-message.ts'
import type { Dependencies } from './dependencies.ts'
import { enqueueLater, forLater, type JobForLater } from './enqueue-later.ts'
import { cipherOf } from './find-session.ts'
import { jobSpan } from './job-span.ts'
import { refusalOfTimes } from './message-times.ts'
import { KnownChats } from './named-person.ts'
import {
  isSameRequest,
  isVeryJob,
  jobIdFor,
  jobOfChosenId,
  type MessageRequest,
  type NewMessage,
  newJob,
  recipientOf,
  retryDelaysOf,
} from './new-message.ts'
import { Refusal, sentenceOf } from './refusal.ts'
import type { Accepted } from './send-answer.ts'
import { type Sender, senderOf } from './sender.ts'

type Needed = Pick<
  Dependencies,
  'documents' | 'tasks' | 'tenants' | 'limits' | 'acceptsMessages' | 'wrappingKey' | 'traces' | 'clock' | 'logger'
>

/** A message of the request. One that cannot be read has its mistakes instead. */
export type BulkItem =
  | { readonly message: MessageRequest; readonly idempotencyKey: string | null }
  | { readonly mistakes: string }

interface Refused {
  readonly code: string
  readonly detail: string
}

export type BulkResult = { readonly index: number } & (Accepted | Refused)

/** One commit takes no more: Firestore refuses one of 10 MiB. */
const MAX_JOBS = 100
const MAX_BYTES = 3 * 1024 * 1024

/** Another request with the same keys may create some of the jobs meanwhile. */
const ATTEMPTS = 3

/** A job to create. */
interface NewJob {
  readonly index: number
  readonly id: string
  readonly message: NewMessage
  readonly cipher: SessionCipher
  readonly fields: ReturnType<typeof newJob>
  readonly span: Span
}

/**
 * Accepts many messages. Each has a result of its own, in the order of the request. Messages to one chat are sent in that order.
 *
 * Jobs are created in several commits, one after the other. When one fails, the messages from there on are `unavailable` or
 * `internal-error`, so that no later message overtakes an earlier one. A repeated request with the same key takes up the rest.
 *
 * @throws Error of the database, or Refusal `queue-disabled`, when no message was accepted for this reason
 */
export async function acceptBulk(
  dependencies: Needed,
  principal: Principal,
  { items, idempotencyKey }: { readonly items: readonly BulkItem[]; readonly idempotencyKey: string },
): Promise<BulkResult[]> {
  const bulk = new Bulk(dependencies, principal, idempotencyKey)
  for (const [index, item] of items.entries()) await bulk.add(index, item)
  return bulk.run()
}

type RepeatedJob = Pick<NewJob, 'index' | 'message' | 'cipher'> & { readonly first: NewJob }

class Bulk {
  readonly #dependencies: Needed
  readonly #names: KnownChats
  readonly #principal: Principal
  readonly #idempotencyKey: string
  readonly #nowMs: number
  readonly #senders = new Map<string, Promise<{ sender: Sender; cipher: SessionCipher }>>()
  readonly #new = new Map<string, NewJob>()
  /** Messages whose key another message of this request has, too. */
  readonly #repeated: RepeatedJob[] = []
  readonly #results = new Map<number, Accepted | Refused>()
  readonly #later: (JobForLater | null)[] = []

  constructor(dependencies: Needed, principal: Principal, idempotencyKey: string) {
    this.#dependencies = dependencies
    this.#names = new KnownChats(dependencies.documents)
    this.#principal = principal
    this.#idempotencyKey = idempotencyKey
    this.#nowMs = dependencies.clock.now()
  }

  async add(index: number, item: BulkItem): Promise<void> {
    if ('mistakes' in item) return void this.#results.set(index, { code: 'bad-request', detail: item.mistakes })
    await this.#orRefused(index, async () => {
      const { tenant } = this.#principal
      const { documents, tenants, acceptsMessages } = this.#dependencies
      const request = item.message
      const namedChat = recipientOf(request.chatId, request.content)
      const { sender, cipher } = await this.#sender(request)
      const chat = await this.#names.nameOf({ sessionId: sender.sessionId, cipher }, namedChat)
      const message: NewMessage = { tenant, ...sender, chat, namedChat, request }
      const { idempotencyKey: key } = item
      const byKey = () => (key === null ? bulkJobIdOf(tenant, this.#idempotencyKey, index) : jobIdOf(tenant, key))
      const id = jobIdFor(request, tenant, byKey)
      const earlier = await jobOfChosenId(documents, message, id)
      if (earlier) return this.#existed({ index, message, cipher }, earlier)
      const refusal = acceptsMessages ? refusalOfTimes(request, this.#nowMs) : queueDisabled()
      if (refusal) {
        // A repeated request is answered, also after its own times: its message is accepted already.
        const existing = await documents.read(jobPath(id))
        if (!existing) throw refusal
        return this.#existed({ index, message, cipher }, existing)
      }
      const first = this.#new.get(id)
      if (first) return void this.#repeated.push({ index, message, cipher, first })
      const retryDelaysMs = request.retry && retryDelaysOf(request.retry, (await tenants.settingsOf(tenant)).retries)
      const span = jobSpan(this.#dependencies, id, sender.sessionId)
      const { traceparent } = span
      const fields = newJob(id, message, { cipher, nowMs: this.#nowMs, index, retryDelaysMs, traceparent })
      this.#new.set(id, { index, id, message, cipher, fields, span })
    })
  }

  async run(): Promise<BulkResult[]> {
    const chunks = chunksOf([...this.#new.values()])
    for (const [number, chunk] of chunks.entries()) {
      try {
        await this.#create(chunk)
      } catch (error) {
        if (!this.#isAnyAccepted()) throw error
        const isOutage = isHoldfastError(error, 'unavailable')
        const result = isOutage ? UNAVAILABLE : UNEXPECTED
        this.#dependencies.logger[isOutage ? 'warn' : 'error'](
          { error },
          'A part of a request for many messages could not be stored.',
        )
        const open = chunks
          .slice(number)
          .flat()
          .filter(({ index }) => !this.#results.has(index))
        for (const { index } of open) this.#results.set(index, result)
        break
      }
    }
    for (const repeated of this.#repeated) this.#answerAsFirst(repeated)
    await enqueueLater(this.#dependencies, this.#later)
    if (!this.#dependencies.acceptsMessages && !this.#isAnyAccepted()) throw queueDisabled()
    const results = [...this.#results].map(([index, result]) => ({ index, ...result }))
    return results.toSorted((one, other) => one.index - other.index)
  }

  #isAnyAccepted(): boolean {
    return [...this.#results.values()].some((result) => 'jobId' in result)
  }

  /** Creates jobs in one commit. Those that exist are left out, and answered as what they are. */
  async #create(jobs: readonly NewJob[]): Promise<void> {
    const { documents, limits } = this.#dependencies
    let missing = jobs
    for (let attempt = 1; missing.length > 0; attempt++) {
      const giveBack = await orRefusal(limits.admitMessages(this.#principal.tenant, missing.length))
      if (giveBack instanceof Refusal) return this.#withoutRoom(missing, giveBack)
      try {
        await documents.commit(missing.map(({ id, fields }) => ({ kind: 'create', path: jobPath(id), fields })))
        return this.#created(missing)
      } catch (error) {
        // The documents say what the error means: keys that were used before, or a commit that succeeded without an answer.
        const left = await this.#answerExisting(missing)
        if (left.length === missing.length || attempt === ATTEMPTS) throw error
        if (left.length > 0 || !(await this.#isOwn(missing))) giveBack()
        missing = left
      }
    }
  }

  /** Returns whether all these jobs were created by a commit of this request whose answer was lost. */
  async #isOwn([first]: readonly NewJob[]): Promise<boolean> {
    const existing = first && (await this.#dependencies.documents.read(jobPath(first.id)))
    return existing ? isVeryJob(existing, first.fields) : false
  }

  #created(jobs: readonly NewJob[]): void {
    for (const { index, id, message, fields, span } of jobs) {
      span.end()
      const { messageId, timeline } = fields
      this.#dependencies.logger.info({ ...ofSession(message.sessionId), job: id, messageId }, 'A message was accepted.')
      this.#results.set(index, { jobId: id, messageId, status: 'pending', chat: message.chat, acceptedAt: timeline[0].at })
      this.#later.push(forLater({ id, fields }))
    }
  }

  /** Answers those that exist, because they take no room, and creates as many of the rest as there is room for. */
  async #withoutRoom(jobs: readonly NewJob[], refusal: Refusal): Promise<void> {
    const missing = await this.#answerExisting(jobs)
    if (missing.length < jobs.length) return this.#create(missing)
    const half = Math.ceil(jobs.length / 2)
    if (jobs.length > 1 && refusal.code === 'daily-quota-exceeded') {
      await this.#create(jobs.slice(0, half))
      return this.#create(jobs.slice(half))
    }
    for (const { index } of jobs) this.#results.set(index, refusedBy(refusal))
  }

  /** Answers those of the jobs that exist. Returns the others. */
  async #answerExisting(jobs: readonly NewJob[]): Promise<NewJob[]> {
    const found = await Promise.all(jobs.map(({ id }) => this.#dependencies.documents.read(jobPath(id))))
    for (const [place, job] of jobs.entries()) {
      const existing = found[place]
      if (existing) await this.#orRefused(job.index, () => this.#existed(job, existing))
    }
    return jobs.filter((_, place) => !found[place])
  }

  async #existed(job: Pick<NewJob, 'index' | 'message' | 'cipher'>, existing: DocumentSnapshot): Promise<void> {
    this.#results.set(job.index, await acceptedBefore(this.#dependencies, this.#principal, existing, job))
    this.#later.push(forLater(existing))
  }

  /** Answers a message whose key another message of this request has. */
  #answerAsFirst({ index, message, cipher, first }: RepeatedJob): void {
    const result = this.#results.get(first.index)
    if (!result) return
    const reused = {
      code: 'idempotency-key-reused',
      detail: `Message ${first.index} of this request has the same idempotencyKey.`,
    }
    this.#results.set(index, isSameRequest(first.fields.requestHash, message, cipher) ? result : reused)
  }

  /** Looks up each session and each pool once, so that all messages of a pool get the same session. */
  #sender({ session, pool }: MessageRequest): Promise<{ sender: Sender; cipher: SessionCipher }> {
    const { documents, wrappingKey } = this.#dependencies
    const key = JSON.stringify([session, pool])
    const known = this.#senders.get(key)
    if (known) return known
    const found = senderOf(this.#dependencies, this.#principal, { session, pool }).then(async (sender) => ({
      sender,
      cipher: await cipherOf(documents, sender.sessionId, wrappingKey),
    }))
    this.#senders.set(key, found)
    return found
  }

  /** Turns what concerns this message only into its result. An outage concerns all. */
  async #orRefused(index: number, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      if (error instanceof Refusal) this.#results.set(index, refusedBy(error))
      else if (isHoldfastError(error) && error.code !== 'unavailable') this.#results.set(index, damageOf(error))
      else throw error
    }
  }
}

const refusedBy = ({ code, message }: Refusal): Refused => ({ code, detail: message })

/** Returns a refusal in place of throwing it. */
async function orRefusal<Result>(work: Promise<Result>): Promise<Result | Refusal> {
  try {
    return await work
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
}

const damageOf = (error: HoldfastError): Refused => ({ code: error.code, detail: sentenceOf(error) })

const REPEAT = 'Repeat the whole request with the same Idempotency-Key: what was accepted stays one message.'

const UNAVAILABLE: Refused = { code: 'unavailable', detail: `The database did not answer. ${REPEAT}` }

const UNEXPECTED: Refused = {
  code: 'internal-error',
  detail: `The message could not be stored. The log has the cause. ${REPEAT}`,
}

/** Divides jobs into commits that Firestore takes. */
function chunksOf(jobs: readonly NewJob[]): NewJob[][] {
  const chunks: NewJob[][] = []
  let bytes = 0
  for (const job of jobs) {
    bytes += job.fields.content.length
    const last = chunks.at(-1)
    if (last && last.length < MAX_JOBS && bytes <= MAX_BYTES) last.push(job)
    else {
      chunks.push([job])
      bytes = job.fields.content.length
    }
  }
  return chunks
}
