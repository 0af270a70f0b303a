import type { DocumentNode, GraphQLError, GraphQLFormattedError, GraphQLSchema, OperationDefinitionNode } from 'graphql'
import { requireRole } from '../../app/require-role.ts'
import { Problem, problemOf } from '../../app/problems.ts'
import { requestContext } from '../../app/request-context.ts'
import type { EventKind } from '../../use-cases/events/feed.ts'
import { SUBSCRIPTION_FIELDS } from './fields.ts'
import { MOST_TOKENS, requireModesty, Spending } from './limits.ts'
import type { GraphQL } from './output-types.ts'
import { type Asker, schemaOf } from './schema.ts'

export interface GraphQuery {
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
  readonly operationName: string | undefined
}

export interface GraphAnswer {
  readonly data?: unknown
  readonly errors?: readonly GraphQLFormattedError[]
}

/** What a subscription follows, and how each state of it is shown. */
interface Followed {
  readonly kind: EventKind
  readonly show: (state: unknown) => GraphAnswer
}

/** The library and the schema, once a query has come. */
interface Engine {
  readonly graphql: GraphQL
  readonly schema: GraphQLSchema
}

let engine: Promise<Engine> | undefined

/** Few processes are ever asked, and the library takes 100 ms to load. */
const loaded = (): Promise<Engine> => (engine ??= import('graphql').then((graphql) => ({ graphql, schema: schemaOf(graphql) })))

/**
 * Answers a query, or says what a subscription follows. A fault of the query is an answer, too.
 *
 * @throws the problem of its fields, if it has no other answer and the same request may work later
 */
export async function runQuery(given: GraphQuery, asker: Asker): Promise<GraphAnswer | Followed> {
  const { graphql, schema } = await loaded()
  const { variables: variableValues, operationName } = given
  const tell = (error: unknown): GraphQLFormattedError => saidOf(graphql, error, asker)
  let run: Run
  try {
    const { document, operation } = understood({ graphql, schema }, given)
    requireModesty(graphql, document, operation)
    run = { schema, document, variableValues, operationName }
    if (operation.operation === graphql.OperationTypeNode.SUBSCRIPTION) return followed(graphql, operation, { run, asker, tell })
  } catch (error) {
    return { errors: [tell(error)] }
  }
  const result = await graphql.execute({ ...run, contextValue: { ...asker, spending: new Spending(graphql) } })
  if (Object.values(result.data ?? {}).every((value) => value === null)) throwPassing(result.errors ?? [])
  return shown(result, tell)
}

type Run = Parameters<GraphQL['execute']>[0]

type Tell = (error: unknown) => GraphQLFormattedError

/** Whoever asks again later hears when from the status and the headers. */
function throwPassing(errors: readonly GraphQLError[]): void {
  const causes = errors.map(({ originalError }) => (originalError ? problemOf(originalError) : null))
  const passing = causes.find((cause) => cause?.status === 503 || cause?.status === 429)
  if (passing) throw passing
}

interface Understood {
  readonly document: DocumentNode
  readonly operation: OperationDefinitionNode
}

/** @throws GraphQLError with the first mistake of the query */
function understood({ graphql, schema }: Engine, { query, operationName }: GraphQuery): Understood {
  const { getOperationAST, GraphQLError: Mistake, parse, validate } = graphql
  const document = parse(query, { maxTokens: MOST_TOKENS })
  const [mistake] = validate(schema, document)
  if (mistake) throw mistake
  const operation = getOperationAST(document, operationName)
  if (operation) return { document, operation }
  throw new Mistake('The query has several operations, or none of that name. Name one in operationName.')
}

interface Following {
  readonly run: Run
  readonly asker: Asker
  readonly tell: Tell
}

function followed(graphql: GraphQL, operation: OperationDefinitionNode, { run, asker, tell }: Following): Followed {
  const { selectionSet, variableDefinitions = [] } = operation
  const [root] = selectionSet.selections
  const field = root?.kind === graphql.Kind.FIELD ? root.name.value : ''
  const subscription = SUBSCRIPTION_FIELDS[field]
  if (!subscription) throw new graphql.GraphQLError('A subscription names its field at once, without a fragment.')
  if (root?.directives?.length) throw new graphql.GraphQLError('The field of a subscription takes no directives.')
  const given = graphql.getVariableValues(run.schema, variableDefinitions, run.variableValues ?? {})
  if (given.errors?.[0]) throw given.errors[0]
  const { kind } = subscription
  if (kind === 'runner') requireRole(asker.principal, ['operator'])
  return {
    kind,
    show: (state) => {
      const rootValue = { [field]: JSON.parse(JSON.stringify(state)) as unknown }
      const contextValue = { ...asker, spending: new Spending(graphql) }
      return shown(graphql.executeSync({ ...run, rootValue, contextValue }), tell)
    },
  }
}

const shown = ({ data, errors }: { data?: unknown; errors?: readonly GraphQLError[] | undefined }, tell: Tell): GraphAnswer => ({
  ...(data === undefined ? {} : { data }),
  ...(errors ? { errors: errors.map(tell) } : {}),
})

/** What the caller may see of an error. Of what is none of the caller's, only the number under which the log has it. */
function saidOf({ GraphQLError: Mistake }: GraphQL, error: unknown, { dependencies }: Asker): GraphQLFormattedError {
  const isOfQuery = error instanceof Mistake
  const cause = isOfQuery ? error.originalError : error
  if (isOfQuery && !cause) return { ...error.toJSON(), extensions: { code: 'bad-request', ...error.extensions } }
  const where = isOfQuery ? { path: error.path ?? [], locations: error.locations ?? [] } : {}
  const known = problemOf(cause)
  if (known instanceof Problem) {
    if (known.status >= 500) dependencies.logger.error({ error: cause, status: known.status }, 'A field of GraphQL failed.')
    return { message: known.detail, extensions: { code: known.message, status: known.status }, ...where }
  }
  dependencies.logger.error({ error: cause }, 'A field of GraphQL failed.')
  const { requestId = '' } = requestContext()
  const message = `The log has the cause under requestId ${requestId}.`
  return { message, extensions: { code: 'internal-error', status: 500 }, ...where }
}
