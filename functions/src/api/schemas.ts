import { REASONS, type ReasonCode } from '@holdfast/core/session/session-states'
import { z } from 'zod'

/** Schemas that several routes share. */

/** A moment: a `Date` in the program, ISO 8601 on the wire. */
export const time = z.codec(z.iso.datetime(), z.date(), {
  decode: (text) => new Date(text),
  encode: (date) => date.toISOString(),
})

export const named = z.object({ name: z.string().meta({ description: 'The name of a session.', example: 'main' }) })

export const reasonSchema = z.enum(Object.keys(REASONS) as [ReasonCode, ...ReasonCode[]]).meta({ id: 'Reason' })

/**
 * For `catchall`: refuses fields that this version does not know. WAHA has more of them, and a caller must not believe that a field
 * was obeyed which was left out. `null` and `false` ask for nothing and pass.
 */
export const unknownField = z.literal([null, false], 'is not supported')

/** RFC 9457. */
export const problemSchema = z
  .strictObject({
    type: z.string(),
    code: z.string().meta({ description: 'Stable: programs may branch on it.' }),
    status: z.int(),
    title: z.string(),
    detail: z.string().meta({ description: 'For people: what to do.' }),
    issues: z
      .array(z.strictObject({ field: z.string(), message: z.string() }))
      .optional()
      .meta({ description: 'Everything that is wrong with a request.' }),
  })
  .meta({ id: 'Problem' })
