import { hashOfRecord, journalRecordSchema, type JournalRecord } from './journal-record.ts'
import { parseStored } from '../platform/parse.ts'
import { HoldfastError, isDamage } from '../platform/errors.ts'
import type { SessionCipher } from '../security/envelope.ts'
import type { FoundRecord, ReadableJournals } from './journal-store.ts'
import { openRecord } from './record-codec.ts'

const PAGE = 200

/**
 * Reads the last record of the log; null when the log is empty. It goes forward from the known reach, because Firestore has no index
 * for ids in descending order.
 */
export async function readTail(
  journals: ReadableJournals,
  sessionId: string,
  knownToReach: number,
): Promise<JournalRecord | null> {
  const end = await endOfLog(journals, sessionId, knownToReach)
  const found = end === 0 ? null : await journals.read(sessionId, end)
  return found && parseRecord(found)
}

/**
 * Whether a record is the one that followed the record before it. Only this shows damage of a last record that seals nothing. True when the
 * record before it is gone or cannot be read, because then that one is damaged, and reading finds it.
 */
export async function followsItsPredecessor(
  journals: ReadableJournals,
  cipher: SessionCipher,
  { seq, prevHash }: JournalRecord,
): Promise<boolean> {
  const found = seq > 1 ? await journals.read(cipher.sessionId, seq - 1) : null
  if (!found) return true
  try {
    const before = parseRecord(found)
    openRecord(before, cipher)
    return hashOfRecord(before) === prevHash
  } catch (error) {
    if (isDamage(error)) return true
    throw error
  }
}

/** The number of the last record; 0 when the log is empty. Reads no contents. */
export async function endOfLog(journals: ReadableJournals, sessionId: string, knownToReach: number): Promise<number> {
  let after = Math.max(0, knownToReach - 1)
  let last = 0
  for (;;) {
    const page = await journals.outline(sessionId, { after, limit: PAGE })
    const end = page.at(-1)
    if (end) last = end.seq
    if (!end || page.length < PAGE) return last
    after = end.seq
  }
}

/** The last record that a log is known to have had, and the place where it was last written. */
export interface KnownReach {
  readonly reached: number
  readonly place: string | null
}

/** The error of a log that ends before its known reach: its end is missing, or all of it. */
export async function shortfallOf(journals: ReadableJournals, sessionId: string, known: KnownReach): Promise<HoldfastError> {
  const end = await endOfLog(journals, sessionId, 0)
  const message = `The journal of ${sessionId} ends at ${end}; it had reached record ${known.reached}.`
  return (await emptyJournal(journals, sessionId, known)) ?? new HoldfastError('journal-short', message)
}

/** The error of a log that is empty although it is known to have had records; null when it is not empty. */
export async function emptyJournal(
  journals: ReadableJournals,
  sessionId: string,
  { reached, place }: KnownReach,
): Promise<HoldfastError | null> {
  const [first] = await journals.outline(sessionId, { after: 0, limit: 1 })
  if (first) return null
  const here = journals.placeOf(sessionId)
  const moved = place === null || place === here ? '' : ` It was last written at ${place}.`
  const message = `There is no journal of ${sessionId} at ${here}, although it had reached record ${reached}.${moved}`
  return new HoldfastError('journal-missing', message, {
    advice: 'Mount the directory or bring the journal back, or set SESSION_STORAGE_TYPE and SESSION_STORAGE_PATH as they were.',
  })
}

/** Whether the log has a sealed record. A session that no runner could open yet has claims only. */
export async function hasSealedRecords(journals: ReadableJournals, sessionId: string): Promise<boolean> {
  const first = await journals.outline(sessionId, { after: 0, limit: 100 })
  return first.length === 100 || first.some(({ fields }) => fields['keyVersion'] !== 0)
}

/** The start of reading: after the last record that a checkpoint contains, or before the first record. */
export interface ReadFrom {
  readonly sequence: number
  readonly hash: string
}

export const FROM_THE_BEGINNING: ReadFrom = { sequence: 0, hash: '' }

/** Consecutive records that were committed as one. */
export interface RecordGroup {
  readonly records: readonly JournalRecord[]
  readonly last: JournalRecord
  /** Time of writing, by the store's clock; null where the store does not say. */
  readonly at: Date | null
}

/**
 * Reads all complete groups of records after a point, in order. It stops at the first record that cannot be replayed exactly:
 *
 * @throws HoldfastError `journal-gap` where a number is missing, `journal-damaged` at a record that is not what it was, at a broken
 * chain, a falling epoch or an incomplete group, `unknown-version` at a record of a later program.
 */
export async function* readGroups(journals: ReadableJournals, sessionId: string, from: ReadFrom): AsyncGenerator<RecordGroup> {
  let { sequence, hash } = from
  let epoch = 0
  let group: JournalRecord[] = []
  for await (const found of readRecords(journals, sessionId, from.sequence)) {
    if (found.seq !== sequence + 1) {
      throw new HoldfastError(
        'journal-gap',
        `The journal of ${sessionId} lacks record ${sequence + 1} (the next is ${found.seq}).`,
      )
    }
    const record = parseRecord(found)
    if (record.prevHash !== hash) throw damaged(sessionId, `record ${record.seq} does not follow the one before it`)
    if (record.epoch < epoch) throw damaged(sessionId, `the epoch falls at record ${record.seq}`)
    if (record.part !== group.length + 1)
      throw damaged(sessionId, `record ${record.seq} is part ${record.part} of its group, not ${group.length + 1}`)
    sequence = record.seq
    hash = hashOfRecord(record)
    epoch = record.epoch
    group.push(record)
    if (record.part < record.parts) continue
    const { at } = found.fields
    yield { records: group, last: record, at: at instanceof Date ? at : null }
    group = []
  }
  if (group.length > 0) throw damaged(sessionId, `the group that ends at record ${sequence} is incomplete`)
}

async function* readRecords(journals: ReadableJournals, sessionId: string, from: number): AsyncGenerator<FoundRecord> {
  let after = from
  for (;;) {
    const page = await journals.list(sessionId, { after, limit: PAGE })
    yield* page
    const last = page.at(-1)
    if (!last || page.length < PAGE) return
    after = last.seq
  }
}

function parseRecord({ seq, place, fields }: FoundRecord): JournalRecord {
  let record
  try {
    record = parseStored(journalRecordSchema, fields, place)
  } catch (cause) {
    if (cause instanceof HoldfastError && cause.code === 'unknown-version') throw cause
    throw new HoldfastError('journal-damaged', `${place} is not a record.`, { cause })
  }
  if (record.seq === seq) return record
  throw new HoldfastError('journal-damaged', `${place} says that it is record ${record.seq}.`)
}

const damaged = (sessionId: string, what: string): HoldfastError =>
  new HoldfastError('journal-damaged', `The journal of ${sessionId} is damaged: ${what}.`)
