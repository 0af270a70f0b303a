import { difference, per, type Operations } from './costs.ts'
import { type Clients, freshHeartbeat } from './product.ts'

/** The operations of the runner in a span of time. */
export interface Window {
  readonly operations: Operations
  readonly hours: number
}

/** Measures the runner's operations on Google's services during some work, by its heartbeats before and after. */
export async function during(clients: Clients, work: () => Promise<void>): Promise<Window> {
  const before = await freshHeartbeat(clients)
  await work()
  const after = await freshHeartbeat(clients)
  if (!before.operations || !after.operations) throw new Error('The heartbeats of the runner have no counts of operations.')
  const hours = (after.heartbeatAt.getTime() - before.heartbeatAt.getTime()) / 3_600_000
  return { operations: difference(after.operations, before.operations), hours }
}

/** Returns the operations of a window without those that a runner makes in that time anyway. */
export const beyond = (idle: Window, { operations, hours }: Window): Operations =>
  difference(operations, per(idle.operations, idle.hours / hours))
