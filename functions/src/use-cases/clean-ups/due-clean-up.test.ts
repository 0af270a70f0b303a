import { DEFAULT_TENANT_SETTINGS } from '@holdfast/core/operations/tenant-settings'
import { describe, expect, it } from 'vitest'
import { dueCleanUp } from './due-clean-up.ts'

const HOUR_MS = 3_600_000
const NOON = Date.parse('2026-11-29T12:00:00Z')
const NIGHT = Date.parse('2026-11-29T03:20:00Z')

interface Given {
  readonly removable?: number
  readonly cleanedMs?: number
  readonly growthPerDay?: number
  readonly nowMs?: number
  readonly cleanup?: object
  readonly timeZone?: string
}

function due(
  session: number,
  { removable = 20, cleanedMs, growthPerDay, nowMs = NOON, cleanup = {}, timeZone = 'UTC' }: Given = {},
) {
  const lastCleanUp = cleanedMs === undefined ? {} : { lastCleanUp: { atMs: cleanedMs, moved: 1, left: 1 } }
  const growth = growthPerDay === undefined ? {} : { growthPerDay }
  const records = { counted: { session }, protected: 0, removable, ...lastCleanUp, ...growth }
  const settings = { timeZone, cleanup: { ...DEFAULT_TENANT_SETTINGS.cleanup, ...cleanup } }
  return dueCleanUp(records, settings, nowMs)?.slot ?? null
}

const SLOT = Math.floor(NOON / (HOUR_MS / 2))

describe('a clean-up that nobody asked for', () => {
  it('is due above its level, once in 30 minutes, and not within 6 hours of the last one', () => {
    expect([due(174), due(175)]).toEqual([null, `t${SLOT}`])
    expect(due(175, { nowMs: NOON + 29 * 60_000 })).toBe(`t${SLOT}`)
    expect([due(175, { cleanedMs: NOON - 5 * HOUR_MS }), due(175, { cleanedMs: NOON - 6 * HOUR_MS })]).toEqual([null, `t${SLOT}`])
  })

  it('is due at once in an emergency, whenever the last one was', () => {
    expect([due(180, { cleanedMs: NOON - 60_000 }), due(9000)]).toEqual([`e${SLOT}`, `e${SLOT}`])
  })

  it('is due each day from 3 to 4 in the time zone of the tenant, with one id', () => {
    expect([due(20, { nowMs: NIGHT }), due(20, { nowMs: NIGHT + HOUR_MS })]).toEqual(['d20261129', null])
    expect([
      due(20, { nowMs: NIGHT, timeZone: 'Asia/Tokyo' }),
      due(20, { nowMs: NIGHT - 9 * HOUR_MS, timeZone: 'Asia/Tokyo' }),
    ]).toEqual([null, 'd20261129'])
  })

  it('is due once on a day whose clocks leave the hour from 3 to 4 out, or have it twice', () => {
    const inAthens = (time: string) => due(20, { nowMs: Date.parse(time), timeZone: 'Europe/Athens' })
    // From 03:00 to 04:00 at 01:00Z, and back from 04:00 to 03:00 at 01:00Z.
    expect([inAthens('2027-03-28T00:59:00Z'), inAthens('2027-03-28T01:00:00Z'), inAthens('2027-03-28T02:00:00Z')]).toEqual([
      null,
      'd20270328',
      null,
    ])
    expect([inAthens('2026-10-25T00:30:00Z'), inAthens('2026-10-25T01:30:00Z'), inAthens('2026-10-25T02:00:00Z')]).toEqual([
      'd20261025',
      'd20261025',
      null,
    ])
  })

  it('is due before the level is reached, when the growth will reach it within a day', () => {
    expect([due(170, { growthPerDay: 4 }), due(170, { growthPerDay: 5 })]).toEqual([null, `p${SLOT}`])
    expect(due(170, { growthPerDay: 5, cleanedMs: NOON - HOUR_MS })).toBeNull()
  })

  it('is never due without anything to remove, or where the tenant wants none', () => {
    expect([due(9000, { removable: 0 }), due(20, { nowMs: NIGHT, removable: 0 })]).toEqual([null, null])
    expect([due(9000, { cleanup: { isAutomatic: false } }), due(20, { nowMs: NIGHT, cleanup: { isAutomatic: false } })]).toEqual([
      null,
      null,
    ])
  })

  it('follows the levels of the tenant', () => {
    expect(due(150, { cleanup: { levels: { scale: 'older', from: {} } } })).toBe(`t${SLOT}`)
  })
})
