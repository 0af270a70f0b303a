import { describe, expect, test } from 'vitest'
import { sessionDocumentSchema, type CrashRecord, type SessionDocument } from '@holdfast/core/session/session-document'
import { DEFAULT_CRASH_POLICY, NO_CRASHES, atClaim, mustQuarantine, isSuspect } from './crash-record.ts'

const owned = (crashes: CrashRecord, runnerId: string | null = 'dead') =>
  sessionDocumentSchema.parse({ v: 1, tenant: 't', name: 'n', wanted: 'online', createdAt: new Date(), runnerId, crashes })

const NOW = Date.UTC(2026, 10, 29, 12)
const { pausesMs } = DEFAULT_CRASH_POLICY

const claimed = (session: SessionDocument, endedInOrder = false, nowMs = NOW): CrashRecord =>
  atClaim({ session, claimant: 'next', endedInOrder, nowMs, pausesMs })

/** Returns the record after the given number of dead owners. The session is opened in a trial as soon as it is a suspect. */
function afterCrashes(times: number): CrashRecord {
  let record = NO_CRASHES
  for (let index = 0; index < times; index++) {
    if (isSuspect(record, DEFAULT_CRASH_POLICY)) record = { ...record, onTrial: true }
    record = claimed(owned(record))
  }
  return record
}

describe('a session whose owners die', () => {
  test('is a suspect after five short lives, not before', () => {
    expect(isSuspect(afterCrashes(4), DEFAULT_CRASH_POLICY)).toBe(false)
    expect(isSuspect(afterCrashes(5), DEFAULT_CRASH_POLICY)).toBe(true)
  })

  test('is convicted by three failed trials', () => {
    expect(mustQuarantine(afterCrashes(7))).toBe(false)
    expect(mustQuarantine(afterCrashes(8))).toBe(true)
  })

  test('is not accused of the crashes of others while it waits for its trial', () => {
    let record = afterCrashes(5)
    for (let index = 0; index < 50; index++) record = claimed(owned(record))
    expect(record).toMatchObject({ shortLives: 55, failedTrials: 0 })
  })
})

test.each([
  ['was released', 'dead', true],
  ['had no owner', null, false],
  ['was given up by the same process', 'next', false],
])('a session that %s has not crashed', (_, owner, endedInOrder) => {
  const record = { shortLives: 3, failedTrials: 1, onTrial: false }
  expect(claimed(owned(record, owner), endedInOrder)).toEqual(record)
})

describe('a quarantined session', () => {
  const minutesTo = ({ nextTrialAt }: CrashRecord, from = NOW) => (Number(nextTrialAt) - from) / 60_000

  test('is tried again after pauses that grow: 10 minutes, 1, 6 and 24 hours', () => {
    let record = afterCrashes(8)
    const pauses = [minutesTo(record)]
    for (let trial = 0; trial < 4; trial++) {
      record = claimed(owned({ ...record, onTrial: true }))
      pauses.push(minutesTo(record))
    }
    expect(pauses).toEqual([10, 60, 360, 1440, 1440])
    expect(record).toMatchObject({ convictions: 5, failedTrials: 7 })
  })

  test.each([
    ['that changes its owner in order', 'dead', true],
    ['whose owner dies while it is closed', 'dead', false],
  ])('%s keeps the time of its next trial', (_, owner, endedInOrder) => {
    const record = afterCrashes(8)
    expect(claimed(owned(record, owner), endedInOrder, NOW + 60_000).nextTrialAt).toEqual(record.nextTrialAt)
  })

  test('that an earlier version convicted gets a time', () => {
    const record = { shortLives: 9, failedTrials: 3, onTrial: false }
    expect(minutesTo(claimed(owned(record), true))).toBe(10)
  })
})
