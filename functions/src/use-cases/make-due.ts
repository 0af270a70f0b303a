import { isTombstone } from '@holdfast/core/message/archived-job'
import { EXPIRED, isExpired } from '@holdfast/core/message/attempts'
import { ackEventOf } from '@holdfast/core/message/ack-webhook'
import { dueTimeOf } from '@holdfast/core/message/due'
import { type JobDocument, JOBS, jobDocumentSchema, jobPath } from '@holdfast/core/message/job-document'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import { parseUnlessDamaged } from '@holdfast/core/platform/parse'
import {
  Append,
  type DocumentSnapshot,
  type DocumentStore,
  type Fields,
  type Merge,
  SERVER_TIME,
} from '@holdfast/core/platform/ports'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import type { KeyWrapping } from '@holdfast/core/security/key-wrapping'
import { sessionPath } from '@holdfast/core/session/session-document'
import { kickWebhooks } from '@holdfast/core/operations/webhook-kick'
import { z } from 'zod'
import type { Dependencies } from './dependencies.ts'
import { cipherOf } from './find-session.ts'
import { tellEndPointsOf } from './webhooks/tell-end-points.ts'

/** The dependencies of tasks and schedules about jobs. */
export type QueueDependencies = Pick<Dependencies, 'documents' | 'wrappingKey' | 'tasks' | 'clock' | 'logger'> & {
  /**
   * True in storage mode `local`, where the document of a job may lag behind what its owner has recorded. The owner alone then
   * says that a message is unsent.
   */
  readonly jobsLag: boolean
}

/**
 * made-due  the job is in the queue now
 * expired   it was too old and has failed
 * early     its time comes in a moment
 * none      it needs nothing: it is in the queue already, past it, gone, or for much later
 * damaged   its document does not parse
 */
export type DueOutcome = 'made-due' | 'expired' | 'early' | 'none' | 'damaged'

/** The payload of a task, as `taskFor` makes it. */
const payloadSchema = z.object({
  job: z.string().regex(/^[0-9a-f]{40}$/),
  generation: z.int().optional(),
  attempt: z.int().optional(),
})

/** A task that comes this early by the difference of two clocks is repeated; a task that is earlier belongs to another time. */
const CLOCKS_DIFFER_MS = 60_000

/** How often another one may change the job between reading and writing. */
const MAX_ROUNDS = 5

/** One commit takes no more. Those beyond it wait for their own tasks. */
const MOST_BESIDE = 100

/**
 * Handles a task of the queue `retries`: puts its job into the queue. The document of the job decides. A task that comes twice, late,
 * or for another attempt changes nothing.
 *
 * @throws Error when the task has to be repeated: its time comes in a moment, or the database does not answer
 */
export async function handleDueTask(dependencies: QueueDependencies, payload: unknown): Promise<DueOutcome> {
  const { documents, logger } = dependencies
  const task = payloadSchema.safeParse(payload)
  if (!task.success) {
    logger.error('A task of the queue `retries` names no job; it is dropped.')
    return 'none'
  }
  const { job: jobId, generation, attempt } = task.data
  const snapshot = await documents.read(jobPath(jobId))
  if (!snapshot) {
    logger.warn({ job: jobId }, 'A task names a job that does not exist; it is dropped.')
    return 'none'
  }
  const isOfTask = (job: JobDocument) =>
    (generation === undefined || generation === job.generation) && (attempt === undefined || attempt === job.attempts)
  const outcome = await makeDue(dependencies, snapshot, isOfTask)
  if (outcome === 'early') throw new Error(`The task of job ${jobId} came before its time.`)
  if (outcome === 'damaged') logger.error({ job: jobId }, 'A job cannot be read; its task is dropped.')
  else logger.info({ job: jobId, outcome }, 'A task of the queue `retries` was handled.')
  return outcome
}

/**
 * Puts a job into the queue when its time has come. Judges it anew whenever somebody else has changed it. The jobs of its chat whose
 * time has come as well enter the queue in the same commit, because their tasks may come in another order.
 */
