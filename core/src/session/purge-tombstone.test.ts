import { describe, expect, it } from 'vitest'
import { checkpointName } from './ids.ts'
import { isSince, type PurgeTombstone } from './purge-tombstone.ts'

const AT = '2026-11-30T12:00:00.000Z'
const HOUR_MS = 60 * 60_000

const tombstone: PurgeTombstone = {
  v: 1,
  sessionId: 'default.main',
  seq: 7,
  epoch: 3,
  hash: 'hash',
  keyVersion: 1,
  requestedBy: 'operator',
  at: AT,
}

const written = (seq: number, afterMs: number) => ({
  name: checkpointName('default.main', seq, 3),
  createdAt: new Date(Date.parse(AT) + afterMs),
})

describe('a checkpoint', () => {
  it('is of a session that was created since when its number is beyond the purge', () => {
    expect([isSince(tombstone, written(8, 0)), isSince(tombstone, written(7, 0))]).toEqual([true, false])
  })

  it('is of a session in a new Firestore, whose numbers begin at 1, when no owner of before can have written it', () => {
    expect([isSince(tombstone, written(2, 2 * HOUR_MS)), isSince(tombstone, written(2, HOUR_MS / 2))]).toEqual([true, false])
  })
})
