import type { DefinitionNode, DocumentNode, FieldNode, OperationDefinitionNode, SelectionSetNode } from 'graphql'
import type { GraphQL } from './output-types.ts'

/** Words and signs of a query. It bounds the work before anything is known of it. */
export const MOST_TOKENS = 2000

/** Each is the work of one request to the API. */
const MOST_ROOT_FIELDS = 10

const MOST_DEPTH = 10

/** Fields times entries of their list. */
const MOST_COST = 50_000

/** A list without a limit has as many entries as the API lists, or there is. */
const ENTRIES_OF_A_LIST = 100

/**
 * Refuses a query that is too deep, or costs too much. Fields of the schema itself are free: the library limits them. The document is a valid
 * one, so that its fragments lead nowhere in a circle.
 *
 * @throws GraphQLError that says what to leave out
 */
export function requireModesty(
  graphql: GraphQL,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): void {
  const roots = fieldsOf(graphql, document, operation.selectionSet)
  if (roots.length > MOST_ROOT_FIELDS)
    throw refusal(graphql, `asks for ${roots.length} things at once, ${MOST_ROOT_FIELDS} at most`)
  let cost = 0
  const visit = (field: FieldNode, entries: number, depth: number): void => {
    if (depth > MOST_DEPTH) throw refusal(graphql, `is deeper than ${MOST_DEPTH} levels`)
    cost += entries
    // At once, because fragments in fields of fragments may stand for millions of fields.
    if (cost > MOST_COST) throw refusal(graphql, `costs more than ${MOST_COST} (its fields times the entries of their list)`)
    if (!field.selectionSet) return
    for (const child of fieldsOf(graphql, document, field.selectionSet)) visit(child, entries, depth + 1)
  }
  for (const root of roots) visit(root, entriesOf(graphql, root, variables), 1)
}

/** The fields of a selection. As in the execution, each fragment counts once in it, so that fragments of fragments multiply nothing. */
function fieldsOf({ Kind }: GraphQL, document: DocumentNode, selection: SelectionSetNode): readonly FieldNode[] {
  const fields: FieldNode[] = []
  const seen = new Set<string>()
  const collect = ({ selections }: SelectionSetNode): void => {
    for (const one of selections) {
      if (one.kind === Kind.FIELD) {
        if (!one.name.value.startsWith('__')) fields.push(one)
      } else if (one.kind === Kind.INLINE_FRAGMENT) {
        collect(one.selectionSet)
      } else if (!seen.has(one.name.value)) {
        seen.add(one.name.value)
        const isIt = (node: DefinitionNode) => node.kind === Kind.FRAGMENT_DEFINITION && node.name.value === one.name.value
        const fragment = document.definitions.find(isIt)
        if (fragment?.kind === Kind.FRAGMENT_DEFINITION) collect(fragment.selectionSet)
      }
    }
  }
  collect(selection)
  return fields
}

function entriesOf(
  { Kind }: GraphQL,
  { arguments: given = [] }: FieldNode,
  variables: Readonly<Record<string, unknown>>,
): number {
  const limit = given.find(({ name }) => name.value === 'limit')?.value
  const value =
    limit?.kind === Kind.VARIABLE ? variables[limit.name.value] : limit?.kind === Kind.INT ? Number(limit.value) : null
  return typeof value === 'number' && value >= 1 ? value : ENTRIES_OF_A_LIST
}

const refusal = ({ GraphQLError }: GraphQL, why: string): Error =>
  new GraphQLError(`The query ${why}. Ask for less, or in several queries.`, { extensions: { code: 'too-large' } })
