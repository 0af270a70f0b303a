import { z } from 'zod'
import { time } from './schemas.ts'

const verificationSchema = z.strictObject({ state: z.enum(['good', 'failed']), at: time, code: z.string().nullable() })

export const backupSchema = z
  .strictObject({
    id: z.string(),
    object: z.string(),
    at: time.nullable().meta({ description: 'When it was made.' }),
    bytes: z.int().meta({ description: 'The size of the object.' }),
    seq: z.int().meta({ description: 'The last record of the journal that it contains.' }),
    epoch: z.int(),
    why: z.string().meta({ description: 'What it was made for; `checkpoint` when nobody asked for it.' }),
    note: z.string().nullable(),
    pinned: z.boolean(),
    contents: z
      .record(z.string(), z.int())
      .nullable()
      .meta({ description: 'The number of values of each kind. Null for a checkpoint that nobody asked for.' }),
    verification: verificationSchema
      .nullable()
      .meta({ description: 'The last time that it was read back. Null when only its owner read it back.' }),
    removal: z
      .strictObject({ askedAt: time, by: z.string() })
      .nullable()
      .meta({ description: 'Somebody asked for its removal.' }),
    isCurrent: z.boolean().meta({ description: 'Whether the state of the session is read from it now.' }),
    isStored: z.boolean().meta({ description: 'False when its object is gone.' }),
  })
  .meta({ id: 'Backup' })
