import type { OperationCounter } from '@holdfast/core/adapters/google/operation-counter'
import priceList from '../../infra/cost/prices.json' with { type: 'json' }
import { round } from './statistics.ts'

const { usd: prices } = priceList

/** In US dollars for each operation. */
const PRICES = {
  documentReads: prices.documentRead,
  documentWrites: prices.documentWrite,
  documentDeletes: prices.documentDelete,
  objectCreates: prices.objectCreate,
  objectLists: prices.objectCreate,
  objectReads: prices.objectRead,
  // Traffic between the services of one region is free.
  objectBytesWritten: 0,
  objectBytesRead: 0,
  // Creation and one delivery.
  taskCreates: 2 * prices.taskOperation,
} as const satisfies Record<keyof OperationCounter, number>

const KINDS = Object.keys(PRICES) as (keyof OperationCounter)[]

export type Operations = Readonly<OperationCounter>

const made = (of: (kind: keyof OperationCounter) => number): Operations =>
  Object.fromEntries(KINDS.map((kind) => [kind, of(kind)])) as unknown as Operations

export const difference = (later: Operations, earlier: Operations): Operations => made((kind) => later[kind] - earlier[kind])

export const sum = (one: Operations, other: Operations): Operations => made((kind) => one[kind] + other[kind])

export const per = (operations: Operations, count: number): Operations => made((kind) => operations[kind] / count)

export const rounded = (operations: Operations): Operations =>
  made((kind) => (kind.startsWith('objectBytes') ? Math.round(operations[kind]) : round(operations[kind], 3)))

export const usd = (operations: Operations): number => KINDS.reduce((total, kind) => total + operations[kind] * PRICES[kind], 0)
