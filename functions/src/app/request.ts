import { TextDecoder } from 'node:util'
import type { Context } from 'hono'
import { z } from 'zod'
import { problem } from './problems.ts'

/** Parses the JSON body, or refuses it with all that is wrong with it. */
export const readBody = async <Schema extends z.ZodType>(context: Context, schema: Schema): Promise<z.infer<Schema>> =>
  parse(schema, await textOf(context))

/** The same for a request that may come without a body. */
export const readOptionalBody = async <Schema extends z.ZodType>(context: Context, schema: Schema): Promise<z.infer<Schema>> =>
  parse(schema, (await textOf(context)) || '{}')

/** Bytes that are no text would be taken for another text without a word. */
async function textOf(context: Context): Promise<string> {
  const bytes = await context.req.arrayBuffer()
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw problem('bad-request', 'The body is not UTF-8.')
  }
}

function parse<Schema extends z.ZodType>(schema: Schema, text: string): z.infer<Schema> {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    throw problem('bad-request', 'The body is not JSON.')
  }
  return checked(schema, body)
}

export const readQuery = <Schema extends z.ZodType>(context: Context, schema: Schema): z.infer<Schema> =>
  checked(schema, context.req.query())

function checked<Schema extends z.ZodType>(schema: Schema, given: unknown): z.infer<Schema> {
  const result = schema.safeParse(given)
  if (result.success) return result.data
  const issues = result.error.issues.map((issue) => ({ field: issue.path.join('.') || '(body)', message: issue.message }))
  const detail = issues.map(({ field, message }) => `${field}: ${message}`).join('; ')
  throw problem('bad-request', detail, { members: { issues } })
}

/**
 * For `catchall`: refuses fields that this version does not know. WAHA has more of them, and to leave out what a caller asked for
 * without a word would be worse. `null` and `false` ask for nothing and pass.
 */
export const unknownField = z.literal([null, false], 'is not supported')
