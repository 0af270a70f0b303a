import type { Document } from './document.ts'
import { pathOf } from './field-paths.ts'
import {
  type AggregationRequest,
  type BatchGetRequest,
  beside,
  type CommitRequest,
  encode,
  numberOf,
  type RunQueryRequest,
  timestampOf,
  type Value,
  valueOf,
} from './messages.ts'
import { type Plan, planOf } from './plan.ts'
import { notHere } from './refusal.ts'
import type { Store } from './store.ts'
import { numberIn } from './values.ts'

export function commit(store: Store, { writes, transaction }: CommitRequest): Buffer {
  if (transaction.length > 0) throw notHere('transactions')
  const { at, results } = store.commit(writes)
  return encode.commit({
    writeResults: results.map(({ updatedAt, transformed }) => ({
      updateTime: timestampOf(updatedAt ?? at),
      transformResults: transformed,
    })),
    commitTime: timestampOf(at),
  })
}

function checkReading({
  transaction,
  newTransaction,
  readTime,
}: Pick<RunQueryRequest, 'transaction' | 'newTransaction' | 'readTime'>) {
  if (transaction.length > 0 || newTransaction) throw notHere('transactions')
  if (readTime) throw notHere('reads of the past')
}

export function batchGet(store: Store, request: BatchGetRequest): Buffer[] {
  checkReading(request)
  if (request.mask) throw notHere('masks of reads')
  const readTime = timestampOf(store.now())
  return request.documents.map((name) => {
    const document = store.read(name)
    return document ? beside(1, document.bytes, encode.batchGet({ readTime })) : encode.batchGet({ missing: name, readTime })
  })
}

export function runQuery(store: Store, request: RunQueryRequest): Buffer[] {
  checkReading(request)
  const plan = planOf(request.parent, request.structuredQuery)
  const found = store.find(plan)
  const rest = encode.runQuery({ readTime: timestampOf(store.now()) })
  return found.length === 0 ? [rest] : found.map((document) => beside(1, bytesFor(plan, document), rest))
}

export const bytesFor = ({ select }: Plan, document: Document): Buffer => (select ? document.withFields(select) : document.bytes)

export function aggregate(store: Store, request: AggregationRequest): Buffer[] {
  checkReading(request)
  const { structuredQuery, aggregations } = request.structuredAggregationQuery
  const plan = planOf(request.parent, structuredQuery)
  const fields = aggregations.map(({ operator, alias, count, sum }): [string, Value] => {
    if (operator === 'count') {
      const most = count.upTo ? numberOf(count.upTo.value) : Number.POSITIVE_INFINITY
      return [alias, valueOf({ integerValue: Math.min(store.count(plan), most) })]
    }
    if (operator !== 'sum') throw notHere('average')
    const numbers = store.find(plan).map((document) => numberIn(document.at(pathOf(sum.field.fieldPath))) ?? 0)
    const total = numbers.reduce((all, number) => all + number, 0)
    return [alias, valueOf(Number.isInteger(total) ? { integerValue: total } : { doubleValue: total })]
  })
  return [encode.aggregation({ result: { aggregateFields: Object.fromEntries(fields) }, readTime: timestampOf(store.now()) })]
}
