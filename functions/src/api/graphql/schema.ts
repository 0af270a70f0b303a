import type { GraphQLFieldConfig, GraphQLFieldConfigArgumentMap, GraphQLSchema } from 'graphql'
import { z } from 'zod'
import type { Call, Route, RouteDependencies } from '../route.ts'
import { requireRole } from '../../app/require-role.ts'
import { checked } from '../../app/request.ts'
import type { Principal } from '../../app/principal.ts'
import { QUERY_FIELDS, SUBSCRIPTION_FIELDS } from './fields.ts'
import { type Counting, type GraphQL, OutputTypes } from './output-types.ts'

/** Who asks, and what the answers come from. */
export interface Asker {
  readonly principal: Principal
  readonly dependencies: RouteDependencies
  readonly call: Call
  /** Counts each thing that is asked for like a request of its own. */
  readonly admit: () => Promise<void>
}

type Field = GraphQLFieldConfig<unknown, Asker & Counting>

type Change = GraphQLFieldConfig<Readonly<Record<string, unknown>>, Asker & Counting>

interface Parts {
  readonly graphql: GraphQL
  readonly types: OutputTypes
}

/** The type of a state that is followed, with `gone` for the end of the thing. */
function changeOf({ graphql, types }: Parts, field: string, state: z.ZodType, kind: string): Change {
  const { GraphQLBoolean, GraphQLNonNull, GraphQLObjectType, GraphQLString } = graphql
  const name = capital(field)
  const type = types.of(state.nullable(), capital(kind))
  const change = new GraphQLObjectType({
    name,
    fields: {
      id: { type: GraphQLString, description: 'The name of a session, or the id of anything else that there may be several of.' },
      gone: { type: new GraphQLNonNull(GraphQLBoolean), description: 'The API lists it no more.' },
      [kind]: { type, description: 'The present state. Null when it is gone.' },
    },
  })
  return {
    type: new GraphQLNonNull(change),
    description: 'First the present state, then each change.',
    resolve: (source) => changed(source[field] as Readonly<Record<string, unknown>>, kind),
  }
}

function changed(data: Readonly<Record<string, unknown>>, kind: string) {
  const gone = data['gone'] === true
  return { id: data['id'] ?? data['name'] ?? null, gone, [kind]: gone ? null : data }
}

/** A field that a route answers: with its rights, its checks and its fields. */
function queryOf({ graphql, types }: Parts, field: string, route: Route): Field {
  const { params, query } = route.request ?? {}
  return {
    // It may be null, so that one refusal hides nothing else.
    type: types.of(bodyOf(route).nullable(), capital(field)),
    description: `${route.summary} (${route.method} ${route.path}).`,
    args: { ...argumentsOf(graphql, params, true), ...argumentsOf(graphql, query, false) },
    async resolve(_, args: Readonly<Record<string, unknown>>, { principal, dependencies, call, admit }) {
      if (route.roles !== 'anybody') requireRole(principal, route.roles)
      await admit()
      const given = textsOf(args)
      const result = await route.run({
        params: params && checked(params, given, []),
        query: query && checked(query, given, []),
        headers: undefined,
        body: undefined,
        stored: null,
        principal,
        dependencies,
        call,
      })
      // As it goes over the wire: a Date is a text there.
      return 'body' in result ? (JSON.parse(JSON.stringify(result.body)) as unknown) : null
    },
  }
}

/** The schema of what a route answers when all went well. */
function bodyOf({ answers, operationId }: Route): z.ZodType {
  const schema = answers[200]?.schema
  if (!schema) throw new Error(`${operationId} answers nothing that GraphQL could show.`)
  return schema
}

/** A query of the API has texts, and GraphQL has types: numbers, and what is `true` or `false` in the API. */
function argumentsOf(graphql: GraphQL, schema: z.ZodObject | undefined, isRequired: boolean): GraphQLFieldConfigArgumentMap {
  const { GraphQLBoolean, GraphQLInt, GraphQLNonNull, GraphQLString } = graphql
  return Object.fromEntries(
    Object.entries(schema?.shape ?? {}).map(([name, field]) => {
      const described = z.toJSONSchema(field as z.ZodType, { io: 'input', unrepresentable: 'any' })
      const values = described.enum ?? []
      const isFlag = values.length > 0 && values.every((value) => value === 'true' || value === 'false')
      const isNumber = described.type === 'integer' || described.maximum !== undefined
      const type = isFlag ? GraphQLBoolean : isNumber ? GraphQLInt : GraphQLString
      const oneOf = values.length > 0 && !isFlag ? ` One of: ${values.join(', ')}.` : ''
      const description = `${described.description ?? ''}${oneOf}`.trim() || undefined
      return [name, { type: isRequired ? new GraphQLNonNull(type) : type, description }]
    }),
  )
}

const textsOf = (args: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(args)
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([name, value]) => [name, String(value)]),
  )

/** Goes from the answer of a query to the type of what is followed. */
function typeAt([field, ...path]: readonly string[]): z.ZodType {
  const route = QUERY_FIELDS[field ?? '']
  if (!route) throw new Error(`There is no query ${field}.`)
  let schema = bodyOf(route)
  for (const step of path) {
    if (schema instanceof z.ZodArray && step === '[]') schema = schema.element as z.ZodType
    else if (schema instanceof z.ZodObject && schema.shape[step]) schema = schema.shape[step] as z.ZodType
    else throw new Error(`The answer of ${field} has no ${step}.`)
  }
  return schema
}

const capital = (name: string): string => `${name.charAt(0).toUpperCase()}${name.slice(1)}`

const mapped = <From, To>(of: Readonly<Record<string, From>>, to: (name: string, value: From) => To): Record<string, To> =>
  Object.fromEntries(Object.entries(of).map(([name, value]) => [name, to(name, value)]))

/** The schema of the end point. */
export function schemaOf(graphql: GraphQL): GraphQLSchema {
  const { GraphQLObjectType: ObjectType, GraphQLSchema: Schema } = graphql
  const parts = { graphql, types: new OutputTypes(graphql) }
  return new Schema({
    query: new ObjectType({ name: 'Query', fields: mapped(QUERY_FIELDS, (field, route) => queryOf(parts, field, route)) }),
    subscription: new ObjectType({
      name: 'Subscription',
      fields: mapped(SUBSCRIPTION_FIELDS, (field, { kind, of }) => changeOf(parts, field, typeAt(of), kind)),
    }),
  })
}
