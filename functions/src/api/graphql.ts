import { z } from 'zod'
import { problem } from '../app/problems.ts'
import type { Principal } from '../app/principal.ts'
import { cookieIn } from '../app/sign-in-cookie.ts'
import { bytesOf, STREAM_HEADERS } from './event-bytes.ts'
import { type Call, READERS, type Route, route, type RouteDependencies } from './route.ts'
import { runQuery } from './graphql/run.ts'
import { requiredString } from './schemas.ts'

const LONGEST_QUERY = 20_000

const queryText = requiredString('a query of GraphQL, like { health { status } }').max(
  LONGEST_QUERY,
  `must have at most ${LONGEST_QUERY} characters`,
)

const operationName = z
  .string('must be a text')
  .nullish()
  .meta({ description: 'Which operation to run, if the query has several.' })

const bodySchema = z
  .object({
    query: queryText,
    operationName,
    variables: z.record(z.string(), z.unknown(), 'must be an object').nullish(),
  })
  .meta({ id: 'GraphQuery', example: { query: '{ sessions { name status } }' } })

const querySchema = z.object({
  query: queryText.meta({ example: '{ sessions { name status } }' }),
  operationName,
  variables: z.string('must be a text').optional().meta({ description: 'The variables, as JSON.' }),
})

const answerSchema = z
  .strictObject({
    data: z.record(z.string(), z.unknown()).nullish(),
    errors: z
      .array(z.looseObject({ message: z.string() }))
      .optional()
      .meta({ description: 'What is wrong with the query, or with single fields. `extensions.code` is the code of a problem.' }),
  })
  .meta({ id: 'GraphAnswer' })

const described = {
  tag: 'GraphQL',
  roles: READERS,
  answers: {
    200: {
      description: 'What was asked for, or what is wrong with the query. A subscription is answered with server-sent events.',
      schema: answerSchema,
      alsoAs: ['text/event-stream'],
    },
  },
} as const

const description =
  'Read only: health, sessions, queue, alerts, recoveries and runners, with the fields and the rights that the other routes have. Each field ' +
  'of the query itself counts as a request. A subscription answers as the distinct connections mode of graphql-sse: `next` for each state.'

interface Given {
  readonly query: string
  readonly operationName?: string | null | undefined
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined
}

export const GRAPHQL_ROUTES: readonly Route[] = [
  route({
    ...described,
    method: 'POST',
    path: '/api/graphql',
    operationId: 'queryGraph',
    summary: 'Ask for several things at once, or follow one (GraphQL)',
    description,
    changesNothing: true,
    request: { body: bodySchema },
    run: async ({ dependencies, principal, body, call }) => await answerTo(body, { dependencies, principal, call }),
  }),
  route({
    ...described,
    method: 'GET',
    path: '/api/graphql',
    operationId: 'followGraph',
    summary: 'The same for an EventSource, which cannot POST',
    description,
    request: { query: querySchema },
    async run({ dependencies, principal, query: { variables, ...query }, call }) {
      return await answerTo({ ...query, variables: parsed(variables) }, { dependencies, principal, call })
    },
  }),
]

function parsed(variables: string | undefined): Record<string, unknown> {
  if (variables === undefined) return {}
  let value: unknown
  try {
    value = JSON.parse(variables)
  } catch {
    throw problem('bad-request', 'variables: must be JSON.')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw problem('bad-request', 'variables: must be an object.')
  return value as Record<string, unknown>
}

interface From {
  readonly dependencies: RouteDependencies
  readonly principal: Principal
  readonly call: Call
}

async function answerTo({ query, operationName: named, variables }: Given, { dependencies, principal, call }: From) {
  let isFirst = true
  const admit = async (): Promise<void> => {
    // The request itself was admitted before.
    if (isFirst) isFirst = false
    else await dependencies.limits.admitRequest(principal)
  }
  const asker = { principal, dependencies, call, admit }
  const ran = await runQuery({ query, operationName: named ?? undefined, variables: variables ?? {} }, asker)
  if (!('kind' in ran)) return { status: 200 as const, body: ran as z.output<typeof answerSchema> }
  const { kind, show } = ran
  const stream = await dependencies.events.open(principal, {
    signIn: call.isByCookie ? cookieIn(call) : undefined,
    kinds: [kind],
    lastEventId: undefined,
    once: false,
    again: () => call.again(),
    write: ({ name, data }) => (name === kind ? `event: next\ndata: ${JSON.stringify(show(data))}\n\n` : ': \n\n'),
  })
  return { status: 200 as const, stream: bytesOf(stream), headers: STREAM_HEADERS }
}
