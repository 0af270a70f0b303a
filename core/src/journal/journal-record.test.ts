import { expect, it } from 'vitest'
import { type JournalRecord, hashOfRecord, journalRecordSchema } from './journal-record.ts'

const record: JournalRecord = {
  v: 1,
  kind: 'data',
  seq: 12,
  epoch: 3,
  runnerId: 'runner-1',
  nonce: 'nonce',
  prevHash: 'hash',
  keyVersion: 1,
  bytes: Buffer.from('sealed'),
  part: 1,
  parts: 1,
}

const changed = {
  v: 2,
  kind: 'claim',
  seq: 13,
  epoch: 4,
  runnerId: 'runner-2',
  nonce: 'once',
  prevHash: 'trash',
  keyVersion: 2,
  bytes: Buffer.from('Sealed'),
  part: 2,
  parts: 2,
} satisfies Record<keyof JournalRecord, unknown>

// The hash is persisted: every journal would be corrupt with another value.
it('the hash of a record is the persisted one', () => {
  expect(hashOfRecord(record)).toBe('h__gAU9bxWqOGBYJyjY8Whcz1Zx5j3pRhrvtnA1IwDc')
})

it.each(Object.entries(changed))('a different %s gives a different hash', (field, value) => {
  expect(hashOfRecord({ ...record, [field]: value })).not.toBe(hashOfRecord(record))
})

it('the list above changes every stored field', () => {
  expect(Object.keys(changed).sort()).toEqual(Object.keys(journalRecordSchema.shape).sort())
})

it('text that moves from one field to the next gives a different hash', () => {
  const moved = { ...record, runnerId: 'runner-1n', nonce: 'once' }
  expect(hashOfRecord(moved)).not.toBe(hashOfRecord(record))
  expect(hashOfRecord({ ...record, part: 11, parts: 1 })).not.toBe(hashOfRecord({ ...record, part: 1, parts: 11 }))
})

it('the hash is the same for any view of the same bytes', () => {
  const view = new Uint8Array(Buffer.from('-sealed-')).subarray(1, 7)
  expect(hashOfRecord({ ...record, bytes: view })).toBe(hashOfRecord(record))
})
