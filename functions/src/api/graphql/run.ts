import {
  type DocumentNode,
  execute,
  executeSync,
  getOperationAST,
  GraphQLError,
  type GraphQLFormattedError,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  recommendedRules,
  specifiedRules,
  validate,
} from 'graphql'
import { requireRole } from '../../app/require-role.ts'
import { Problem, problemOf } from '../../app/problems.ts'
import { requestContext } from '../../app/request-context.ts'
import type { EventKind } from '../../use-cases/events/feed.ts'
import { SUBSCRIPTION_FIELDS } from './fields.ts'
import { MOST_TOKENS, requireModesty } from './limits.ts'
import { type Asker, SCHEMA } from './schema.ts'

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

/**
 * Answers a query, or says what a subscription follows. A fault of the query is an answer, too.
 *
 * @throws the problem of its fields, if it has no other answer and the same request may work later
 */
export async function runQuery(given: GraphQuery, asker: Asker): Promise<GraphAnswer | Followed> {
  const { variables: variableValues, operationName } = given
  let run: Run
  try {
    const { document, operation } = understood(given)
    requireModesty(document, operation, variableValues)
    run = { schema: SCHEMA, document, variableValues, operationName }
    if (operation.operation === OperationTypeNode.SUBSCRIPTION) return followed(operation, run, asker)
  } catch (error) {
    return { errors: [saidOf(error, asker)] }
  }
  const result = await execute({ ...run, contextValue: asker })
  if (Object.values(result.data ?? {}).every((value) => value === null)) throwPassing(result.errors ?? [])
  return shown(result, asker)
}

/** Whoever asks again later hears when from the status and the headers. */
function throwPassing(errors: readonly GraphQLError[]): void {
  const causes = errors.map(({ originalError }) => (originalError ? problemOf(originalError) : null))
  const passing = causes.find((cause) => cause?.status === 503 || cause?.status === 429)
  if (passing) throw passing
}

/** @throws GraphQLError with all mistakes of the query */
function understood({ query, operationName }: GraphQuery): { document: DocumentNode; operation: OperationDefinitionNode } {
  const document = parse(query, { maxTokens: MOST_TOKENS })
  const mistakes = validate(SCHEMA, document, [...specifiedRules, ...recommendedRules])
  if (mistakes[0]) throw mistakes[0]
  const operation = getOperationAST(document, operationName)
  if (operation) return { document, operation }
  throw new GraphQLError('The query has several operations, or none of that name. Name one in operationName.')
}

type Run = Pick<Parameters<typeof executeSync>[0], 'schema' | 'document' | 'variableValues' | 'operationName'>

function followed({ selectionSet }: OperationDefinitionNode, run: Run, asker: Asker): Followed {
  const [root] = selectionSet.selections
  const field = root?.kind === Kind.FIELD ? root.name.value : ''
  const subscription = SUBSCRIPTION_FIELDS[field]
  if (!subscription) throw new GraphQLError('A subscription names its field at once, without a fragment.')
  const { kind } = subscription
  if (kind === 'runner') requireRole(asker.principal, ['operator'])
  return {
    kind,
    show: (state) => {
      const rootValue = { [field]: JSON.parse(JSON.stringify(state)) as unknown }
      return shown(executeSync({ ...run, rootValue, contextValue: asker }), asker)
    },
  }
}

function shown({ data, errors }: { data?: unknown; errors?: readonly GraphQLError[] | undefined }, asker: Asker): GraphAnswer {
  return {
    ...(data === undefined ? {} : { data }),
    ...(errors ? { errors: errors.map((error) => saidOf(error, asker)) } : {}),
  }
}

/** What the caller may see of an error. Of what is none of the caller's, only the number under which the log has it. */
function saidOf(error: unknown, { dependencies }: Asker): GraphQLFormattedError {
  const cause = error instanceof GraphQLError ? error.originalError : error
  if (error instanceof GraphQLError && !cause)
    return { ...error.toJSON(), extensions: { code: 'bad-request', ...error.extensions } }
  const where = error instanceof GraphQLError ? { path: error.path ?? [], locations: error.locations ?? [] } : {}
  const known = problemOf(cause)
  if (known instanceof Problem)
    return { message: known.detail, extensions: { code: known.message, status: known.status }, ...where }
  dependencies.logger.error({ error: cause }, 'A field of GraphQL failed.')
  const { requestId = '' } = requestContext()
  const message = `The log has the cause under requestId ${requestId}.`
  return { message, extensions: { code: 'internal-error', status: 500 }, ...where }
}
