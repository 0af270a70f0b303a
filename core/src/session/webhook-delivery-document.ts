import { createHash } from 'node:crypto'
import { z } from 'zod'
import { bytesSchema } from '../platform/parse.ts'

/**
 * PERSISTED CONTRACT v1: `webhook_deliveries/{id}`, an event that an end point has to be told of. It is written in the commit of what it
 * tells. New versions only add optional fields.
 */
export const WEBHOOK_DELIVERIES = 'webhook_deliveries'

export const deliveryPath = (id: string): string => `${WEBHOOK_DELIVERIES}/${id}`

/** The same event for the same end point has the same document, however often it is written. */
export const deliveryIdOf = (endpoint: string, event: string): string => hashOf('delivery', endpoint, event)

/**
 * Deliveries of one lane go out one after the other.
 *
 * @param chat stands for the chat, so that the lane tells nobody which one it is
 */
export const laneOf = (endpoint: string, sessionId: string, chat: string): string => hashOf('lane', endpoint, sessionId, chat)

const hashOf = (...parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40)

/** The place that binds the sealed body. */
export const bodyPlace = (id: string): string => `${deliveryPath(id)}/body`

/**
 * pending    it has to go out
 * delivered  the end point took it
 * dead       it was given up; an operator can send it again
 */
export const DELIVERY_STATUSES = ['pending', 'delivered', 'dead'] as const

/** Version 00 has 55 characters. */
const MOST_TRACEPARENT = 64

export const deliverySchema = z.object({
  v: z.literal(1),
  tenant: z.string(),
  sessionId: z.string(),
  /** Of the end point, see `webhooks.ts`. */
  endpoint: z.string(),
  /** Of the address: the rest of it may be a secret. Absent in deliveries of before. */
  host: z.string().nullish().catch(null),
  /** `session` or `tenant`: whose configuration has the end point. */
  scope: z.enum(['session', 'tenant']),
  event: z.string(),
  /** The id in the body. */
  eventId: z.string(),
  at: z.date(),
  /** When it was written, or sent again by an operator. It is tried for three days from then on. */
  since: z.date(),
  lane: z.string(),
  /** Ascends within a lane. */
  order: z.string(),
  /** The bytes that are sent, each time the same: sealed, or as they are for events without content. Null once they are not needed. */
  body: bytesSchema.nullable().default(null),
  isSealed: z.boolean(),
  status: z.enum(DELIVERY_STATUSES),
  /** The lane while the delivery has its place in it. Null: it is over, or goes out of order. */
  waitsIn: z.string().nullable(),
  /** Set when later ones of the lane no longer wait for this one. */
  isOutOfOrder: z.boolean().default(false),
  attempts: z.number().int().nonnegative().default(0),
  firstAttemptAt: z.date().nullable().default(null),
  /** No attempt before: the pause after a failure, or somebody is at it. */
  notBefore: z.date().nullable().default(null),
  /** The sweep looks at it after this. Null: it is over. */
  lookAt: z.date().nullable(),
  /** What the last attempt ended with. Names no secret. */
  problem: z.object({ code: z.string(), message: z.string() }).nullable().default(null),
  /** The time of its end. Null while it is pending. */
  endedAt: z.date().nullable().default(null),
  /** Firestore removes the document after this. Absent while it is pending. */
  expireAt: z.date().nullable().optional(),
  /** How often an operator had it sent again. */
  redrives: z.number().int().nonnegative().default(0),
  /**
   * W3C trace context of the message that the event tells of: its attempts continue that trace. Absent when nobody traces it, and in
   * deliveries of before. Nothing depends on it.
   */
  traceparent: z.string().max(MOST_TRACEPARENT).nullish().catch(null),
})

export type Delivery = z.infer<typeof deliverySchema>

/** What is the same in every delivery that nobody has tried yet. */
export const UNTRIED = {
  v: 1,
  status: 'pending',
  isOutOfOrder: false,
  attempts: 0,
  firstAttemptAt: null,
  notBefore: null,
  problem: null,
  endedAt: null,
  redrives: 0,
} as const satisfies Partial<Delivery>
