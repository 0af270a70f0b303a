import type { DocumentNode, FieldNode, FragmentDefinitionNode, OperationDefinitionNode, SelectionSetNode } from 'graphql'
import type { GraphQL } from './output-types.ts'

/** Words and signs of a query. It bounds the work before anything is known of it. */
export const MOST_TOKENS = 2000

/** Each is the work of one request to the API. */
const MOST_ROOT_FIELDS = 10

const MOST_DEPTH = 10

/** Fields of a query, with those of its fragments wherever these stand. */
const MOST_FIELDS = 1000

/** Values of an answer, which are counted while it is made: so many take a good part of a second. */
export const MOST_VALUES = 300_000

/** Lists of the schema's own description, and about how many entries they have. The library resolves them, so that nobody counts. */
const ENTRIES: Readonly<Record<string, number>> = {
  types: 70,
  fields: 15,
  args: 3,
  possibleTypes: 3,
  interfaces: 3,
  inputFields: 3,
  directives: 6,
}

/**
 * Refuses a query that is too deep or too long, whatever is stored. The document is a valid one, so that its fragments lead nowhere in a
 * circle.
 *
 * @throws GraphQLError that says what to leave out
 */
export function requireModesty(graphql: GraphQL, document: DocumentNode, { selectionSet }: OperationDefinitionNode): void {
  const { Kind } = graphql
  const fragments = new Map(
    document.definitions
      .filter((one): one is FragmentDefinitionNode => one.kind === Kind.FRAGMENT_DEFINITION)
      .map((one) => [one.name.value, one.selectionSet]),
  )
  const refuse = (why: string): never => {
    throw tooLarge(graphql, why)
  }
  const childrenOf = (selection: SelectionSetNode): readonly FieldNode[] => {
    const fields = fieldsOf(graphql, fragments, selection)
    // It costs as much as a field, and the library resolves it, so that nobody counts.
    if (fields.filter(({ name }) => name.value === '__typename').length > 1) refuse('asks for __typename twice in one place')
    return fields
  }
  let fields = 0
  let described = 0
  const visit = (field: FieldNode, depth: number, isFree: boolean): void => {
    if (depth > MOST_DEPTH && !isFree) refuse(`is deeper than ${MOST_DEPTH} levels`)
    if (++fields > MOST_FIELDS) refuse(`has more than ${MOST_FIELDS} fields, with those of its fragments`)
    if (field.selectionSet) for (const child of childrenOf(field.selectionSet)) visit(child, depth + 1, isFree)
  }
  const describe = ({ name, selectionSet: inner }: FieldNode, entries: number): void => {
    described += entries
    if (described > MOST_VALUES) refuse('asks for too much of the schema')
    const each = entries * (ENTRIES[name.value] ?? 1)
    if (inner) for (const child of childrenOf(inner)) describe(child, each)
  }
  const roots = childrenOf(selectionSet)
  if (roots.length > MOST_ROOT_FIELDS) refuse(`asks for ${roots.length} things at once, ${MOST_ROOT_FIELDS} at most`)
  for (const root of roots) {
    const isOfSchema = root.name.value.startsWith('__')
    if (isOfSchema) describe(root, 1)
    visit(root, 1, isOfSchema)
  }
}

/** The fields of a selection. As in the execution, each fragment counts once in it, so that fragments of fragments multiply nothing. */
function fieldsOf(
  { Kind }: GraphQL,
  fragments: ReadonlyMap<string, SelectionSetNode>,
  selection: SelectionSetNode,
): readonly FieldNode[] {
  const fields: FieldNode[] = []
  const seen = new Set<string>()
  const collect = ({ selections }: SelectionSetNode): void => {
    for (const one of selections) {
      if (one.kind === Kind.FIELD) fields.push(one)
      else if (one.kind === Kind.INLINE_FRAGMENT) collect(one.selectionSet)
      else if (!seen.has(one.name.value)) {
        seen.add(one.name.value)
        const inner = fragments.get(one.name.value)
        if (inner) collect(inner)
      }
    }
  }
  collect(selection)
  return fields
}

/** Counts the values of one answer. */
export class Spending {
  readonly #graphql: GraphQL
  #values = 0

  constructor(graphql: GraphQL) {
    this.#graphql = graphql
  }

  /** @throws GraphQLError when the answer has too many */
  one(): void {
    if (++this.#values > MOST_VALUES) throw tooLarge(this.#graphql, `has an answer of more than ${MOST_VALUES} values`)
  }
}

const tooLarge = ({ GraphQLError }: GraphQL, why: string): Error =>
  new GraphQLError(`The query ${why}. Ask for less, or in several queries.`, { extensions: { code: 'too-large' } })
