import { RECOVERY_ACTION_STATES, RECOVERY_ACTION_TYPES } from '@holdfast/core/operations/recovery-action-document'
import { RECOVERY_STEPS } from '@holdfast/core/session/recovery-ladder'
import { z } from 'zod'
import { backupSchema } from './backup-schema.ts'
import { reasonSchema, time } from './schemas.ts'

/** Schemas of recovery actions, which several routes share. */

const MAX_REASON_LENGTH = 200

export const whySchema = z
  .string('must be a text')
  .max(MAX_REASON_LENGTH, `must have at most ${MAX_REASON_LENGTH} characters`)
  .refine((text) => text.isWellFormed(), 'must be well-formed Unicode')
  .optional()
  .meta({ description: 'The API stores it with the action.' })

export const resultSchema = z.strictObject({ code: z.string(), sentence: z.string() })

const numbers = z.record(z.string(), z.int())

const cleanUpReportSchema = z
  .strictObject({
    planned: numbers,
    moved: numbers,
    kept: z.record(z.string(), numbers).meta({ description: 'By kind and reason.' }),
    named: z
      .array(z.strictObject({ kind: z.string(), id: z.string(), why: z.string(), unusedDays: z.int().nullable() }))
      .meta({ description: 'The first hundred of the moved records. Numbers of phones are shortened.' }),
  })
  .meta({
    id: 'CleanUpReport',
    description: 'The numbers of records by kind that a clean-up moved, or would move, and that it left.',
  })

export const stepSchema = z.enum(RECOVERY_STEPS).meta({ id: 'RecoveryStep' })

export const actionSchema = z
  .strictObject({
    id: z.string(),
    session: z.string().nullable().meta({ description: 'The name of the session. Null for an action on a runner.' }),
    targetRunner: z
      .string()
      .nullable()
      .meta({ description: 'The runner that is to be restarted, or to crash. Null for an action on a session.' }),
    type: z.enum(RECOVERY_ACTION_TYPES),
    state: z.enum(RECOVERY_ACTION_STATES),
    step: stepSchema.nullable().meta({ description: 'The step that was asked for, or taken last. Null: the ladder decides.' }),
    evidence: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
      .meta({ description: 'What was seen when the action was made.' }),
    requestedBy: z.string(),
    approvedBy: z.string().nullable().meta({ description: 'The id of the API key that approved it.' }),
    cancelledBy: z.string().nullable().meta({ description: 'The id of the API key that took it back.' }),
    why: z.string(),
    requestedAt: time,
    startedAt: time.nullable(),
    finishedAt: time.nullable(),
    durationMs: z.number().nullable(),
    steps: z.array(z.strictObject({ at: time, what: z.string(), step: stepSchema.optional() })),
    result: resultSchema.nullable(),
    cleanUp: z
      .strictObject({ dryRun: z.boolean(), olderThanDays: z.int().nullable() })
      .optional()
      .meta({ description: 'What was asked of a clean-up.' }),
    report: cleanUpReportSchema.optional(),
  })
  .meta({ id: 'RecoveryAction' })

/** A recovery action whose document does not parse, with the fields that can still be shown. */
const damagedActionSchema = z
  .strictObject({
    id: z.string(),
    type: z.string().nullable(),
    state: z.literal('damaged'),
    why: z.string().nullable(),
    requestedAt: time.nullable(),
    result: resultSchema,
  })
  .meta({ id: 'DamagedRecoveryAction' })

export const anyActionSchema = z.union([actionSchema, damagedActionSchema])

export const restorePlan = {
  reason: reasonSchema,
  sentence: z.string(),
  userAction: z.string().nullable(),
  wouldLose: z.strictObject({
    records: z.int(),
    after: z.int(),
    upTo: z.int(),
    since: time.nullable().meta({ description: 'When the last record that would be kept was written. Null if unknown.' }),
    sentence: z.string(),
  }),
  from: z.string().meta({ description: 'The source of the restore: the name of a checkpoint, or the journal.' }),
}

export const returnPlan = {
  backup: backupSchema,
  gapMs: z.int().nullable().meta({ description: 'The time from the backup to the time that was asked for. Null without one.' }),
  contents: z.record(z.string(), z.int()).meta({ description: 'The number of values of each kind in the backup.' }),
  wouldLose: z.strictObject({
    records: z.int(),
    after: z.int(),
    upTo: z.int(),
    messages: z.int().meta({ description: 'Messages that were received since then. Their documents stay.' }),
    contacts: z
      .int()
      .nullable()
      .meta({ description: 'Encrypted sessions that the backup does not have. Null when the present state cannot be read.' }),
    chats: z.int().meta({ description: 'Encrypted sessions of the backup, each of which begins anew.' }),
    sentence: z.string(),
  }),
  risk: z.strictObject({ level: z.enum(['low', 'medium', 'high']), sentence: z.string() }),
}

export const lostDocument = {
  reason: z.literal('document-missing'),
  found: z.strictObject({ journalHead: z.int(), checkpoint: z.string().nullable() }),
}

export const planSchema = z
  .union([
    z.strictObject({ approved: z.literal(false), ...restorePlan, next: z.string() }),
    z.strictObject({ approved: z.literal(false), ...returnPlan, next: z.string() }),
    z.strictObject({ approved: z.literal(false), ...lostDocument, sentence: z.string(), next: z.string() }),
  ])
  .meta({ id: 'RestorePlan' })
