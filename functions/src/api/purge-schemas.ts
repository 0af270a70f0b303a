import { RECOVERY_ACTION_STATES } from '@holdfast/core/operations/recovery-action-document'
import { DEVICE_FATES, purgeSchema as storedPurge } from '@holdfast/core/session/session-document'
import { z } from 'zod'
import { time } from './schemas.ts'

export const removalQuery = z.object({
  purge: z
    .enum(['true', 'false'], 'must be true or false')
    .default('false')
    .meta({ description: 'True: what it has stored is removed, too, after a grace.' }),
  confirm: z.string().optional().meta({ description: 'For a purge: the name of the session once more.', example: 'main' }),
})

export const purgeSchema = z
  .strictObject({
    session: z.string(),
    phase: storedPurge.shape.phase,
    requestedAt: time,
    requestedBy: z.string().meta({ description: 'The id of the API key that asked for it.' }),
    removalAt: time.meta({ description: 'When its keys are destroyed at the earliest, or were. The nightly run does it.' }),
    finalAt: time.meta({ description: 'From when on no copy of it is left anywhere, by the settings of the tenant.' }),
    mayBeTakenBack: z.boolean(),
    device: z.strictObject({ fate: z.enum(DEVICE_FATES), action: z.string().nullable(), sentence: z.string() }),
    backup: z.strictObject({ action: z.string().nullable(), state: z.enum(RECOVERY_ACTION_STATES).nullable() }),
    sentence: z.string(),
  })
  .meta({ id: 'Purge' })

export const purgePhases = storedPurge.shape.phase.options

export const purgeListSchema = z
  .strictObject({
    purges: z.array(purgeSchema),
    unreadable: z
      .array(z.string())
      .meta({ description: 'Names of sessions whose purge is damaged. Ask for it once more: that begins it anew.' }),
    cursor: z.string().nullable().meta({ description: 'The place after the last purge. Null at the end of the list.' }),
  })
  .meta({ id: 'PurgeList' })

export const removalSchema = z.strictObject({ removed: z.literal(true), purge: purgeSchema.optional() }).meta({ id: 'Removal' })
