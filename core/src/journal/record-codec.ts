import { hashOfRecord, type JournalRecord, type RecordKind } from './journal-record.ts'
import type { SessionCipher } from '../security/envelope.ts'
import { HoldfastError } from '../platform/errors.ts'
import { decodeGroup, encodeGroup, type Mutation } from './mutation.ts'

type Envelope = Omit<JournalRecord, 'bytes' | 'keyVersion'>

/** Firestore takes 1 MiB a document. A larger group becomes several consecutive records of one commit. */
export const MAX_RECORD_BYTES = 700 * 1024

/** Seals a group into the consecutive records that follow the head. A group that carries nothing is one record without bytes. */
export function sealGroup(options: {
  kind: RecordKind
  mutations: readonly Mutation[]
  head: { sequence: number; epoch: number; hash: string }
  runnerId: string
  nonce: string
  /** Null while there is no key. Mutations must be empty then. */
  cipher: SessionCipher | null
}): JournalRecord[] {
  const { kind, mutations, head, runnerId, nonce, cipher } = options
  const encoded = encodeGroup(mutations)
  const parts = Math.max(1, Math.ceil(encoded.length / MAX_RECORD_BYTES))
  const records: JournalRecord[] = []
  let prevHash = head.hash
  for (let part = 1; part <= parts; part++) {
    const plain = encoded.subarray((part - 1) * MAX_RECORD_BYTES, part * MAX_RECORD_BYTES)
    const envelope = { v: 1 as const, kind, seq: head.sequence + part, epoch: head.epoch, runnerId, nonce, prevHash, part, parts }
    const record = { ...envelope, ...sealed(plain, envelope, cipher) }
    prevHash = hashOfRecord(record)
    records.push(record)
  }
  return records
}

function sealed(plain: Buffer, envelope: Envelope, cipher: SessionCipher | null): Pick<JournalRecord, 'keyVersion' | 'bytes'> {
  if (plain.length === 0) return { keyVersion: 0, bytes: Buffer.alloc(0) }
  if (!cipher) throw new Error('A record cannot carry state without a key to seal it with.')
  return { keyVersion: cipher.currentVersion, bytes: cipher.seal('journal', plain, placeOf(envelope)) }
}

/** @throws HoldfastError `journal-damaged` when the record does not carry what was written under its number. */
export function openRecord(record: JournalRecord, cipher: SessionCipher): Buffer {
  if (record.bytes.length === 0) return Buffer.alloc(0)
  try {
    return cipher.open('journal', record.bytes, placeOf(record), record.keyVersion)
  } catch (cause) {
    throw new HoldfastError('journal-damaged', `Record ${record.seq} of ${cipher.sessionId} does not open.`, { cause })
  }
}

/** Opens the group that these records carry. They must be all records of one group. */
export function openGroup(records: readonly JournalRecord[], cipher: SessionCipher): Mutation[] {
  const encoded = Buffer.concat(records.map((record) => openRecord(record, cipher)))
  try {
    return decodeGroup(encoded, `record ${records[0]?.seq} of ${cipher.sessionId}`)
  } catch (cause) {
    throw new HoldfastError('journal-damaged', `Record ${records[0]?.seq} of ${cipher.sessionId} cannot be read.`, { cause })
  }
}

/** The place that binds sealed bytes to their record. They open nowhere else. */
const placeOf = (record: Envelope): string =>
  JSON.stringify([record.v, record.kind, record.seq, record.epoch, record.prevHash, record.part, record.parts])
