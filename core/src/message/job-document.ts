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

/** Receipts arrive late, twice and out of order: a job only moves to a status of a higher rank. */
const RANK: Record<JobStatus, number> = { pending: 0, processing: 1, sent: 2, delivered: 3, read: 4, failed: 5, canceled: 5 }

export const advances = (from: JobStatus, to: JobStatus): boolean => RANK[to] > RANK[from]

export const timelineEntrySchema = z.object({ status: z.enum(JOB_STATUSES), at: z.date(), attempt: z.number().int().optional() })

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
  /** Time at which the job became pending: its creation, or its return to the queue by hand. */
  queuedAt: z.date(),
  timeline: z.array(timelineEntrySchema),
  attempts: z.number().int().nonnegative().default(0),
  lastAttemptAt: z.date().nullable().default(null),
  nextAttemptAt: z.date().nullable().default(null),
  failedAt: z.date().nullable().default(null),
  /** Error of the last attempt that ended; null when WhatsApp has the message. */
  lastError: z.object({ code: z.string(), message: z.string() }).nullable().default(null),
  /** Sealed protobuf of the first attempt. When the ack does not come, the owner sends it again. */
  proto: bytesSchema.optional(),
})

export type JobDocument = z.infer<typeof jobDocumentSchema>
