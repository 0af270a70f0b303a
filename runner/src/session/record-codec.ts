import { hashOfRecord, type JournalRecord, type RecordKind } from '@holdfast/core/documents/journal-record'
import type { SessionCipher } from '@holdfast/core/envelope'
import { HoldfastError } from '@holdfast/core/errors'
import { SERVER_TIME, type Fields } from '@holdfast/core/ports'
import { decodeGroup, encodeGroup, type Mutation } from './mutation.ts'

/** A document takes 1 MiB; a larger group becomes several consecutive records of one commit. */
export const MAX_RECORD_BYTES = 700 * 1024

/** Seals a group into the consecutive records that follow the head. A group that carries nothing is one record without bytes. */
export function sealGroup(options: {
  kind: RecordKind
  mutations: readonly Mutation[]
  head: { sequence: number; epoch: number; hash: string }
  runnerId: string
  nonce: string
  cipher: SessionCipher
}): JournalRecord[] {
  const { kind, mutations, head, runnerId, nonce, cipher } = options
  const encoded = encodeGroup(mutations)
  const parts = Math.max(1, Math.ceil(encoded.length / MAX_RECORD_BYTES))
  const records: JournalRecord[] = []
  let prevHash = head.hash
  for (let part = 1; part <= parts; part++) {
    const plain = encoded.subarray((part - 1) * MAX_RECORD_BYTES, part * MAX_RECORD_BYTES)
    const envelope = { v: 1 as const, kind, seq: head.sequence + part, epoch: head.epoch, runnerId, nonce, prevHash, part, parts }
    const bytes = plain.length === 0 ? Buffer.alloc(0) : cipher.seal('journal', plain, placeOf(envelope))
    const record: JournalRecord = { ...envelope, keyVersion: plain.length === 0 ? 0 : cipher.currentVersion, bytes }
    prevHash = hashOfRecord(record)
    records.push(record)
  }
  return records
}

/** Opens the group that the records, all of one group and complete, carry. */
export function openGroup(records: readonly JournalRecord[], cipher: SessionCipher): Mutation[] {
  const encoded = Buffer.concat(
    records.map((record) => {
      if (record.bytes.length === 0) return Buffer.alloc(0)
      try {
        return cipher.open('journal', record.bytes, placeOf(record), record.keyVersion)
      } catch (cause) {
        throw new HoldfastError('journal-corrupt', `Record ${record.seq} of ${cipher.sessionId} does not open.`, { cause })
      }
    }),
  )
  try {
    return decodeGroup(encoded, `record ${records[0]?.seq} of ${cipher.sessionId}`)
  } catch (cause) {
    throw new HoldfastError('journal-corrupt', `Record ${records[0]?.seq} of ${cipher.sessionId} cannot be read.`, { cause })
  }
}

/** As it is stored. `at` is for people: it is not part of the hash, since Firestore sets it. */
export const storedRecord = (record: JournalRecord): Fields => ({ ...record, at: SERVER_TIME })

/** Binds sealed bytes to their record: they open nowhere else. */
const placeOf = (record: Omit<JournalRecord, 'bytes' | 'keyVersion'>): string =>
  JSON.stringify([record.v, record.kind, record.seq, record.epoch, record.prevHash, record.part, record.parts])
