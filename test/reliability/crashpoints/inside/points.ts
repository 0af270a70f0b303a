import { openSync, writeSync } from 'node:fs'
import type { Fault } from '../faults.ts'
import { TRACE_VARIABLE, type Order, type TraceLine } from '../orders.ts'

const trace = openSync(process.env[TRACE_VARIABLE] ?? '/dev/null', 'a')

type Told = { began: true } | { passed: readonly string[] } | { fired: Order }

/** Written when it returns, whatever becomes of the process. */
function tell(line: Told): void {
  const whole: TraceLine = { pid: process.pid, ...line }
  writeSync(trace, `${JSON.stringify(whole)}\n`)
}

let order: Order | null = null
let counts = new Map<string, number>()

/** Counts from here on. With an order, something happens at that point, once. */
export function arm(next: Order | null): void {
  order = next
  counts = new Map()
  tell({ began: true })
}

/** To be called at each step, which may have several names. Returns what is to happen here. */
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

/** To be called when it happens, and not before. */
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
