import { describe, expect, test } from 'vitest'
import type { PacingState } from '@holdfast/core/journal/state-values'
import { DEFAULT_TENANT_SETTINGS } from '@holdfast/core/operations/tenant-settings'
import { pacingFiguresSchema, type PacingFigures } from '@holdfast/core/session/pacing-figures'
import { figuresOf, mergeLarger, mergeLatest, type DocumentedPacing } from './documented-pacing.ts'

const NOW = Date.parse('2026-12-01T12:00:00Z')
const SETTINGS = { ...DEFAULT_TENANT_SETTINGS.pacing, ramp: [], timeZone: 'UTC' }
const NOTHING = { reachOutLock: null, messageCap: null }
const IMAGE: PacingState = { day: '2026-12-01', sentToday: 10, firstAtMs: NOW - 1000, nextAtMs: NOW + 10 }

const figures = (state: PacingState): PacingFigures => figuresOf({ state, announced: NOTHING, settings: SETTINGS }, NOW)

const document = (pacing: PacingFigures | null, sent = 0): DocumentedPacing => ({
  createdAt: new Date(NOW - 5000),
  counters: { sent },
  pacing,
})

describe('the counters of a session whose journal and document differ', () => {
  test('are the larger ones of the same day', () => {
    const documented = figures({ day: '2026-12-01', sentToday: 12, firstAtMs: NOW - 2000, nextAtMs: NOW + 5 })
    expect(mergeLarger(IMAGE, document(documented))).toEqual({
      day: '2026-12-01',
      sentToday: 12,
      firstAtMs: NOW - 2000,
      nextAtMs: NOW + 10,
    })
    expect(mergeLarger({ ...IMAGE, sentToday: 13 }, document(documented))).toMatchObject({ sentToday: 13 })
  })

  test('are those of the later day', () => {
    const yesterday = { ...IMAGE, day: '2026-11-30', sentToday: 300 }
    expect(mergeLarger(yesterday, document(figures(IMAGE)))).toMatchObject({ day: '2026-12-01', sentToday: 10 })
  })

  test('are those of the one that has any', () => {
    expect(mergeLarger(null, document(figures(IMAGE)))).toEqual(IMAGE)
    expect(mergeLarger(IMAGE, document(null))).toEqual(IMAGE)
    expect(mergeLarger(null, document(null))).toBeNull()
  })

  test('are those of an old session when it sent before they were counted', () => {
    expect(mergeLarger(null, document(null, 7))).toMatchObject({ sentToday: 0, firstAtMs: NOW - 5000 })
  })
})

test('of each limit of WhatsApp, the last announcement counts', () => {
  const lock = (untilMs: number | null, atMs: number) => ({ type: 'DEFAULT', untilMs, atMs })
  const documented = { reachOutLock: { type: 'DEFAULT', until: null, announcedAt: new Date(NOW) }, messageCap: null }
  const [older, newer] = [lock(NOW + 99, NOW - 1), lock(NOW + 99, NOW + 1)]
  expect(mergeLatest({ ...NOTHING, reachOutLock: older }, documented)).toEqual({ ...NOTHING, reachOutLock: lock(null, NOW) })
  expect(mergeLatest({ ...NOTHING, reachOutLock: newer }, documented)).toEqual({ ...NOTHING, reachOutLock: newer })
  expect(mergeLatest(NOTHING, undefined)).toEqual(NOTHING)
})

test('the figures have their persisted shape, and show a new day empty', () => {
  const announced = {
    reachOutLock: { type: 'BIZ_QUALITY', untilMs: NOW, atMs: NOW },
    messageCap: { status: 'CAPPED', used: 1, total: 1, untilMs: NOW, atMs: NOW },
  }
  const shown = figuresOf({ state: { ...IMAGE, day: '2026-11-30' }, announced, settings: SETTINGS }, NOW)
  expect(pacingFiguresSchema.parse(shown)).toEqual(shown)
  expect(shown).toMatchObject({ day: '2026-12-01', sentToday: 0, dailyLimit: 300 })
  expect(mergeLatest(NOTHING, shown.announced)).toEqual(announced)
})
