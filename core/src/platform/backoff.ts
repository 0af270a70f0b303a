import type { Random } from './ports.ts'

export interface BackoffSchedule {
  readonly firstMs: number
  readonly limitMs: number
}

/** The first delay, doubled with each further failure, up to the limit. `failures` counts from 1. */
export const doubledMs = ({ firstMs, limitMs }: BackoffSchedule, failures: number): number =>
  Math.min(firstMs * 2 ** Math.min(failures - 1, 30), limitMs)

/** A random delay between half and the whole of the doubled one: it spreads a stampede and is never zero. `failures` counts from 1. */
export const backoffMs = (schedule: BackoffSchedule, failures: number, random: Random): number =>
  Math.round(doubledMs(schedule, failures) * (0.5 + random.fraction() / 2))

/** The largest share by which `spreadMs` lengthens a delay. */
export const SPREAD = 0.2

/** Lengthens a delay by up to a fifth, never shortens it, so that clients that failed together do not return together. */
export const spreadMs = (delayMs: number, random: Random): number => Math.round(delayMs * (1 + SPREAD * random.fraction()))
