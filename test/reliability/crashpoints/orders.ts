import type { Fault } from './faults.ts'

/** The nth passage of a point by the process after it got the order. */
export interface Point {
  label: string
  nth: number
}

export interface Order extends Point {
  fault: Fault
}

/** One line of a runner's trace. The runner writes it before its next step, because that step may end the process. */
export type TraceLine =
  /** `began` starts the count of passages anew. */
  { pid: number; began: true } | { pid: number; passed: readonly string[] } | { pid: number; fired: Order }

/** The requests to the preload of a runner, over the channel to its parent. An order or `null` follows the word. */
export const GO = 'go '
export const ARM = 'arm '

/** The environment variable with the path of the trace. */
export const TRACE_VARIABLE = 'CRASHPOINTS_TRACE'
