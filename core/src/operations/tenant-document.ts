import { z } from 'zod'
import { isTimeZone } from '../platform/days.ts'

/**
 * PERSISTED CONTRACT v1: `tenants/{tenant}`, a customer and its configuration. What the configuration does not name has the
 * installation's value, from the environment. New versions only add optional fields.
 */
export const TENANTS = 'tenants'

export const tenantPath = (tenant: string): string => `${TENANTS}/${tenant}`

/** Begins session ids, so it has no dot. */
export const TENANT_ID = /^[a-z0-9][a-z0-9-]{0,31}$/

const DAY_MS = 24 * 60 * 60 * 1000

const milliseconds = (max: number) => z.number().int().min(0).max(max)

/** How fast a session may send. */
export const pacingSchema = z.strictObject({
  enabled: z.boolean(),
  /** The pause between two messages of a session is random between these. */
  minDelayMs: milliseconds(DAY_MS),
  maxDelayMs: milliseconds(DAY_MS),
  /** Messages of a session in one day of the tenant's time zone. */
  dailyLimit: z.number().int().min(1).max(100_000),
  /** The pause between two messages to one recipient. */
  recipientGapMs: milliseconds(DAY_MS),
  /** Daily limits of a young session: its first day, its second, … The last day of the list is followed by `dailyLimit`. */
  ramp: z.array(z.number().int().min(1).max(100_000)).max(60),
})

export type PacingConfig = z.infer<typeof pacingSchema>

/** The configuration of a tenant. Each part is optional and changes while everything runs. */
export const tenantConfigSchema = z.strictObject({
  /** An IANA name. Days begin and end in it. */
  timeZone: z.string().refine(isTimeZone, 'must be an IANA time zone, like America/Sao_Paulo').optional(),
  pacing: pacingSchema
    .partial()
    .refine(({ minDelayMs = 0, maxDelayMs = DAY_MS }) => minDelayMs <= maxDelayMs, 'minDelayMs must not be above maxDelayMs')
    .optional(),
  retries: z
    .strictObject({
      /** The delay before each retry; the last one repeats. */
      delaysMs: z
        .array(milliseconds(7 * DAY_MS))
        .min(1)
        .max(50)
        .optional(),
      /** Attempts after the first one. */
      maxRetries: z.number().int().min(0).max(100).optional(),
    })
    .optional(),
  /** How long a session is down before another one of its pool sends. */
  failoverAfterMs: milliseconds(7 * DAY_MS).optional(),
  /** Days until a job is archived. */
  retention: z
    .strictObject({
      finishedDays: z.number().int().min(1).max(3650).optional(),
      failedDays: z.number().int().min(1).max(3650).optional(),
    })
    .optional(),
  thresholds: z
    .strictObject({
      /** Waiting jobs above which an alert is raised. */
      queueDepth: z.number().int().min(1).max(1_000_000).optional(),
      /** Silence after which a session counts as lost. */
      silenceMinutes: z.number().int().min(1).max(10_080).optional(),
    })
    .optional(),
  /** Largest numbers of a tenant's things. */
  quotas: z
    .strictObject({
      sessions: z.number().int().min(0).max(100_000).optional(),
      keys: z.number().int().min(1).max(10_000).optional(),
      messagesPerDay: z.number().int().min(0).max(10_000_000).optional(),
      /** Requests of one API key in a minute. */
      requestsPerMinute: z.number().int().min(1).max(1_000_000).optional(),
    })
    .optional(),
  syncFullHistory: z.boolean().optional(),
})

export type TenantConfig = z.infer<typeof tenantConfigSchema>

export const tenantDocumentSchema = z.object({
  v: z.literal(1),
  name: z.string(),
  state: z.enum(['active', 'deleting']).default('active'),
  createdAt: z.date(),
  config: tenantConfigSchema.default({}),
})

export type TenantDocument = z.infer<typeof tenantDocumentSchema>
