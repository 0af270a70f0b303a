import { openSync, writeSync } from 'node:fs'
import type { Fault } from '../faults.ts'
import { TRACE_VARIABLE, type Order, type TraceLine } from '../orders.ts'

const trace = openSync(process.env[TRACE_VARIABLE] ?? '/dev/null', 'a')

type TraceEvent = { began: true } | { passed: readonly string[] } | { fired: Order }

/** Writes a line synchronously, so that the line exists when the call returns, even if the process ends then. */
function tell(event: TraceEvent): void {
  const whole: TraceLine = { pid: process.pid, ...event }
  writeSync(trace, `${JSON.stringify(whole)}\n`)
}

let order: Order | null = null
let counts = new Map<string, number>()

/** Starts the count of passages anew. With an order, its fault fires once, at the point of the order. */
export function arm(next: Order | null): void {
  order = next
  counts = new Map()
  tell({ began: true })
}

/** Records that the process passes a point, which may have several names. Returns the fault to inject here, or null. */
export function pass(labels: readonly string[]): Fault | null {
  tell({ passed: labels })
  let fault: Fault | null = null
  for (const label of labels) {
    const nth = (counts.get(label) ?? 0) + 1
    counts.set(label, nth)
    if (order?.label === label && order.nth === nth) fault = order.fault
  }
  return fault
}

/** Records that the fault has happened. The caller calls it at the fault and not before. */
export function fired(): void {
  if (order) tell({ fired: order })
  order = null
}

export function die(): never {
  fired()
  process.kill(process.pid, 'SIGKILL')
  // The signal takes effect before the system call returns.
  throw new Error('This process is dead.')
}
