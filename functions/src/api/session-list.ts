import { SESSION_NAME } from '@holdfast/core/session/ids'
import { z } from 'zod'
import type { Principal } from '../app/principal.ts'
import type { SessionAnswer } from '../use-cases/session-answer.ts'
import { listSessionPage } from '../use-cases/session-page.ts'
import { shownSession } from '../use-cases/shown-session.ts'
import { listSessions } from '../use-cases/show-sessions.ts'
import { READERS, route, type RouteDependencies } from './route.ts'
import { pageLimit } from './schemas.ts'
import { apiStatusSchema, sessionSchema } from './session-schemas.ts'

/** The list of sessions: whole, as WAHA has it, or page by page. */

const flag = z.enum(['true', 'false'], 'must be true or false')

const wholeQuery = z.object({ all: flag.default('false').meta({ description: 'True: also stopped ones.' }) })

const filters = {
  status: apiStatusSchema.optional().meta({ description: 'Only sessions with this status.', example: 'WORKING' }),
  search: z
    .string()
    .max(100, 'must have at most 100 characters')
    .optional()
    .meta({ description: "A part of the name, of the account's number, or of what the account calls itself.", example: 'm' }),
  needsPerson: flag.optional().meta({ description: 'True: only sessions that wait for a person.', example: 'false' }),
  cursor: z
    .string()
    .regex(SESSION_NAME, 'must be a cursor from an earlier answer')
    .optional()
    .meta({ description: 'The cursor of an earlier answer. The list goes on after it.' }),
}

const pageQuery = wholeQuery.extend({ ...filters, limit: pageLimit })

/** Without a limit there is none, so that callers who know of no pages get all. */
const anyQuery = wholeQuery.extend({ ...filters, limit: pageLimit.unwrap().optional().meta({ example: 10 }) })

const pageSchema = z
  .strictObject({
    sessions: z.array(sessionSchema),
    cursor: z.string().nullable().meta({ description: 'The place after the last session. Null at the end of the list.' }),
  })
  .meta({ id: 'SessionPage' })

const wholeSchema = z.array(sessionSchema)

const listed = {
  method: 'GET',
  path: '/api/sessions',
  tag: 'Sessions',
  roles: READERS,
} as const

interface Asking<Query extends z.ZodType> {
  readonly dependencies: RouteDependencies
  readonly principal: Principal
  readonly query: z.output<Query>
}

async function answerWhole({ dependencies, principal, query: { all } }: Asking<typeof wholeQuery>) {
  const sessions = await listSessions(dependencies, principal)
  const isListed = ({ wanted, status }: SessionAnswer) => all === 'true' || wanted === 'online' || status !== 'STOPPED'
  return { status: 200 as const, body: sessions.filter(isListed).map(shownSession) }
}

async function answerPage({ dependencies, principal, query }: Asking<typeof pageQuery>) {
  const { all, needsPerson, status, search, cursor, limit } = query
  const request = { all: all === 'true', needsPerson: needsPerson === 'true', status, search, cursor, limit }
  const page = await listSessionPage(dependencies, principal, request)
  return { status: 200 as const, body: { sessions: page.sessions.map(shownSession), cursor: page.cursor } }
}

const wholeList = route({
  ...listed,
  operationId: 'listSessions',
  summary: 'List the sessions',
  request: { query: wholeQuery },
  answers: { 200: { description: 'The sessions, sorted by name.', schema: wholeSchema } },
  run: answerWhole,
})

const pageOfList = route({
  ...listed,
  operationId: 'listSessionPage',
  summary: 'List the sessions, page by page',
  request: { query: pageQuery },
  answers: { 200: { description: 'One page of sessions, sorted by name.', schema: pageSchema } },
  run: answerPage,
})

/** Each with the type of its answer, for callers to whom an answer can have one type only. */
export const SESSION_LISTS = [wholeList, pageOfList]

const PAGED_BY = ['limit', 'cursor', 'status', 'search', 'needsPerson'] as const

export const listRoute = route({
  ...listed,
  operationId: 'listSessions',
  summary: 'List the sessions',
  description:
    'Sorted by name. Without `limit`, `cursor`, `status`, `search` and `needsPerson` the answer is a list of all sessions, as WAHA has it. ' +
    'With one of them it is a page: `sessions`, and the `cursor` of the next one.',
  request: { query: anyQuery },
  answers: { 200: { description: 'The sessions, or a page of them.', schema: z.union([wholeSchema, pageSchema]) } },
  run: ({ dependencies, principal, query }) =>
    PAGED_BY.some((name) => query[name] !== undefined)
      ? answerPage({ dependencies, principal, query: { ...query, limit: query.limit ?? pageLimit.parse(undefined) } })
      : answerWhole({ dependencies, principal, query }),
})
