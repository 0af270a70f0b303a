import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import protobuf from 'protobufjs'

// The messages of google.firestore.v1, read from the descriptions that Google's client carries. Only the fields that are used have types.

const CLIENT = dirname(createRequire(import.meta.url).resolve('@google-cloud/firestore/package.json'))
const description = JSON.parse(readFileSync(join(CLIENT, 'build/protos/v1.json'), 'utf8')) as protobuf.INamespace
const root = protobuf.Root.fromJSON(description)

const typeOf = (name: string): protobuf.Type => root.lookupType(`google.firestore.v1.${name}`)

const decoderOf =
  <Message>(name: string) =>
  (bytes: Buffer): Message =>
    typeOf(name).decode(bytes) as unknown as Message

const encoderOf =
  (name: string) =>
  (message: object): Buffer =>
    Buffer.from(typeOf(name).encode(message).finish())

/** A 64-bit number as protobufjs reads it. Beyond 2^53 it is not exact here. */
type Whole = number | { toNumber(): number }

export const numberOf = (whole: Whole): number => (typeof whole === 'number' ? whole : whole.toNumber())

export interface Timestamp {
  readonly seconds: Whole
  readonly nanos: number
}

export type Fields = Readonly<Record<string, Value>>

/** A value of a field. `valueType` names the one member that is set. */
export type Value =
  | { readonly valueType: 'nullValue' }
  | { readonly valueType: 'booleanValue'; readonly booleanValue: boolean }
  | { readonly valueType: 'integerValue'; readonly integerValue: Whole }
  | { readonly valueType: 'doubleValue'; readonly doubleValue: number }
  | { readonly valueType: 'timestampValue'; readonly timestampValue: Timestamp }
  | { readonly valueType: 'stringValue'; readonly stringValue: string }
  | { readonly valueType: 'bytesValue'; readonly bytesValue: Uint8Array }
  | { readonly valueType: 'referenceValue'; readonly referenceValue: string }
  | { readonly valueType: 'arrayValue'; readonly arrayValue: { readonly values: readonly Value[] } }
  | { readonly valueType: 'mapValue'; readonly mapValue: { readonly fields: Fields } }

const valueType = typeOf('Value')

/** Makes a value of one member. Only such an object knows its `valueType`. */
export const valueOf = (member: object): Value => valueType.create(member) as unknown as Value

/** The time of Firestore's clock as this server counts it: whole microseconds since the epoch. */
export type Micros = number

export const microsOf = ({ seconds, nanos }: Timestamp): Micros => numberOf(seconds) * 1_000_000 + Math.floor(nanos / 1000)

export const timestampOf = (micros: Micros): Timestamp => ({
  seconds: Math.floor(micros / 1_000_000),
  nanos: (micros % 1_000_000) * 1000,
})

export interface FieldTransform {
  readonly transformType:
    | 'setToServerValue'
    | 'increment'
    | 'maximum'
    | 'minimum'
    | 'appendMissingElements'
    | 'removeAllFromArray'
  readonly fieldPath: string
  readonly increment: Value
  readonly maximum: Value
  readonly minimum: Value
  readonly appendMissingElements: { readonly values: readonly Value[] }
  readonly removeAllFromArray: { readonly values: readonly Value[] }
}

export interface Write {
  readonly operation: 'update' | 'delete' | 'transform'
  readonly update: { readonly name: string; readonly fields: Fields }
  readonly delete: string
  readonly updateMask: { readonly fieldPaths: readonly string[] } | null
  readonly updateTransforms: readonly FieldTransform[]
  readonly currentDocument: {
    readonly conditionType: 'exists' | 'updateTime'
    readonly exists: boolean
    readonly updateTime: Timestamp
  } | null
}

interface FieldReference {
  readonly fieldPath: string
}

export interface Filter {
  readonly filterType: 'compositeFilter' | 'fieldFilter' | 'unaryFilter'
  readonly compositeFilter: { readonly op: number; readonly filters: readonly Filter[] }
  readonly fieldFilter: { readonly field: FieldReference; readonly op: number; readonly value: Value }
  readonly unaryFilter: { readonly field: FieldReference; readonly op: number }
}

export interface Cursor {
  readonly values: readonly Value[]
  readonly before: boolean
}

export interface StructuredQuery {
  readonly select: { readonly fields: readonly FieldReference[] } | null
  readonly from: readonly { readonly collectionId: string; readonly allDescendants: boolean }[]
  readonly where: Filter | null
  readonly orderBy: readonly { readonly field: FieldReference; readonly direction: number }[]
  readonly startAt: Cursor | null
  readonly endAt: Cursor | null
  readonly offset: number
  readonly limit: { readonly value: number } | null
  readonly findNearest: object | null
}

/** What no request of the product has. */
interface Reading {
  readonly transaction: Uint8Array
  readonly newTransaction: object | null
  readonly readTime: object | null
}

export interface CommitRequest {
  readonly writes: readonly Write[]
  readonly transaction: Uint8Array
}

export interface BatchGetRequest extends Reading {
  readonly documents: readonly string[]
  readonly mask: object | null
}

export interface QueryTarget {
  readonly parent: string
  readonly structuredQuery: StructuredQuery
}

export type RunQueryRequest = QueryTarget & Reading

interface Aggregation {
  readonly operator: 'count' | 'sum' | 'avg'
  readonly alias: string
  readonly count: { readonly upTo: { readonly value: Whole } | null }
  readonly sum: { readonly field: FieldReference }
}

export interface AggregationRequest extends Reading {
  readonly parent: string
  readonly structuredAggregationQuery: {
    readonly structuredQuery: StructuredQuery
    readonly aggregations: readonly Aggregation[]
  }
}

export interface ListenRequest {
  readonly addTarget: {
    readonly targetType: 'query' | 'documents'
    readonly query: QueryTarget
    readonly documents: { readonly documents: readonly string[] }
    readonly targetId: number
    readonly resumeToken: Uint8Array
  } | null
  readonly removeTarget: number
}

export const decode = {
  commit: decoderOf<CommitRequest>('CommitRequest'),
  batchGet: decoderOf<BatchGetRequest>('BatchGetDocumentsRequest'),
  runQuery: decoderOf<RunQueryRequest>('RunQueryRequest'),
  aggregation: decoderOf<AggregationRequest>('RunAggregationQueryRequest'),
  listen: decoderOf<ListenRequest>('ListenRequest'),
}

export const encode = {
  document: encoderOf('Document'),
  commit: encoderOf('CommitResponse'),
  batchGet: encoderOf('BatchGetDocumentsResponse'),
  runQuery: encoderOf('RunQueryResponse'),
  aggregation: encoderOf('RunAggregationQueryResponse'),
  listen: encoderOf('ListenResponse'),
  documentChange: encoderOf('DocumentChange'),
}

/** Encodes a message whose field of this number is an encoded message already, before the rest of it. */
export function beside(field: number, message: Uint8Array, rest: Buffer): Buffer {
  const length = protobuf.Writer.create()
    .uint32((field << 3) | 2)
    .bytes(message)
    .finish()
  return Buffer.concat([length, rest])
}
