import { z } from 'zod'
import { ALERTS, NOTICE_KINDS } from './alert-document.ts'

/**
 * How the sending of a notice ended.
 *
 * delivered  the channel took it
 * failed     the channel was not reached, or said to try later; the task tries again
 * refused    the channel will never take it: a wrong token, an address that is not allowed
 */
export const DELIVERY_OUTCOMES = ['delivered', 'failed', 'refused'] as const

export type DeliveryOutcome = (typeof DELIVERY_OUTCOMES)[number]

/**
 * PERSISTED CONTRACT v1: `health_alerts/{alertId}/channels/{channel}`, the last notice of an alert on a channel. A notice that is not newer
 * is not sent. New versions only add optional fields.
 */
export const alertDeliveryPath = (alertId: string, channel: string): string => `${ALERTS}/${alertId}/channels/${channel}`

export const alertDeliverySchema = z.object({
  v: z.literal(1),
  opening: z.number().int(),
  notice: z.number().int(),
  kind: z.enum(NOTICE_KINDS),
  outcome: z.enum(DELIVERY_OUTCOMES),
  /** For people. Names no secret. Null when it was delivered. */
  problem: z.string().nullable(),
  at: z.date(),
})

export type AlertDelivery = z.infer<typeof alertDeliverySchema>

/** PERSISTED CONTRACT v1: `alert_tests/{tenant}`, the last test of a tenant's channels. New versions only add optional fields. */
export const alertTestPath = (tenant: string): string => `alert_tests/${tenant}`

export const alertTestSchema = z.object({
  v: z.literal(1),
  /** Of the test. */
  id: z.string(),
  tenant: z.string(),
  /** Whether the channels of the installation are tested beside those of the tenant. */
  withInstallation: z.boolean(),
  /** The only channel to test. Null: all. */
  channel: z.string().nullable(),
  startedAt: z.date(),
  /** The channels that are tested. Null until they are known. */
  channels: z.array(z.string()).nullable().default(null),
  outcomes: z.record(z.string(), z.object({ outcome: z.enum(DELIVERY_OUTCOMES), problem: z.string().nullable() })).default({}),
})

export type AlertTest = z.infer<typeof alertTestSchema>
