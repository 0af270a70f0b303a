import { describe, expect, test } from 'vitest'
import { drillEnd, type DrillSession } from './drill-end.ts'

const MINUTE_MS = 60_000
const CRASH = new Date('2026-11-30T12:00:00Z')
const running = { state: 'running', startedAt: CRASH, targetRunner: 'gone' } as const
const pending = { state: 'pending', startedAt: null, targetRunner: 'gone' } as const

const back = (afterMs: number): DrillSession => ({
  isWanted: true,
  runnerId: 'other',
  connectedSince: new Date(CRASH.getTime() + afterMs),
})
const missing: DrillSession = { isWanted: true, runnerId: null, connectedSince: null }
const stopped: DrillSession = { isWanted: false, runnerId: null, connectedSince: null }
/** The owner has died, and nobody has said so in the document. */
const stale: DrillSession = { isWanted: true, runnerId: 'gone', connectedSince: new Date(CRASH.getTime() - MINUTE_MS) }

const seen = (sessions: readonly DrillSession[], minutes = 1, isTargetGone = true) => ({
  silentForMs: minutes * MINUTE_MS,
  isTargetGone,
  sessions,
})

describe('a crash drill', () => {
  test('is done when every session that is wanted is open elsewhere, and says how long the last one was away', () => {
    expect(drillEnd(running, seen([back(4000), back(18_400), stopped]))).toEqual({
      state: 'done',
      result: {
        code: 'sessions-back',
        sentence: '2 of 2 sessions were connected again, the last one 18 s after the crash.',
      },
      evidence: { wanted: 2, back: 2, slowestMs: 18_400 },
    })
  })

  test.each([
    ['a session is missing', [back(4000), missing]],
    ['a document still shows the dead owner', [back(4000), stale]],
  ])('waits while %s, and fails after ten minutes', (_, sessions) => {
    expect(drillEnd(running, seen(sessions, 10))).toBeNull()
    expect(drillEnd(running, seen(sessions, 11))).toMatchObject({
      state: 'failed',
      result: { code: 'sessions-missing', sentence: expect.stringMatching(/^1 of 2 sessions/) },
    })
  })

  test('fails when the runner does not follow, and is cancelled when it was gone before', () => {
    expect([drillEnd(pending, seen([], 15, false)), drillEnd(running, seen([back(1)], 15, false))]).toEqual([null, null])
    expect(drillEnd(pending, seen([], 16, false))).toMatchObject({ state: 'failed', result: { code: 'not-followed' } })
    expect(drillEnd(running, seen([back(1)], 16, false))).toMatchObject({ state: 'failed', result: { code: 'not-followed' } })
    expect(drillEnd(pending, seen([]))).toMatchObject({ state: 'cancelled', result: { code: 'runner-gone' } })
  })
})
