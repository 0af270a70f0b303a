import type * as library from 'graphql'
import type {
  GraphQLFieldConfigMap,
  GraphQLFieldResolver,
  GraphQLObjectType,
  GraphQLOutputType,
  GraphQLScalarType,
} from 'graphql'
import { z } from 'zod'

/** The library, which is loaded with the first query. */
export type GraphQL = typeof library

/** What counts the values of an answer. */
export interface Counting {
  readonly spending: { one(): void }
}

/** The name of a type, from the places in which it is: `Session` and `owner` give `SessionOwner`. */
const nameIn = (place: string, field: string): string => `${place}${field.charAt(0).toUpperCase()}${field.slice(1)}`

/**
 * Makes the types of GraphQL from the schemas of the routes' answers, so that both faces have the same fields. A number is a Float, because
 * an Int ends at 2³¹. A text with fixed values is a String, because later versions have more of them. Keys that are names become entries.
 */
export class OutputTypes {
  readonly #graphql: GraphQL
  readonly #time: GraphQLScalarType
  readonly #json: GraphQLScalarType
  readonly #objects = new Map<z.ZodType, GraphQLObjectType>()

  constructor(graphql: GraphQL) {
    this.#graphql = graphql
    this.#time = new graphql.GraphQLScalarType({ name: 'Time', description: 'ISO 8601, in UTC.' })
    this.#json = new graphql.GraphQLScalarType({ name: 'Json', description: 'Any JSON value.' })
  }

  /** `place` names what has no name of its own. */
  of(schema: z.ZodType, place: string): GraphQLOutputType {
    const { bare, isNullable } = withoutWrapping(schema)
    const type = this.#bare(bare, place)
    return isNullable ? type : new this.#graphql.GraphQLNonNull(type)
  }

  #bare(schema: z.ZodType, place: string) {
    const { GraphQLBoolean, GraphQLFloat, GraphQLList, GraphQLNonNull, GraphQLString } = this.#graphql
    if (schema instanceof z.ZodString || schema instanceof z.ZodEnum || schema instanceof z.ZodLiteral) return GraphQLString
    if (schema instanceof z.ZodNumber) return GraphQLFloat
    if (schema instanceof z.ZodBoolean) return GraphQLBoolean
    if (schema instanceof z.ZodPipe) return this.#time
    if (schema instanceof z.ZodArray) return new GraphQLList(this.of(schema.element as z.ZodType, place))
    if (schema instanceof z.ZodObject) return this.#object(schema, place)
    if (schema instanceof z.ZodUnion) return this.#union(schema, place)
    const value = schema instanceof z.ZodRecord ? (schema.valueType as z.ZodType) : null
    return value instanceof z.ZodObject ? new GraphQLList(new GraphQLNonNull(this.#entry(value, place))) : this.#json
  }

  #object(schema: z.ZodObject, place: string): GraphQLObjectType {
    const known = this.#objects.get(schema)
    if (known) return known
    const { id, description } = schema.meta() ?? {}
    const name = id ?? place
    const type = new this.#graphql.GraphQLObjectType({ name, description, fields: () => this.#fieldsOf(schema.shape, name) })
    this.#objects.set(schema, type)
    return type
  }

  /** Of several kinds of objects, one with the fields of all. What not every kind has may be null. */
  #union(schema: z.ZodUnion, place: string): GraphQLOutputType {
    const kinds = schema.options.filter((option) => option instanceof z.ZodObject)
    if (kinds.length < schema.options.length) return this.#json
    const known = this.#objects.get(schema)
    if (known) return known
    const shape: Record<string, z.ZodType> = {}
    for (const kind of kinds) {
      for (const [field, type] of Object.entries(kind.shape)) {
        const isAlways = kinds.every(({ shape: other }) => isThere((other as Shape)[field]))
        shape[field] ??= isAlways ? type : type.nullable()
      }
    }
    const name = schema.meta()?.id ?? place
    const type = new this.#graphql.GraphQLObjectType({ name, fields: () => this.#fieldsOf(shape, name) })
    this.#objects.set(schema, type)
    return type
  }

  #entry(value: z.ZodObject, place: string): GraphQLObjectType {
    const { GraphQLNonNull, GraphQLObjectType: ObjectType, GraphQLString } = this.#graphql
    const known = this.#objects.get(value)
    const fields = { key: { type: new GraphQLNonNull(GraphQLString) }, value: { type: known ?? this.of(value, `${place}Value`) } }
    return new ObjectType({ name: `${place}Entry`, fields })
  }

  #fieldsOf(shape: Shape, place: string): GraphQLFieldConfigMap<Record<string, unknown>, Counting> {
    return Object.fromEntries(
      Object.entries(shape).map(([field, schema]) => {
        const { bare } = withoutWrapping(schema)
        const description = schema.meta()?.description ?? bare.meta()?.description
        const type = this.of(schema, nameIn(place, field))
        const isMap = bare instanceof z.ZodRecord && bare.valueType instanceof z.ZodObject
        const resolve: GraphQLFieldResolver<Record<string, unknown>, Counting> = (source, _, { spending }) => {
          spending.one()
          return isMap ? entriesOf(source[field]) : (source[field] ?? null)
        }
        return [field, { type, description, resolve }]
      }),
    )
  }
}

type Shape = Readonly<Record<string, z.ZodType>>

const isThere = (schema: z.ZodType | undefined): boolean => schema !== undefined && !withoutWrapping(schema).isNullable

function withoutWrapping(schema: z.ZodType): { bare: z.ZodType; isNullable: boolean } {
  let bare = schema
  let isNullable = false
  for (;;) {
    if (bare instanceof z.ZodNullable || bare instanceof z.ZodOptional) isNullable = true
    else if (!(bare instanceof z.ZodDefault || bare instanceof z.ZodReadonly)) return { bare, isNullable }
    bare = bare.unwrap() as z.ZodType
  }
}

const entriesOf = (map: unknown) =>
  map === null || map === undefined ? null : Object.entries(map).map(([key, value]) => ({ key, value: value as unknown }))
