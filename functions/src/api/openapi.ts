import { z } from 'zod'
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiOverride } from 'zod-openapi'
import { PROBLEMS, type ProblemCode } from '../app/problems.ts'
import { exampleOf, type NamedSchemas } from './examples.ts'
import { openRoute, type Route } from './route.ts'
import { problemSchema } from './schemas.ts'

/** The version of the API, not of the program. It changes only when clients have to change. */
const API_VERSION = '1'

const KEY_SCHEME = 'ApiKey'

/** `/api/sessions/:name` → `/api/sessions/{name}` */
const pathOf = ({ path }: Route): string => path.replaceAll(/:(\w+)/g, '{$1}')

/** Returns the codes of the problems that a route can answer besides its own. */
export function commonProblems({ roles, method, request = {} }: Route): ProblemCode[] {
  const ofStores: ProblemCode[] = ['internal-error', 'bad-configuration', 'unavailable']
  if (roles === 'anybody') return ofStores
  const ofInput: ProblemCode[] = request.query || request.headers || request.body ? ['bad-request'] : []
  const ofBody: ProblemCode[] = method === 'GET' ? [] : ['too-large']
  return ['unauthorized', 'forbidden', 'unknown-tenant', 'rate-limited', ...ofInput, ...ofBody, ...ofStores]
}

/** Builds the OpenAPI 3.1 document from the table of routes. */
export function describeRoutes(routes: readonly Route[]) {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {}
  for (const route of routes) {
    paths[pathOf(route)] = { ...paths[pathOf(route)], [route.method.toLowerCase()]: operationOf(route) }
  }
  return createDocument(
    {
      openapi: '3.1.0',
      info: {
        title: 'Holdfast',
        version: API_VERSION,
        description:
          'WhatsApp sessions over HTTP. Errors are problem documents (RFC 9457) with a stable `code`. The operator names the tenant in which it acts in the header X-Tenant; without it, that is `default`.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      paths,
      components: {
        schemas: itemsOf(routes),
        responses: problemResponses(routes),
        securitySchemes: { [KEY_SCHEME]: { type: 'apiKey', in: 'header', name: 'X-Api-Key' } },
      },
    },
    { override: asClientsNeedIt },
  )
}

/** Adds an example to each answer: to one with a body of JSON, and to each error. The types of clients have no use for them. */
export function withExamples(described: ReturnType<typeof createDocument>) {
  const { paths = {}, components } = described
  const named = (components?.schemas ?? {}) as NamedSchemas
  for (const operations of Object.values(paths)) {
    for (const { responses = {} } of Object.values(operations) as OperationObject[]) {
      for (const { content } of Object.values(responses)) {
        const json = content?.['application/json']
        if (json?.schema) json.example = exampleOf(json.schema, named)
      }
    }
  }
  for (const { description, content } of Object.values((components?.responses ?? {}) as Responses)) {
    const error = content?.['application/problem+json']
    if (error) error.example = problemExample(description)
  }
  return described
}

interface OperationObject {
  readonly responses?: Responses
}

type Responses = Readonly<Record<string, { readonly description: string; readonly content?: Contents }>>

type Contents = Record<string, { readonly schema?: object; example?: unknown }>

/** The first of the errors of a response, as a caller gets it. */
function problemExample(description: string) {
  const code = (/`([a-z-]+)`/.exec(description)?.[1] ?? 'internal-error') as ProblemCode
  const { title, status } = PROBLEMS[code]
  const detail = `${title}.`
  return { type: `urn:holdfast:problem:${code}`, code, status, statusCode: status, title, detail, message: detail, error: title }
}

/** Returns the schemas that bodies refer to by name. */
const itemsOf = (routes: readonly Route[]) =>
  Object.fromEntries(routes.flatMap(({ request }) => (request?.items ? [[request.items.meta()?.id ?? '', request.items]] : [])))

function operationOf(route: Route): ZodOpenApiOperationObject {
  const { operationId, tag, summary, description, request = {}, roles } = route
  return {
    operationId,
    tags: [tag],
    summary,
    description: [description, sentenceOfRoles(roles)].filter((part) => part !== undefined).join('\n\n'),
    'x-roles': roles === 'anybody' ? ['anybody'] : [...roles],
    security: roles === 'anybody' ? [] : [{ [KEY_SCHEME]: [] }],
    requestParams: {
      ...(request.params ? { path: request.params } : {}),
      ...(request.query ? { query: request.query } : {}),
      ...(request.headers ? { header: request.headers } : {}),
    },
    ...(request.body
      ? { requestBody: { required: route.isBodyOptional !== true, content: { 'application/json': { schema: request.body } } } }
      : {}),
    responses: { ...answersOf(route), ...problemsOf(route) },
  }
}

const sentenceOfRoles = (roles: Route['roles']): string =>
  roles === 'anybody' ? 'It needs no API key.' : `For API keys with the role ${roles.map((role) => `\`${role}\``).join(', ')}.`

const answersOf = ({ answers }: Route) =>
  Object.fromEntries(
    Object.entries(answers).map(([status, { description, schema, alsoAs = [] }]) => [
      status,
      {
        description,
        content: {
          'application/json': { schema },
          ...Object.fromEntries(alsoAs.map((type) => [type, { schema: z.string() }])),
        },
      },
    ]),
  )

/** Returns one response for each status, by its name. */
function problemsOf(route: Route) {
  const byStatus = Object.entries(codesOf(route))
  return Object.fromEntries(byStatus.map(([status, codes]) => [status, { $ref: `#/components/responses/${nameOf(codes)}` }]))
}

