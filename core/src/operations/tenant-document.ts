import { z } from 'zod'
import { isTimeZone } from '../platform/days.ts'
import { KMS_KEY_FORM, KMS_KEY_NAME } from '../platform/kms-names.ts'
import { bytesSchema } from '../platform/parse.ts'
import { areRising, LEVEL_NAMES, RECORD_SCALE_NAMES, type LevelName } from '../session/record-levels.ts'
import { MOST_WEBHOOKS, webhookSchema } from '../session/webhooks.ts'
import { alertChannelSchema } from './alert-channels.ts'
import { quietHoursSchema } from './quiet-hours.ts'

/**
 * PERSISTED CONTRACT v1: `tenants/{tenant}`, a customer and its configuration. What the configuration does not name has the
 * installation's value, from the environment. New versions only add optional fields.
 */
export const TENANTS = 'tenants'

export const tenantPath = (tenant: string): string => `${TENANTS}/${tenant}`

/** Begins session ids, so it has no dot. */
export const TENANT_ID = /^[a-z0-9][a-z0-9-]{0,31}$/

const DAY_MS = 24 * 60 * 60 * 1000

const DAYS = z.number().int().min(1).max(3650)

const records = z.number().int().min(1).max(1_000_000).optional()

const numberOfEachLevel = Object.fromEntries(LEVEL_NAMES.map((level) => [level, records])) as Record<LevelName, typeof records>

/** The key of Cloud KMS that wraps the data keys of the tenant's sessions. Set by the operator only. */
export const tenantKmsKey = z.string().max(500).regex(KMS_KEY_NAME, KMS_KEY_FORM).optional()

const milliseconds = (max: number) => z.number().int().min(0).max(max)

