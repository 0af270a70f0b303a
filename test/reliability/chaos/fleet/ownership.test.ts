import { expect, test } from 'vitest'
import type { SeenJournal, SeenRecord } from './journal-watch.ts'
import { doubleOwners, type Login } from './ownership.ts'

const S = 'default.one'

type Row = [seq: number, epoch: number, runnerId: string, kind?: SeenRecord['kind']]

/** A journal of these records, a second apart. */
const journal = (...rows: Row[]): SeenJournal => ({
  sessionId: S,
  rewritten: [],
  covered: new Set(),
  records: rows.map(([seq, epoch, runnerId, kind = 'data']) => ({
    seq,
    epoch,
    kind,
    runnerId,
    prevHash: seq === 1 ? '' : `h${seq - 1}`,
    hash: `h${seq}`,
    createdAt: seq * 1000,
  })),
})

/** The first owner is a, then b claims the session, then a again. */
const SOUND = journal([1, 1, 'a', 'claim'], [2, 1, 'a'], [3, 2, 'b', 'claim'], [4, 2, 'b'], [5, 3, 'a', 'claim'])
const RUNNERS = new Map([
  ['runner-1.10', 'a'],
  ['runner-2.20', 'b'],
])

const login = (client: string, at: number): Login => ({ sessionId: S, client, at })
const judge = (one: SeenJournal, logins: Login[] = []) => doubleOwners({ journals: [one], logins, runnerOf: RUNNERS })

test('owners that follow one another are no fault', () => {
  const logins = [login('runner-1.10', 1500), login('runner-1.10', 2500), login('runner-2.20', 3500), login('runner-1.10', 5500)]
  expect(judge(SOUND, logins)).toEqual([])
})

test('a login of an owner that was replaced is a fault', () => {
  expect(judge(SOUND, [login('runner-2.20', 3500), login('runner-1.10', 4500)])).toEqual([
    expect.stringContaining('runner-1.10 logged in with epoch 1 after a login of epoch 2'),
  ])
})

test('a late login of an old owner before the first one of the new owner is none', () => {
  expect(judge(SOUND, [login('runner-1.10', 3500), login('runner-2.20', 4500)])).toEqual([])
})

test('a login before the claim, and one of an unknown process, are faults', () => {
  expect(judge(SOUND, [login('runner-2.20', 2500)])).toEqual([expect.stringContaining('without a claim')])
  expect(judge(SOUND, [login('runner-9.90', 2500)])).toEqual([expect.stringContaining('unknown')])
})

test.each<[string, SeenJournal, string]>([
  ['a missing record', journal([1, 1, 'a', 'claim'], [3, 1, 'a']), 'records 2 to 2 are missing'],
  ['an epoch that is claimed twice', journal([1, 1, 'a', 'claim'], [2, 1, 'b', 'claim']), 'claims epoch 1 a second time'],
  ['a record of an old epoch', journal([1, 1, 'a', 'claim'], [2, 2, 'b', 'claim'], [3, 1, 'a']), 'epoch 1 after epoch 2'],
  ['a record of another runner', journal([1, 1, 'a', 'claim'], [2, 1, 'b']), 'not by the runner that claimed it'],
  ['a record that was written twice', { ...SOUND, rewritten: [4] }, 'record 4 was written twice'],
])('%s is a fault', (_what, one, fault) => {
  expect(judge(one)).toEqual([expect.stringContaining(fault)])
})

test('a record that was trimmed before the watch saw it is no fault, its neighbour is', () => {
  const trimmed = journal([1, 1, 'a', 'claim'], [4, 1, 'a'])
  expect(judge({ ...trimmed, covered: new Set([2, 3]) })).toEqual([])
  expect(judge({ ...trimmed, covered: new Set([2]) })).toEqual([expect.stringContaining('records 2 to 3 are missing')])
})

test('a broken chain is a fault', () => {
  const broken = SOUND.records.map((record) => (record.seq === 4 ? { ...record, prevHash: 'other' } : record))
  expect(judge({ ...SOUND, records: broken })).toEqual([expect.stringContaining('record 4 does not follow record 3')])
})
