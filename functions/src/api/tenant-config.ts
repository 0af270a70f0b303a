import { alertChannelSchema, CHANNEL_SECRETS } from '@holdfast/core/operations/alert-channels'
import { quietHoursSchema } from '@holdfast/core/operations/quiet-hours'
import { LEVEL_NAMES, type LevelName, RECORD_SCALE_NAMES } from '@holdfast/core/session/record-levels'
import { tenantConfigSchema } from '@holdfast/core/operations/tenant-document'
import { z } from 'zod'

/** The configuration of a tenant on the wire: as it is stored, but that secrets can be given, and are never shown. */

const MAX_SECRET_LENGTH = 8192

export const secretValue = z
  .string('must be a text')
  .min(1, 'must not be empty')
  .max(MAX_SECRET_LENGTH, `must have at most ${MAX_SECRET_LENGTH} characters`)
  .refine((text) => text.isWellFormed(), 'must be well-formed Unicode')

export const secretIsSet = z.strictObject({ set: z.literal(true) })

/** A secret of a channel: its value, or nothing or `{ set: true }` to keep it, or null to remove it. */
const givenSecret = z
  .union([secretValue, secretIsSet])
  .nullable()
  .optional()
  .meta({ description: 'A secret. Stored encrypted; answers show `{ "set": true }`. Leave it out to keep the stored one.' })

/** Adds the secret field of its type to each kind of channel. */
const channelsWith = (secret: z.ZodType) =>
  z.discriminatedUnion(
    'type',
    alertChannelSchema.options.map((option) => {
      const field = CHANNEL_SECRETS[option.shape.type.value]?.field
      return z.strictObject({ ...option.shape, ...(field ? { [field]: secret } : {}) })
    }) as unknown as typeof alertChannelSchema.options,
  )

const alertsShape = tenantConfigSchema.shape.alerts.unwrap().shape

const alertsWith = (secret: z.ZodType) =>
  z.strictObject({ ...alertsShape, channels: z.array(channelsWith(secret)).max(20).optional() }).optional()

/** Makes each field of a configuration removable with null, at every depth. */
function patchOf(schema: z.ZodObject): z.ZodObject {
  const fields = Object.entries(schema.shape).map(([name, field]) => {
    const inner = field instanceof z.ZodOptional ? (field.unwrap() as z.ZodType) : field
    return [name, (inner instanceof z.ZodObject ? patchOf(inner) : inner).nullable().optional()] as const
  })
  return z.strictObject(Object.fromEntries(fields))
}

export const configPatchSchema = patchOf(tenantConfigSchema.extend({ alerts: alertsWith(givenSecret) })).meta({
  id: 'TenantConfigPatch',
  description:
    'Changes what it names, and leaves the rest. Null removes a value, which then is that of the installation. Lists are replaced whole.',
})

export const configSchema = tenantConfigSchema.extend({ alerts: alertsWith(secretIsSet.optional()) }).meta({
  id: 'TenantConfig',
  description: 'What the tenant configured itself.',
  example: { timeZone: 'America/Sao_Paulo', pacing: { dailyLimit: 200 } },
})

const limit = z.int().nullable()

const numberOfEachLevel = z
  .strictObject(
    Object.fromEntries(LEVEL_NAMES.map((level) => [level, z.int().optional()])) as Record<LevelName, z.ZodOptional<z.ZodInt>>,
  )
  .meta({ description: 'The number of records at which a level begins, where the tenant has set it.' })

export const settingsSchema = z
  .strictObject({
    timeZone: z.string(),
    pacing: z.strictObject({
      enabled: z.boolean(),
      minDelayMs: z.int(),
      maxDelayMs: z.int(),
      dailyLimit: z.int(),
      recipientGapMs: z.int(),
      ramp: z.array(z.int()),
    }),
    retries: z.strictObject({ delaysMs: z.array(z.int()), maxRetries: z.int() }),
    failoverAfterMs: z.int(),
    retention: z.strictObject({ finishedDays: z.int(), failedDays: z.int() }),
    mediaRetentionDays: z.int().meta({ description: 'Days until the files of messages are removed. 0: never.' }),
    backups: z
      .strictObject({ keepLast: z.int(), keepDays: z.int() })
      .meta({ description: 'The newest backups of a session that are kept, and the days for which one of each day is.' }),
    purge: z
      .strictObject({ graceDays: z.int(), finalAfterDays: z.int() })
      .meta({ description: 'Days in which a purge can be taken back, and days until no copy of a purged session is left.' }),
    thresholds: z.strictObject({ queueDepth: z.int(), silenceMinutes: z.int() }),
    quotas: z
      .strictObject({ sessions: limit, keys: limit, messagesPerDay: limit, requestsPerMinute: limit })
      .meta({ description: 'Null: no limit.' }),
    alerts: z.strictObject({
      quietHours: quietHoursSchema.nullable().meta({ description: 'Null: no hour is quiet.' }),
      reminders: z.strictObject({ criticalMinutes: z.int(), otherMinutes: z.int() }),
    }),
    cleanup: z.strictObject({
      isAutomatic: z.boolean(),
      isDryRun: z.boolean(),
      sessionMaxAgeDays: z.int(),
      senderKeyMaxAgeDays: z.int(),
      maxPreKeys: z.int(),
      levels: z.strictObject({ scale: z.enum(RECORD_SCALE_NAMES), from: numberOfEachLevel }),
    }),
    syncFullHistory: z.boolean(),
    kmsKey: z
      .string()
      .nullable()
      .meta({ description: 'The key of Cloud KMS that wraps the data keys of the sessions. Null: that of the installation.' }),
  })
  .meta({ id: 'TenantSettings', description: "The tenant's own values, and those of the installation for the rest." })
