import { describe, expect, it } from 'vitest'
import { adviceOf } from './record-advice.ts'

const LEVELS = { scale: 'present', from: {} } as const
const NOW = Date.parse('2026-11-29T12:00:00Z')

const advice = (session: number, more: object = {}) => adviceOf({ counted: { session }, protected: 0, ...more }, LEVELS, NOW)

const after = (moved: number, left: number, lidMappings = 60) =>
  advice(left, { lidMappings, lastCleanUp: { atMs: NOW, moved, left } }).recommendation?.code ?? null

describe('the advice about the records of a session', () => {
  it('is to link it anew, when a clean-up has moved hardly any and left more than 170 of many contacts', () => {
    expect([after(4, 171), after(5, 171), after(4, 170), after(4, 171, 59)]).toEqual(['rotate', null, null, null])
    expect(advice(900, { lidMappings: 900 }).recommendation).toBeNull()
  })

  it('names the day on which a clean-up will be needed', () => {
    expect(advice(165, { growthPerDay: 5 }).cleanUpNeededOn).toBe('2026-12-01')
    expect([advice(165, { growthPerDay: 0 }).cleanUpNeededOn, advice(165).cleanUpNeededOn]).toEqual([null, null])
    expect(advice(180).cleanUpNeededOn).toBe('2026-11-29')
  })
})
