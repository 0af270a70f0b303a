import type { Random } from './ports.ts'

export interface BackoffSchedule {
  readonly firstMs: number
  readonly limitMs: number
}

/** A dropped network: 1 s doubling to 60 s (requirement B3). */
export const NETWORK_BACKOFF: BackoffSchedule = { firstMs: 1000, limitMs: 60_000 }

/** Between half and the whole of the doubled delay: spread enough against stampedes, never zero. `failures` counts from 1. */
export function backoffMs(schedule: BackoffSchedule, failures: number, random: Random): number {
  const doubled = schedule.firstMs * 2 ** Math.min(failures - 1, 30)
  const capped = Math.min(doubled, schedule.limitMs)
  return Math.round(capped * (0.5 + random.fraction() / 2))
}
