import { describe, expect, test } from 'vitest'
import type { PacingState } from '@holdfast/core/journal/state-values'
import { DEFAULT_TENANT_SETTINGS } from '@holdfast/core/operations/tenant-settings'
import { afterSend, countedDay, dailyLimitOf, holdOf, type Pace, type PacingSettings, type Recipient } from './pacing.ts'

const SETTINGS: PacingSettings = { ...DEFAULT_TENANT_SETTINGS.pacing, ramp: [], timeZone: 'UTC' }
const NOW = Date.parse('2026-12-01T12:00:00Z')
const HOUR_MS = 60 * 60 * 1000
const DAY_MS = 24 * HOUR_MS

const NOBODY: Recipient = { lastAtMs: null, isCold: false }
const STRANGER: Recipient = { lastAtMs: null, isCold: true }

const state = (rest: Partial<PacingState> = {}): PacingState => ({
  day: '2026-12-01',
  sentToday: 1,
  firstAtMs: NOW - 365 * DAY_MS,
  nextAtMs: 0,
  ...rest,
})

const pace = (counters: PacingState | null, settings: Partial<PacingSettings> = {}, announced?: Pace['announced']): Pace => ({
  state: counters,
  announced: announced ?? { reachOutLock: null, messageCap: null },
  settings: { ...SETTINGS, ...settings },
})

const at = (text: string): number => Date.parse(text)

describe('the pause between two messages', () => {
  test('is drawn between the shortest and the longest', () => {
    const pauses = [0, 0.5, 0.999_999_9].map((fraction) => afterSend(null, SETTINGS, { nowMs: NOW, fraction }).nextAtMs - NOW)
    expect(pauses).toEqual([25_000, 32_500, 40_000])
  })

  test('holds every message until it is over', () => {
    const counters = state({ nextAtMs: NOW + 30_000 })
    expect(holdOf(pace(counters), NOBODY, NOW)).toEqual({ reason: 'pacing-delay', untilMs: NOW + 30_000 })
    expect(holdOf(pace(counters), NOBODY, NOW + 29_999)).not.toBeNull()
    expect(holdOf(pace(counters), NOBODY, NOW + 30_000)).toBeNull()
  })

  test('stays when the clock is set back a little, and ends when it was far ahead', () => {
    const counters = state({ nextAtMs: NOW + 45_000 })
    expect(holdOf(pace(counters), NOBODY, NOW)?.reason).toBe('pacing-delay')
    expect(holdOf(pace(state({ nextAtMs: NOW + HOUR_MS })), NOBODY, NOW)).toBeNull()
  })

  test('does not hold when pacing is off', () => {
    const off = { enabled: false }
    expect(holdOf(pace(state({ nextAtMs: NOW + 30_000, sentToday: 9999 }), off), { ...NOBODY, lastAtMs: NOW }, NOW)).toBeNull()
  })
})

describe('the gap of a recipient', () => {
  test('holds messages to that recipient only', () => {
    const counters = pace(state())
    const recent = { lastAtMs: NOW - 10_000, isCold: false }
    expect(holdOf(counters, recent, NOW)).toEqual({ reason: 'recipient-gap', untilMs: NOW + 50_000 })
    expect(holdOf(counters, recent, NOW + 50_000)).toBeNull()
    expect(holdOf(counters, NOBODY, NOW)).toBeNull()
  })

  test('counts when it ends after the pause', () => {
    const counters = pace(state({ nextAtMs: NOW + 30_000 }))
    expect(holdOf(counters, { lastAtMs: NOW, isCold: false }, NOW)?.reason).toBe('recipient-gap')
    expect(holdOf(counters, { lastAtMs: NOW - 40_000, isCold: false }, NOW)?.reason).toBe('pacing-delay')
  })
})

describe('the limit of a day', () => {
  test('holds what exceeds it until the next day', () => {
    expect(holdOf(pace(state({ sentToday: 299 })), NOBODY, NOW)).toBeNull()
    expect(holdOf(pace(state({ sentToday: 300 })), NOBODY, NOW)).toEqual({
      reason: 'daily-limit',
      untilMs: at('2026-12-02T00:00:00Z'),
    })
  })

  test('begins anew at midnight in the time zone of the tenant', () => {
    const full = pace(state({ sentToday: 300 }), { timeZone: 'America/Sao_Paulo' })
    expect(holdOf(full, NOBODY, at('2026-12-02T02:59:59.999Z'))?.untilMs).toBe(at('2026-12-02T03:00:00Z'))
    expect(holdOf(full, NOBODY, at('2026-12-02T03:00:00Z'))).toBeNull()
    expect(afterSend(full.state, full.settings, { nowMs: at('2026-12-02T03:00:00Z'), fraction: 0 })).toMatchObject({
      day: '2026-12-02',
      sentToday: 1,
    })
  })

  test.each([
    ['begins', '2026-03-29', '2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z'],
    ['ends', '2026-10-25', '2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z'],
  ])('holds once over the day on which summer time %s', (_, day, first, end) => {
    const full = pace(state({ day, sentToday: 300 }), { timeZone: 'Europe/Berlin' })
    for (const now of [at(first), at(end) - 1]) expect(holdOf(full, NOBODY, now)?.untilMs).toBe(at(end))
    expect(holdOf(full, NOBODY, at(end))).toBeNull()
  })

  test('is not renewed by a clock that is set back over midnight', () => {
    const tomorrow = state({ day: '2026-12-02', sentToday: 300 })
    const before = at('2026-12-01T23:30:00Z')
    expect(countedDay(tomorrow, SETTINGS, before)).toEqual({ day: '2026-12-02', sentToday: 300 })
    expect(holdOf(pace(tomorrow), NOBODY, before)?.untilMs).toBe(at('2026-12-03T00:00:00Z'))
  })

  test('takes the count of a clock that was far ahead for that of today', () => {
    const ahead = state({ day: '2027-06-01', sentToday: 300 })
    expect(countedDay(ahead, SETTINGS, NOW)).toEqual({ day: '2026-12-01', sentToday: 300 })
    expect(holdOf(pace(ahead), NOBODY, NOW)?.untilMs).toBe(at('2026-12-02T00:00:00Z'))
  })
})

