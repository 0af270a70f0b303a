import { TextDecoder } from 'node:util'
import type { Context } from 'hono'
import type { z } from 'zod'
import type { Route } from '../api/route.ts'
import { problem } from './problems.ts'

/** Reads the parts of a request that its route describes. Throws the problem `bad-request` with the mistakes of one part. */
export function readRequest(context: Context, { request = {}, isBodyOptional = false }: Route, bytes: Uint8Array) {
  const { params, query, body, headers } = request
  return {
    params: params && checked(params, context.req.param()),
    query: query && checked(query, context.req.query()),
    body: body && parse(body, textOf(context, bytes) || (isBodyOptional ? '{}' : '')),
    headers: headers && checkedHeaders(headers, context),
  }
}

/**
 * Refuses a compressed body, which nobody has decompressed, and one that is not UTF-8, because a lenient decoder would silently
 * make another text of it.
 */
function textOf(context: Context, bytes: Uint8Array): string {
  const encoding = context.req.header('Content-Encoding') ?? 'identity'
  if (bytes.byteLength > 0 && encoding.toLowerCase() !== 'identity') {
    throw problem('bad-request', 'Send the body without Content-Encoding.')
  }
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
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw problem('bad-request', 'The body has to be a JSON object.')
  }
  return checked(schema, body)
}

function checked<Schema extends z.ZodType>(schema: Schema, given: unknown): z.infer<Schema> {
  const result = schema.safeParse(given)
  if (result.success) return result.data
  throw problem('bad-request', sentenceOfIssues(result.error), { members: { issues: issuesOf(result.error) } })
}

const issuesOf = ({ issues }: z.ZodError) => issues.map(({ path, message }) => ({ field: path.join('.') || '(body)', message }))

/** Names all mistakes, with their fields. */
export const sentenceOfIssues = (error: z.ZodError): string =>
  issuesOf(error)
    .map(({ field, message }) => `${field}: ${message}`)
    .join('; ')

/** Checks the headers. The messages of the schemas name the header themselves, because this problem has no list of fields. */
function checkedHeaders(schema: z.ZodObject, context: Context): Record<string, unknown> {
  const given = Object.keys(schema.shape).map((name) => [name, context.req.header(name)])
  const result = schema.safeParse(Object.fromEntries(given))
  if (result.success) return result.data
  throw problem('bad-request', result.error.issues.map(({ message }) => message).join(' '))
}
