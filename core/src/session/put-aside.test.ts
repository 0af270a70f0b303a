import { expect, test } from 'vitest'
import { mostRecordsIn, recordsIn, unlinkedSince } from './put-aside.ts'
import type { PutAside } from './session-document.ts'

const at = new Date(0)
const checkpoint = { object: 'x', generation: '1', sha256: 'ab', seq: 20, epoch: 1 }
const rebuilt: PutAside = { reason: 'rebuilt', at, checkpoint, records: { after: 700, upTo: 1_000_700 } }

test('a device counts as unlinked for the records before its log-out', () => {
  const putAside: PutAside[] = [
    { reason: 'before-restore', at, checkpoint: { ...checkpoint, seq: 90 }, records: null },
    { reason: 'logged-out', at, checkpoint, records: null },
  ]
  expect([19, 20, 21].map((seq) => unlinkedSince(putAside, seq)?.seq ?? null)).toEqual([20, 20, null])
})

test.each([
  ['before a rebuild', { after: 600, upTo: 700 }, 100],
  ['after it', { after: 1_000_700, upTo: 1_000_750 }, 50],
  // The 100 before it, its own first one, and the 50 after it.
  ['over it', { after: 600, upTo: 1_000_750 }, 151],
  ['from within the numbers that it skipped', { after: 800, upTo: 1_000_750 }, 51],
  ['which is empty', { after: 9, upTo: 5 }, 0],
])('the numbers that no record had do not count in a span %s', (_, span, records) => {
  expect(recordsIn([rebuilt, { ...rebuilt, reason: 'journal-gap' }], span)).toBe(records)
})

test('what a rebuild lost counts twice where numbers have to be beyond it', () => {
  expect(mostRecordsIn([rebuilt], { after: 600, upTo: 1_000_750 })).toBe(151 + 512)
  expect(mostRecordsIn([rebuilt], { after: 600, upTo: 700 })).toBe(100)
})