/** Makes the shape of a configuration from a kind of object: one that refuses unknown fields, or one that drops them. */
const configOf = (object: typeof z.object) =>
  object({
    /** An IANA name. Days begin and end in it. */
    timeZone: z.string().refine(isTimeZone, 'must be an IANA time zone, like America/Sao_Paulo').optional(),
    /** How fast a session may send. */
    pacing: object({
      enabled: z.boolean().optional(),
      /** The pause between two messages of a session is random between these. */
      minDelayMs: milliseconds(DAY_MS).optional(),
      maxDelayMs: milliseconds(DAY_MS).optional(),
      /** Messages of a session in one day of the tenant's time zone. */
      dailyLimit: z.number().int().min(1).max(100_000).optional(),
      /** The pause between two messages to one recipient. */
      recipientGapMs: milliseconds(DAY_MS).optional(),
      /** Daily limits of a young session: its first day, its second, … The last day of the list is followed by `dailyLimit`. */
      ramp: z.array(z.number().int().min(1).max(100_000)).max(60).optional(),
    })
      .refine(({ minDelayMs = 0, maxDelayMs = DAY_MS }) => minDelayMs <= maxDelayMs, 'minDelayMs must not be above maxDelayMs')
      .optional(),
    retries: object({
      /** The delay before each retry; the last one repeats. */
      delaysMs: z
        .array(milliseconds(7 * DAY_MS))
        .min(1)
        .max(50)
        .optional(),
      /** Attempts after the first one. */
      maxRetries: z.number().int().min(0).max(100).optional(),
    }).optional(),
    /** How long a session is down before another one of its pool sends. */
    failoverAfterMs: milliseconds(7 * DAY_MS).optional(),
    /** Days until a job is archived. */
    retention: object({
      finishedDays: z.number().int().min(1).max(3650).optional(),
      failedDays: z.number().int().min(1).max(3650).optional(),
    }).optional(),
    /** Days until the files of messages are removed; 0: never. */
    mediaRetentionDays: z.number().int().min(0).max(3650).optional(),
    /** How long backups are kept. */
    backups: object({
      /** The newest ones of a session, whatever their age. */
      keepLast: z.number().int().min(2).max(1000).optional(),
      /** Days for which one of each day is kept. */
      keepDays: z.number().int().min(0).max(3650).optional(),
    }).optional(),
    /** How sessions are purged. */
    purge: object({
      /** Days in which a purge can be taken back. */
      graceDays: z.number().int().min(0).max(365).optional(),
      /** Days until the last copy of what was removed has ended: versions of objects, exports, backups of Firestore. */
      finalAfterDays: z.number().int().min(0).max(3650).optional(),
    }).optional(),
    thresholds: object({
      /** Waiting jobs above which an alert is raised. */
      queueDepth: z.number().int().min(1).max(1_000_000).optional(),
      /** Silence after which a session counts as lost. */
      silenceMinutes: z.number().int().min(1).max(10_080).optional(),
    }).optional(),
    /** Largest numbers of a tenant's things. */
    quotas: object({
      sessions: z.number().int().min(0).max(100_000).optional(),
      keys: z.number().int().min(1).max(10_000).optional(),
      /** Messages accepted in one day of the tenant's time zone. */
      messagesPerDay: z.number().int().min(0).max(10_000_000).optional(),
      /** Requests of one API key in a minute. */
      requestsPerMinute: z.number().int().min(1).max(1_000_000).optional(),
    }).optional(),
    alerts: object({
      channels: z.array(alertChannelSchema).max(20).optional(),
      /** In the tenant's time zone. With the same time twice there are none. */
      quietHours: quietHoursSchema.optional(),
      /** Minutes between two notices of an alert that is open; 0: none after the first. */
      reminders: object({
        criticalMinutes: z.number().int().min(0).max(10_080).optional(),
        otherMinutes: z.number().int().min(0).max(10_080).optional(),
      }).optional(),
    }).optional(),
    /** How the Signal records of sessions are kept few. */
    cleanup: object({
      /** Clean-up by level and each day, without being asked. */
      isAutomatic: z.boolean().optional(),
      /** Automatic clean-ups only report what they would remove. */
      isDryRun: z.boolean().optional(),
      /** Days without use after which a record goes to the archive. */
      sessionMaxAgeDays: DAYS.optional(),
      senderKeyMaxAgeDays: DAYS.optional(),
      /** Pre-keys that stay at least, the newest ones. */
      maxPreKeys: z.number().int().min(10).max(10_000).optional(),
      levels: object({
        scale: z.enum(RECORD_SCALE_NAMES).optional(),
        /** The number of records at which a level of the scale begins. */
        from: object(numberOfEachLevel).optional(),
      })
        .refine(
          ({ scale = 'present', from = {} }) => areRising({ scale, from }),
          'the numbers must rise from level to level of the scale',
        )
        .optional(),
    }).optional(),
    syncFullHistory: z.boolean().optional(),
    /** Absent: the wrapping key of the installation. */
    kmsKey: tenantKmsKey,
    /** End points that are told of what happens to all sessions of the tenant. In WAHA's shape. */
    webhooks: z.array(webhookSchema).max(MOST_WEBHOOKS).optional(),
  })

/** The configuration of a tenant. Each part is optional and changes while everything runs. */
export const tenantConfigSchema = configOf(z.strictObject as unknown as typeof z.object)

export type TenantConfig = z.infer<typeof tenantConfigSchema>

export const tenantDocumentSchema = z.object({
  v: z.literal(1),
  name: z.string(),
  state: z.enum(['active', 'deleting']).default('active'),
  createdAt: z.date(),
  /** Drops what only a later version knows, so that this one goes on while that one is deployed. */
  config: configOf(z.object).default({}),
  /** Sealed values, by name: see `tenant-secrets.ts`. */
  secrets: z.record(z.string(), bytesSchema).default({}),
  /** The last time that something was created which counts towards a quota. Its creation is guarded by this document. */
  admittedAt: z.date().optional(),
  deletingSince: z.date().optional(),
  /** Until when somebody listens to the stream of the tenant's events. Listeners move it ahead. */
  liveUntil: z.date().nullish(),
})

export type TenantDocument = z.infer<typeof tenantDocumentSchema>
