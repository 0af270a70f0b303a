import { RECOVERY_ACTION_STATES } from '@holdfast/core/operations/recovery-action-document'
import { z } from 'zod'
import { resultSchema } from './action-schemas.ts'

/** Schemas of runs: requests for many sessions, with progress. */

export const runParams = z.object({
  run: z.string().meta({ description: 'The id of a run.', example: '20261201T031700000Z-0badcafe' }),
})

export const runProgressSchema = z
  .strictObject({
    run: z.string(),
    total: z.int(),
    waiting: z.int(),
    running: z.int(),
    done: z.int(),
    failed: z.int(),
    isComplete: z.boolean(),
    sessions: z.array(
      z.strictObject({
        session: z.string(),
        action: z.string(),
        state: z.enum(RECOVERY_ACTION_STATES),
        result: resultSchema.nullable(),
      }),
    ),
  })
  .meta({ id: 'BackupProgress' })
