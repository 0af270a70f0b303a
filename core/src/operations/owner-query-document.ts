import { z } from 'zod'
import { bytesSchema } from '../platform/parse.ts'

/**
 * PERSISTED CONTRACT v1: `owner_queries/{id}`, a short-lived question to the owner of a session. The API writes it, the owner answers
 * in it, and the API removes it when it has the answer. What stays is removed each night. New versions only add optional fields.
 */
export const OWNER_QUERIES = 'owner_queries'

export const ownerQueryPath = (id: string): string => `${OWNER_QUERIES}/${id}`

/**
 * asked      the owner has to take it
 * taken      the owner does what was asked, which may take effect from here on
 * answered   `answer` has the answer
 * refused    `problem` says why nothing was done, or what went wrong
 * withdrawn  nobody took it in time, and nobody will
 */
export const OWNER_QUERY_STATES = ['asked', 'taken', 'answered', 'refused', 'withdrawn'] as const

/**
 * not-possible   this engine or this account cannot do it
 * unknown        WhatsApp does not know what was named, or it does not tell us
 * refused        WhatsApp refused it
 * not-connected  the session has no connection now; nothing was done
 * busy           the session has too many questions at this moment; nothing was done
 * no-answer      WhatsApp did not answer in time, or the connection ended: it may have taken effect
 * failed         something else went wrong; the log of the runner has the cause
 */
export const OWNER_QUERY_PROBLEMS = [
  'not-possible',
  'unknown',
  'refused',
  'not-connected',
  'busy',
  'no-answer',
  'failed',
] as const

export type OwnerQueryProblem = (typeof OWNER_QUERY_PROBLEMS)[number]

export const ownerQuerySchema = z.object({
  v: z.literal(1),
  /** The id of the document, for a listener to it alone. */
  id: z.string(),
  tenant: z.string(),
  sessionId: z.string(),
  /** The owner of the session at the time of the question. No other runner hears of it. */
  runnerId: z.string(),
  kind: z.string(),
  state: z.enum(OWNER_QUERY_STATES),
  /** Made up by the owner for the commit with which it takes the question, so that it knows its own when that commit has no answer. */
  taker: z.string().nullable().default(null),
  /** Sealed: see `sealed-query.ts`. */
  args: bytesSchema,
  /** The time that the asker waits, by Firestore's clock, ms. */
  withinMs: z.number().int().positive(),
  expiresAt: z.date(),
  /** Sealed, as `args`. */
  answer: bytesSchema.nullable().default(null),
  problem: z
    .object({ code: z.enum(OWNER_QUERY_PROBLEMS).catch('failed'), sentence: z.string() })
    .nullable()
    .default(null),
})

export type OwnerQueryDocument = z.infer<typeof ownerQuerySchema>
