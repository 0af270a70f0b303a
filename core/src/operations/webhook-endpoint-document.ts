import { z } from 'zod'

/**
 * PERSISTED CONTRACT v1: `webhook_endpoints/{endpoint}`, what was seen of an end point that fails. It exists once the end point has failed.
 * New versions only add optional fields.
 */
export const WEBHOOK_ENDPOINTS = 'webhook_endpoints'

export const webhookEndpointPath = (endpoint: string): string => `${WEBHOOK_ENDPOINTS}/${endpoint}`

export const webhookEndpointSchema = z.object({
  v: z.literal(1),
  tenant: z.string(),
  /** The session whose configuration has the end point. Null: the tenant's. */
  sessionId: z.string().nullable(),
  /** The host, without path and query, which may have a secret. */
  host: z.string(),
  /** Attempts that failed since the last one that succeeded. */
  failures: z.number().int().nonnegative(),
  /** Null: the last attempt succeeded. */
  failingSince: z.date().nullable(),
  lastFailureAt: z.date(),
  problem: z.object({ code: z.string(), message: z.string() }),
  /** Nobody but one probe calls the end point before this. */
  openUntil: z.date().nullable(),
})

export type WebhookEndpointState = z.infer<typeof webhookEndpointSchema>
