import type { OperationCounter } from '@holdfast/core/adapters/google/operation-counter'
import { round } from './statistics.ts'

/** List prices in us-central1, in US dollars for each operation (Firestore Standard, Cloud Storage Standard, Cloud Tasks), November 2026. */
const PRICES = {
  documentReads: 0.03 / 100_000,
  documentWrites: 0.09 / 100_000,
  documentDeletes: 0.01 / 100_000,
  objectCreates: 5 / 1_000_000,
  objectLists: 5 / 1_000_000,
  objectReads: 0.4 / 1_000_000,
  // Traffic between the services of one region is free.
  objectBytesWritten: 0,
  objectBytesRead: 0,
  // Creation and one delivery.
  taskCreates: (2 * 0.4) / 1_000_000,
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
