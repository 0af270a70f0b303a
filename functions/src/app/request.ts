import { TextDecoder } from 'node:util'
import type { Context } from 'hono'
import type { z } from 'zod'
import type { Route } from '../api/route.ts'
import { readIgnoring } from './ignored-fields.ts'
import { problem } from './problems.ts'

/** Reads the parts of a request that its route describes. Throws the problem `bad-request` with the mistakes of one part. */
export function readRequest(context: Context, { request = {} }: Route, bytes: Uint8Array) {
  const { params, query, body, headers } = request
  const ignored: string[] = []
  return {
    params: params && checked(params, context.req.param(), ignored),
    query: query && checked(query, queryOf(context, query, ignored), ignored),
    // A missing body says nothing, so that the answer names the fields that are missing.
    body: body && checked(body, parse(textOf(context, bytes) || '{}'), ignored),
    headers: headers && checkedHeaders(headers, context),
    ignored,
  }
}

/** Returns the parameters that a route knows, without those that are empty. */
function queryOf({ req }: Context, { shape }: z.ZodObject, ignored: string[]): Record<string, string> {
  const isKnown = ([name, value]: [string, string]) => Object.hasOwn(shape, name) && value !== ''
  // A repeated parameter is a list.
  const given = Object.entries(req.queries()).map(([name, values]): [string, string] => [name, values.join(',')])
  ignored.push(...given.filter((each) => !isKnown(each)).map(([name]) => name))
  return Object.fromEntries(given.filter(isKnown))
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

function parse(text: string): object {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    throw problem('bad-request', 'The body is not JSON.')
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw problem('bad-request', 'The body has to be a JSON object.')
  }
  return body
}

/** @throws the problem `bad-request` with all mistakes */
export function checked<Schema extends z.ZodType>(schema: Schema, given: unknown, ignored: string[]): z.output<Schema> {
  const { result, ignored: fields } = readIgnoring(schema, given)
  ignored.push(...fields)
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
