import { describe, expect, test } from 'vitest'
import { capOf, lockOf } from './announced-limits.ts'

const NOW = Date.parse('2026-12-01T12:00:00Z')

describe('a lock against new chats', () => {
  test('holds until the time that WhatsApp names', () => {
    const until = new Date(NOW + 5000)
    const lock = { isActive: true, timeEnforcementEnds: until, enforcementType: 'BIZ_QUALITY' as never }
    expect(lockOf(lock, NOW)).toEqual({ kind: 'reach-out-lock', type: 'BIZ_QUALITY', untilMs: NOW + 5000 })
  })

  test.each([undefined, new Date(Number.NaN)])('holds for a minute when WhatsApp names no time: %s', (timeEnforcementEnds) => {
    const lock = timeEnforcementEnds ? { isActive: true, timeEnforcementEnds } : { isActive: true }
    expect(lockOf(lock, NOW)).toEqual({ kind: 'reach-out-lock', type: 'DEFAULT', untilMs: NOW + 60_000 })
  })

  test('is over when it is not active', () => {
    expect(lockOf({ isActive: false, timeEnforcementEnds: new Date(NOW + 5000) }, NOW)).toMatchObject({ untilMs: null })
  })
})

describe('a quota of new chats', () => {
  test('is read with its end in seconds', () => {
    const info = { capping_status: 'CAPPED', used_quota: 5, total_quota: '5', cycle_end_timestamp: '1779604800' }
    expect(capOf(info)).toEqual({ kind: 'message-cap', status: 'CAPPED', used: 5, total: 5, untilMs: 1_779_604_800_000 })
  })

  test('is read as far as it is told', () => {
    const untold = { kind: 'message-cap', status: 'NONE', used: null, total: null, untilMs: null }
    expect(capOf({})).toEqual(untold)
    expect(capOf({ capping_status: 7, used_quota: 'many', cycle_end_timestamp: 'soon' })).toEqual(untold)
  })

  test.each([null, 'CAPPED', undefined])('is nothing when WhatsApp sends %s', (info) => {
    expect(capOf(info)).toBeNull()
  })
})
