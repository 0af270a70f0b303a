import type { TenantSettings } from '@holdfast/core/operations/tenant-settings'
import { dayOf, timeOf } from '@holdfast/core/platform/days'
import { countedTotal, type RecordCounts } from '@holdfast/core/session/record-counts'
import { dayOfReaching } from '@holdfast/core/session/record-forecast'
import { cleanUpFrom, levelOf } from '@holdfast/core/session/record-levels'

/** A clean-up that nobody asked for. */
export interface DueCleanUp {
  /** Ends the id of its action. Two sweeps, and two runs of one slot, make the same id. */
  readonly slot: string
  readonly why: string
}

const MINUTE_MS = 60_000
const SLOT_MS = 30 * MINUTE_MS
const COOLDOWN_MS = 6 * 60 * MINUTE_MS
const DAY_MS = 24 * 60 * MINUTE_MS
const HOUR_MS = 60 * MINUTE_MS

/**
 * Decides whether a session is to be cleaned up now. There are three layers:
 *
 * | level              | when                                                                      |
 * | ------------------ | ------------------------------------------------------------------------- |
 * | `at-once`          | at once, and each 30 minutes while there is something to remove           |
 * | `triggered`        | at most once in 30 minutes, and not within 6 hours of the last clean-up   |
 * | any                | the same, when it will be `triggered` within a day                        |
 * | any                | each day from 03:00 to 04:00 in the tenant's time zone; from 04:00 on a   |
 * |                    | day whose clocks leave that hour out                                      |
 *
 * A session without anything to remove is left alone: a clean-up would change nothing.
 */
export function dueCleanUp(
  records: RecordCounts,
  settings: Pick<TenantSettings, 'cleanup' | 'timeZone'>,
  nowMs: number,
): DueCleanUp | null {
  const { cleanup, timeZone } = settings
  if (!cleanup.isAutomatic || (records.removable ?? 0) === 0) return null
  const total = countedTotal(records)
  const { name, cleanUp } = levelOf(total, cleanup.levels)
  const slot = Math.floor(nowMs / SLOT_MS)
  const isRested = nowMs - (records.lastCleanUp?.atMs ?? 0) >= COOLDOWN_MS
  if (cleanUp === 'at-once') return { slot: `e${slot}`, why: `The session has ${total} records; its level is ${name}.` }
  if (cleanUp === 'triggered' && isRested)
    return { slot: `t${slot}`, why: `The session has ${total} records; its level is ${name}.` }
  if (isRested && isNear(records, total, cleanUpFrom(cleanup.levels), nowMs)) {
    return { slot: `p${slot}`, why: `The session has ${total} records and will need a clean-up within a day.` }
  }
  if (isDailyHour(nowMs, timeZone)) return { slot: `d${dayOf(nowMs, timeZone).replaceAll('-', '')}`, why: 'The daily clean-up.' }
  return null
}

/** Clocks go from 3 to 4 in some zones on the day on which summer time begins. The hour after 2 is the one then. */
function isDailyHour(nowMs: number, timeZone: string): boolean {
  const hour = (ms: number): string => timeOf(ms, timeZone).slice(0, 2)
  return hour(nowMs) === '03' || (hour(nowMs) === '04' && hour(nowMs - HOUR_MS) === '02')
}

function isNear({ growthPerDay }: RecordCounts, total: number, limit: number, nowMs: number): boolean {
  const today = Math.floor(nowMs / DAY_MS)
  const day = dayOfReaching(limit, total, today, growthPerDay ?? null)
  return day !== null && day <= today + 1
}
