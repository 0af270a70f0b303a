import { z } from 'zod'
import { bytesSchema } from '../platform/parse.ts'
import { contentTypeSchema } from './content.ts'

/** PERSISTED CONTRACT v1: `message_queue_jobs/{jobId}`, a message to send. New versions only add optional fields. */
export const JOBS = 'message_queue_jobs'

export const jobPath = (jobId: string): string => `${JOBS}/${jobId}`

export const JOB_STATUSES = ['pending', 'processing', 'sent', 'delivered', 'read', 'failed', 'canceled'] as const

export type JobStatus = (typeof JOB_STATUSES)[number]

/** Statuses of jobs that the owner still has to work on. */
export const OPEN_JOB_STATUSES: readonly JobStatus[] = ['pending', 'processing']

/**
 * Receipts arrive late, twice and out of order: a job only moves to a status of a higher rank. WhatsApp may turn out to have the
 * message of a failed one.
 */
const RANK: Record<JobStatus, number> = { pending: 0, processing: 1, failed: 2, sent: 3, delivered: 4, read: 5, canceled: 6 }

export const advances = (from: JobStatus, to: JobStatus): boolean => RANK[to] > RANK[from]

export const timelineEntrySchema = z.object({
  status: z.enum(JOB_STATUSES),
  at: z.date(),
  attempt: z.number().int().optional(),
  /** Who made the change, when it was not the owner: `api`, `sweep`, `failover`. */
  by: z.string().optional(),
  /** Why, as a code: `retried`, `expired`, `moved`, `replaced`, … */
  why: z.string().optional(),
  /** The session that sends the message from here on. */
  session: z.string().optional(),
})

/** `high` overtakes what is a little older, `low` lets a little newer pass; see `job-order.ts`. */
export const PRIORITIES = ['high', 'normal', 'low'] as const

export type Priority = (typeof PRIORITIES)[number]

/** Why a pending job is held back, as a code, and until when. */
const holdSchema = z.object({ reason: z.string(), until: z.date() })

export const jobDocumentSchema = z.object({
  v: z.literal(1),
  tenant: z.string(),
  sessionId: z.string(),
  /** A JID, as WhatsApp writes it. */
  chat: z.string(),
  type: contentTypeSchema,
  /** Sealed: see `sealed-content.ts`. */
  content: bytesSchema,
  /** Hash of the request that made the job. Another request with the same idempotency key is refused. */
  requestHash: z.string(),
  /** The WhatsApp id of the message, chosen before it is sent and kept for life. */
  messageId: z.string(),
  status: z.enum(JOB_STATUSES),
  createdAt: z.date(),
  /** Time at which the job entered the queue, or returned to it. Null until the time of a job for later (`sendAt`) has come. */
  queuedAt: z.date().nullable(),
  timeline: z.array(timelineEntrySchema),
  attempts: z.number().int().nonnegative().default(0),
  lastAttemptAt: z.date().nullable().default(null),
  nextAttemptAt: z.date().nullable().default(null),
  failedAt: z.date().nullable().default(null),
  /** Error of the last attempt that ended; null when WhatsApp has the message. */
  lastError: z.object({ code: z.string(), message: z.string() }).nullable().default(null),
  /**
   * Sealed protobuf of the first attempt. When the ack does not come, the owner sends it again. Null once the job has moved to
   * another session.
   */
  proto: bytesSchema.nullable().optional(),
  /**
   * Sealed: the file of the message at WhatsApp, see `uploaded-media.ts`. Null once the job has moved to another session, whose key opens
   * other bytes.
   */
  upload: bytesSchema.nullable().optional(),
  priority: z.enum(PRIORITIES).default('normal'),
  /** The place among the jobs of one request, which all have one time of creation. */
  index: z.number().int().nonnegative().default(0),
  /** The message is not sent before this time. */
  sendAt: z.date().nullable().default(null),
  /** The message is not sent for the first time after this time. */
  expiresAt: z.date().nullable().default(null),
  /** Delays of this job's retries, in milliseconds; null: those of the tenant. */
  retryDelaysMs: z.array(z.number().int().nonnegative()).nullable().default(null),
  /** The id in the address of the message's file. Absent for a message without one, and in jobs of before. */
  mediaId: z.string().optional(),
  /** The number of retries by hand. The name of a task contains it, because Cloud Tasks remembers names for an hour. */
  generation: z.number().int().nonnegative().default(0),
  /** The pool whose sessions may send the message; null when only `sessionId` may. */
  pool: z.string().nullable().default(null),
  hold: holdSchema.nullable().default(null),
  /** The session that the message was accepted for, once it has moved to another. The key of that one made `requestHash`. */
  firstSession: z.string().nullable().default(null),
  /**
   * W3C trace context of the request that made the job. Whoever works on the message continues that trace: a later owner, too. Absent
   * when nobody traces it, and in jobs of before. Nothing depends on it, so that a damaged one keeps no message from being sent.
   */
  traceparent: z.string().nullish().catch(null),
})

export type JobDocument = z.infer<typeof jobDocumentSchema>
