import type { Random } from './ports.ts'

export interface BackoffSchedule {
  readonly firstMs: number
  readonly limitMs: number
}

/** Between half and the whole of the doubled delay: spread enough against stampedes, never zero. `failures` counts from 1. */
export function backoffMs(schedule: BackoffSchedule, failures: number, random: Random): number {
  const doubled = schedule.firstMs * 2 ** Math.min(failures - 1, 30)
  const capped = Math.min(doubled, schedule.limitMs)
  return Math.round(capped * (0.5 + random.fraction() / 2))
}

/** How much longer than asked for `spreadMs` may take. */
export const SPREAD = 0.2

/** Up to a fifth longer, never shorter: what failed at one moment does not come back at one moment. */
export const spreadMs = (delayMs: number, random: Random): number => Math.round(delayMs * (1 + SPREAD * random.fraction()))
