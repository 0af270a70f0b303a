import { JOB_STATUSES } from '@holdfast/core/message/job-document'
import { REASONS, type ReasonCode } from '@holdfast/core/session/session-states'
import { z } from 'zod'

/** Schemas that several routes share. */

/** A point in time: a `Date` in the program, ISO 8601 on the wire. */
export const time = z.codec(z.iso.datetime(), z.date(), {
  decode: (text) => new Date(text),
  encode: (date) => date.toISOString(),
})

/** A point in time in a request: ISO 8601 with any offset. */
export const timeWithOffset = z.codec(
  z.iso.datetime({ offset: true, error: 'must be a time with an offset, like 2026-12-24T18:00:00+01:00' }),
  z.date(),
  { decode: (text) => new Date(text), encode: (date) => date.toISOString() },
)

/** A required text. The hint, such as an example, follows the message when the text is missing. */
export const requiredString = (hint?: string) =>
  z.string({
    error: ({ input }) => (input === undefined ? ['is required', ...(hint ? [hint] : [])].join(': ') : 'must be a text'),
  })

/** How many entries a page of a list has. */
export const pageLimit = z.coerce
  .number('must be a number')
  .int('must be a whole number')
  .min(1, 'must be at least 1')
  .max(1000, 'must be at most 1000')
  .default(100)
  .meta({ example: 10 })

/** A name for people. */
export const label = (hint: string) =>
  requiredString(hint)
    .min(1, 'must not be empty')
    .max(100, 'must have at most 100 characters')
    .refine((text) => text.isWellFormed(), 'must be well-formed Unicode')

export const ofTenant = z
  .string('must be a text')
  .optional()
  .meta({ description: 'For the operator: the tenant that the request is about. Without it: the one of the header X-Tenant.' })

export const jobStatusSchema = z.enum(JOB_STATUSES).meta({ id: 'JobStatus' })

export const named = z.object({ name: z.string().meta({ description: 'The name of a session.', example: 'main' }) })

/** The session that a request in WAHA's words names in its body. An empty text names none. */
export const sessionInBody = (description: string) =>
  z.string('must be a text').min(1, 'must not be empty').default('default').meta({ description })

/** The session that a route without one in its path is about. */
export const sessionInQuery = z
  .string('must be a text')
  .default('default')
  .meta({ description: 'The name of a session.', example: 'main' })

export const reasonSchema = z.enum(Object.keys(REASONS) as [ReasonCode, ...ReasonCode[]]).meta({ id: 'Reason' })

/**
 * Marks the fields that this version does not know, for `catchall`: they are ignored, and the answer names them. For bodies in WAHA's
 * words, whose callers send more fields than we read. Fields that would change who gets what are known, and refused.
 */
export const unknownField = z.unknown().superRefine((_, context) => {
  context.addIssue({ code: 'custom', message: 'is not supported', params: { isUnknown: true } })
})

/**
 * Refuses the fields that this version does not know, for `catchall`: in settings a mistyped name must not look as if it took effect.
 * `null` and `false` request nothing, so they pass.
 */
export const refusedField = z.literal([null, false], 'is not supported')

/** The answer to a request that failed, as RFC 9457 describes it. */
export const problemSchema = z
  .strictObject({
    type: z.string(),
    code: z.string().meta({ description: 'A stable code. Programs may branch on it.' }),
    status: z.union([z.int(), z.string()]).meta({
      description: 'The HTTP status; where the session is not in the needed status, the status of the session.',
    }),
    statusCode: z.int().meta({ description: 'The HTTP status.' }),
    title: z.string(),
    detail: z.string().meta({ description: 'For people: the cause, or what to do.' }),
    message: z
      .union([z.string(), z.array(z.string())])
      .meta({ description: 'The same in the form of WAHA: a text, or a list of all mistakes in the request.' }),
    error: z.string().meta({ description: 'The title in the form of WAHA.' }),
    session: z.string().optional().meta({ description: 'The session that is not in the needed status.' }),
    expected: z.array(z.string()).optional().meta({ description: 'The needed statuses of the session.' }),
    issues: z
      .array(z.strictObject({ field: z.string(), message: z.string() }))
      .optional()
      .meta({ description: 'All mistakes in the request.' }),
    state: jobStatusSchema.optional().meta({ description: 'The status of the message that cannot be changed.' }),
  })
  .meta({ id: 'Problem' })
