import type { Fault } from './faults.ts'

/** The nth time, from when the order is given, that the process passes a point. */
export interface Point {
  label: string
  nth: number
}

export interface Order extends Point {
  fault: Fault
}

/** One line of what a runner writes down, before it does anything else: its process may be over after it. */
export type TraceLine =
  /** It counts from here on. */
  { pid: number; began: true } | { pid: number; passed: readonly string[] } | { pid: number; fired: Order }

/** Questions to the preload of a runner, over the channel to its parent; behind the word comes an order, or `null`. */
export const GO = 'go '
export const ARM = 'arm '

/** Where a runner writes its lines. */
export const TRACE_VARIABLE = 'CRASHPOINTS_TRACE'
