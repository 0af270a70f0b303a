import { createHash } from 'node:crypto'
import { z } from 'zod'
import { bytesSchema } from '../platform/parse.ts'

/**
 * PERSISTED CONTRACT v1: `live_events/{id}`, an event for those who listen to a tenant's stream (`/ws`) at this moment. It is written in the
 * commit of what it tells, while somebody listens, and Firestore removes it soon. New versions only add optional fields.
 */
export const LIVE_EVENTS = 'live_events'

/** The same event has the same document, however often it is written. */
export const liveEventPath = (event: string): string =>
  `${LIVE_EVENTS}/${createHash('sha256').update(`live\n${event}`).digest('hex').slice(0, 40)}`

export const liveEventSchema = z.object({
  v: z.literal(1),
  tenant: z.string(),
  sessionId: z.string(),
  event: z.string(),
  /** Ascends with the log of a session, for events of one moment. */
  order: z.string(),
  /** What a webhook gets too: sealed, or as it is for events without content. */
  body: bytesSchema,
  isSealed: z.boolean(),
  writtenAt: z.date(),
  /** The time of writing: Firestore may remove it at once. */
  expireAt: z.date(),
})

export type LiveEvent = z.infer<typeof liveEventSchema>

/** The place that binds the sealed body. */
export const liveBodyPlace = (path: string): string => `${path}/body`
