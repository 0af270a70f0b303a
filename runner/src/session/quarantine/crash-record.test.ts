import { describe, expect, test } from 'vitest'
import { sessionDocumentSchema, type CrashRecord } from '@holdfast/core/session/session-document'
import { DEFAULT_CRASH_POLICY, NO_CRASHES, atClaim, mustQuarantine, isSuspect } from './crash-record.ts'

const owned = (crashes: CrashRecord, runnerId: string | null = 'dead') =>
  sessionDocumentSchema.parse({ v: 1, tenant: 't', name: 'n', wanted: 'online', createdAt: new Date(), runnerId, crashes })

/** Returns the record after the given number of dead owners. The session is opened in a trial as soon as it is a suspect. */
function afterCrashes(times: number): CrashRecord {
  let record = NO_CRASHES
  for (let index = 0; index < times; index++) {
    if (isSuspect(record, DEFAULT_CRASH_POLICY)) record = { ...record, onTrial: true }
    record = atClaim(owned(record), 'next', false)
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
    for (let index = 0; index < 50; index++) record = atClaim(owned(record), 'next', false)
    expect(record).toMatchObject({ shortLives: 55, failedTrials: 0 })
  })
})

test.each([
  ['was released', 'dead', true],
  ['had no owner', null, false],
  ['was given up by the same process', 'next', false],
])('a session that %s has not crashed', (_, owner, endedInOrder) => {
  const record = { shortLives: 3, failedTrials: 1, onTrial: false }
  expect(atClaim(owned(record, owner), 'next', endedInOrder)).toEqual(record)
})