describe('the ramp of a young session', () => {
  const RAMP = { ramp: [2, 4] }
  const settings = { ...SETTINGS, ...RAMP }

  test('limits its first day, its second, and then no more', () => {
    const young = state({ firstAtMs: at('2026-12-01T23:00:00Z') })
    const limits = ['2026-12-01', '2026-12-02', '2026-12-03'].map((day) => dailyLimitOf(young, settings, day))
    expect(limits).toEqual([2, 4, 300])
    expect(dailyLimitOf(null, settings, '2026-12-01')).toBe(2)
  })

  test('counts days of the time zone from the first message on', () => {
    const zone = { ...settings, timeZone: 'America/Sao_Paulo' }
    const young = state({ firstAtMs: at('2026-12-02T02:00:00Z') })
    expect(dailyLimitOf(young, zone, '2026-12-02')).toBe(4)
  })

  test('holds with a reason of its own', () => {
    const young = state({ firstAtMs: NOW, sentToday: 2 })
    expect(holdOf(pace(young, RAMP), NOBODY, NOW)).toEqual({ reason: 'ramp-limit', untilMs: at('2026-12-02T00:00:00Z') })
  })

  test('never raises the limit of the day', () => {
    expect(dailyLimitOf(state({ firstAtMs: NOW }), { ...settings, ramp: [1000] }, '2026-12-01')).toBe(300)
  })

  test('begins with the first message, also by a clock that was ahead', () => {
    expect(afterSend(null, SETTINGS, { nowMs: NOW, fraction: 0 }).firstAtMs).toBe(NOW)
    expect(afterSend(state({ firstAtMs: NOW - 1 }), SETTINGS, { nowMs: NOW, fraction: 0 }).firstAtMs).toBe(NOW - 1)
    expect(afterSend(state({ firstAtMs: NOW + DAY_MS }), SETTINGS, { nowMs: NOW, fraction: 0 }).firstAtMs).toBe(NOW)
  })
})

describe('a limit that WhatsApp announced', () => {
  const lock = { reachOutLock: { type: 'DEFAULT', untilMs: NOW + HOUR_MS, atMs: NOW }, messageCap: null }
  const cap = (status: string, untilMs: number | null) => ({
    reachOutLock: null,
    messageCap: { status, used: 5, total: 5, untilMs, atMs: NOW },
  })

  test('holds messages that begin a chat, and no others', () => {
    expect(holdOf(pace(state(), {}, lock), STRANGER, NOW)).toEqual({ reason: 'reach-out-lock', untilMs: NOW + HOUR_MS })
    expect(holdOf(pace(state(), {}, lock), NOBODY, NOW)).toBeNull()
    expect(holdOf(pace(state(), {}, lock), STRANGER, NOW + HOUR_MS)).toBeNull()
    expect(holdOf(pace(state(), {}, cap('CAPPED', NOW + DAY_MS)), STRANGER, NOW)).toEqual({
      reason: 'message-cap',
      untilMs: NOW + DAY_MS,
    })
    expect(holdOf(pace(state(), {}, cap('CAPPED', NOW + DAY_MS)), NOBODY, NOW)).toBeNull()
  })

  test('holds where pacing is off', () => {
    expect(holdOf(pace(state(), { enabled: false }, lock), STRANGER, NOW)?.reason).toBe('reach-out-lock')
  })

  test('holds nothing once it is lifted, or while it only warns', () => {
    const lifted = { reachOutLock: { type: 'DEFAULT', untilMs: null, atMs: NOW }, messageCap: null }
    expect(holdOf(pace(state(), {}, lifted), STRANGER, NOW)).toBeNull()
    expect(holdOf(pace(state(), {}, cap('SECOND_WARNING', NOW + DAY_MS)), STRANGER, NOW)).toBeNull()
  })

  test('is believed for a day when WhatsApp did not say until when', () => {
    expect(holdOf(pace(state(), {}, cap('CAPPED', null)), STRANGER, NOW)?.untilMs).toBe(NOW + DAY_MS)
  })
})