function codesOf(route: Route): Record<string, ProblemCode[]> {
  const codes = new Set([...(route.problems ?? []), ...commonProblems(route)])
  return Object.fromEntries(Map.groupBy(codes, (code) => String(PROBLEMS[code].status)))
}

/** Returns the responses with problems, by their names. Many routes share one, so that the document and what is made from it stay small. */
function problemResponses(routes: readonly Route[]) {
  const all = routes.flatMap((route) => Object.values(codesOf(route)))
  return Object.fromEntries(all.map((codes) => [nameOf(codes), problemResponse(codes)]))
}

/** Its description lists the codes. */
const problemResponse = (codes: readonly ProblemCode[]) => ({
  description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title}.`).join(' '),
  content: { 'application/problem+json': { schema: problemSchema } },
})

/** `unknown-session`, `unknown-tenant` → `UnknownSessionOrUnknownTenant` */
const nameOf = (codes: readonly ProblemCode[]): string =>
  codes.map((code) => code.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase())).join('Or')

const MAX_SAFE = Number.MAX_SAFE_INTEGER

/** Corrects zod's JSON Schema where clients have to read it differently. */
const asClientsNeedIt: ZodOpenApiOverride = ({ zodSchema, jsonSchema, io }) => {
  const { def } = zodSchema._zod
  if (def.type === 'date') Object.assign(jsonSchema, { type: 'string', format: 'date-time' })
  // A later version of the API may add fields to answers.
  if (def.type === 'object' && io === 'output') delete jsonSchema.additionalProperties
  if (def.type === 'object' && io === 'input' && 'catchall' in def && def.catchall) jsonSchema.additionalProperties = false
  if (jsonSchema.maximum === MAX_SAFE) delete jsonSchema.maximum
  if (jsonSchema.minimum === -MAX_SAFE) delete jsonSchema.minimum
}

/** Makes the route that describes all routes, itself included. The first request builds the document; it is kept as text. */
export function descriptionRoute(routes: () => readonly Route[]): Route {
  let text: string | undefined
  return openRoute({
    method: 'GET',
    path: '/api/openapi.json',
    operationId: 'getDescription',
    tag: 'Description',
    summary: 'Describe the API as OpenAPI 3.1',
    answers: {
      200: {
        description: 'This document.',
        schema: z.looseObject({ openapi: z.string() }).meta({ id: 'Description' }),
      },
    },
    run: async () => ({
      status: 200,
      text: (text ??= JSON.stringify(withExamples(describeRoutes(routes())))),
      contentType: 'application/json',
    }),
  })
}