export async function makeDue(
  dependencies: QueueDependencies,
  given: DocumentSnapshot,
  fits: (job: JobDocument) => boolean = () => true,
): Promise<DueOutcome> {
  const { documents, tasks, clock, logger, jobsLag } = dependencies
  let snapshot = given
  for (let round = 1; ; round++) {
    const now = clock.now()
    const { outcome, fields } = decide(snapshot, fits, { now, jobsLag })
    if (!fields) return outcome
    const told = outcome === 'expired' ? await tellOfFailure(dependencies, snapshot, new Date(now)) : []
    const beside = outcome === 'made-due' ? await dueBeside(documents, snapshot, { now, jobsLag }) : []
    try {
      const changes = [snapshot, ...beside].map(
        (job) => ({ kind: 'update', path: job.path, fields, unlessChangedSince: job }) as const,
      )
      await documents.commit([...changes, ...told])
      await kickWebhooks({ tasks, logger }, told)
      return outcome
    } catch (error) {
      const found = await documents.read(snapshot.path)
      const isUnchanged = found?.updatedAtMicros === snapshot.updatedAtMicros && beside.length === 0
      if (isUnchanged || round === MAX_ROUNDS) throw error
      if (!found) return 'none'
      snapshot = found
    }
  }
}

/** Returns the other jobs for later of the chat whose time has come. */
async function dueBeside(
  documents: DocumentStore,
  { id, fields: { sessionId, chat, queuedAt } }: DocumentSnapshot,
  at: { readonly now: number; readonly jobsLag: boolean },
): Promise<DocumentSnapshot[]> {
  if (queuedAt !== null) return []
  const where = [
    ['sessionId', '==', sessionId],
    ['chat', '==', chat],
    ['status', '==', 'pending'],
    ['queuedAt', '==', null],
  ] as const
  const found = await documents.query({ collection: JOBS, where, limit: MOST_BESIDE })
  return found.filter((job) => job.id !== id && decide(job, () => true, at).outcome === 'made-due')
}

/** Returns what tells the end points of the session that the message was not sent. */
async function tellOfFailure(
  { documents, wrappingKey }: QueueDependencies,
  { id, fields }: DocumentSnapshot,
  at: Date,
): Promise<readonly Merge[]> {
  const { sessionId, messageId, chat } = fields as Pick<JobDocument, 'sessionId' | 'messageId' | 'chat'>
  const told = ackEventOf({ job: id, status: 'failed', messageId, chat, at })
  if (!told) return []
  const cipher = await cipherUnlessTrouble(documents, sessionId, wrappingKey)
  // The job beside it has its chat in the clear, so that the event may, too.
  return tellEndPointsOf(
    documents,
    await documents.read(sessionPath(sessionId)),
    cipher ? told : { ...told, isSecret: false },
    cipher,
  )
}

/** Null when the key of the session cannot be had: what tells of a message does not keep it from its end. */
async function cipherUnlessTrouble(
  documents: DocumentStore,
  sessionId: string,
  wrappingKey: KeyWrapping,
): Promise<SessionCipher | null> {
  try {
    return await cipherOf(documents, sessionId, wrappingKey)
  } catch (error) {
    // A database that does not answer is no key that is missing: the task comes again.
    if (isHoldfastError(error) && error.code !== 'unavailable') return null
    throw error
  }
}

interface Decision {
  readonly outcome: DueOutcome
  /** What to write. Null: nothing. */
  readonly fields: Fields | null
}

function decide(
  snapshot: DocumentSnapshot,
  fits: (job: JobDocument) => boolean,
  { now, jobsLag }: { readonly now: number; readonly jobsLag: boolean },
): Decision {
  const nothing = (outcome: DueOutcome): Decision => ({ outcome, fields: null })
  if (isTombstone(snapshot.fields)) return nothing('none')
  const job = parseUnlessDamaged(jobDocumentSchema, snapshot)
  if (isHoldfastError(job)) return nothing('damaged')
  if (!fits(job)) return nothing('none')
  if (!jobsLag && isExpired(job, now)) return { outcome: 'expired', fields: expiredAt(new Date(now)) }
  const earlyMs = Number(dueTimeOf(job) ?? Number.POSITIVE_INFINITY) - now
  if (earlyMs > 0) return nothing(earlyMs <= CLOCKS_DIFFER_MS ? 'early' : 'none')
  return { outcome: 'made-due', fields: { queuedAt: SERVER_TIME, nextAttemptAt: null } }
}

const expiredAt = (at: Date): Fields => ({
  status: 'failed',
  failedAt: at,
  nextAttemptAt: null,
  hold: null,
  lastError: EXPIRED,
  timeline: new Append({ status: 'failed', at, by: 'sweep', why: 'expired' }),
})
