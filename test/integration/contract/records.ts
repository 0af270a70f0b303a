import { randomBytes } from 'node:crypto'
import { hashOfRecord, type JournalRecord, type RecordKind } from '@holdfast/core/journal/journal-record'

/** Returns consecutive records of one commit. Their bytes are random, because no test opens them. */
export function group(options: {
  first: number
  parts?: number
  kind?: RecordKind
  nonce?: string
  bytes?: number
}): JournalRecord[] {
  const { first, parts = 1, kind = first === 1 ? 'claim' : 'data', nonce = randomBytes(6).toString('hex'), bytes = 40 } = options
  return Array.from({ length: parts }, (_, index) => ({
    v: 1,
    kind,
    seq: first + index,
    epoch: 1,
    runnerId: 'runner-under-test',
    nonce,
    prevHash: `hash of ${first + index - 1}`,
    keyVersion: kind === 'data' ? 1 : 0,
    bytes: randomBytes(bytes),
    part: index + 1,
    parts,
  }))
}

/** Returns records of which each carries the hash of the one before. */
export function chain(count: number): JournalRecord[] {
  const records: JournalRecord[] = []
  for (let first = 1; first <= count; first++) {
    const before = records.at(-1)
    const [record] = group({ first })
    records.push({ ...record!, prevHash: before ? hashOfRecord(before) : '' })
  }
  return records
}

export const newSessionId = (): string => `default.s${randomBytes(6).toString('hex')}`
