import { hashOfRecord, journalPath, journalRecordSchema, type JournalRecord } from '@holdfast/core/documents/journal-record'
import { parseStored } from '@holdfast/core/documents/parse'
import { HoldfastError } from '@holdfast/core/errors'
import { sequenceId } from '@holdfast/core/ids'
import type { DocumentSnapshot, DocumentStore } from '@holdfast/core/ports'

const PAGE = 200

/**
 * The last record of the log, or null when there is none. Found by going forward from where the log is known to have reached:
 * Firestore has no index that would serve the ids backwards.
 */
export async function readTail(documents: DocumentStore, sessionId: string, knownToReach: number): Promise<JournalRecord | null> {
  let startAfter = sequenceId(Math.max(0, knownToReach - 1))
  let last: string | null = null
  for (;;) {
    const page = await documents.query({
      collection: journalPath(sessionId),
      orderBy: ['id', 'asc'],
      startAfter,
      limit: PAGE,
      select: ['seq'],
    })
    const end = page.at(-1)
    if (end) last = end.path
    if (!end || page.length < PAGE) break
    startAfter = end.id
  }
  const snapshot = last === null ? null : await documents.read(last)
  return snapshot && parseRecord(snapshot)
}

/** Where reading begins: after the last record that a checkpoint contains, or before the first of all. */
export interface ReadFrom {
  readonly sequence: number
  readonly hash: string
}

export const FROM_THE_BEGINNING: ReadFrom = { sequence: 0, hash: '' }

/**
 * All groups of records after a point, in order, each complete. Throws `journal-corrupt` at a gap, a broken chain, a falling epoch
 * or an incomplete group: what cannot be replayed exactly is not replayed at all.
 */
export async function* readGroups(documents: DocumentStore, sessionId: string, from: ReadFrom): AsyncGenerator<JournalRecord[]> {
  let { sequence, hash } = from
  let epoch = 0
  let group: JournalRecord[] = []
  for await (const record of readRecords(documents, sessionId, from.sequence)) {
    if (record.seq !== sequence + 1) throw corrupt(sessionId, `record ${sequence + 1} is missing (found ${record.seq})`)
    if (record.prevHash !== hash) throw corrupt(sessionId, `record ${record.seq} does not follow the one before it`)
    if (record.epoch < epoch) throw corrupt(sessionId, `the epoch falls at record ${record.seq}`)
    if (record.part !== group.length + 1)
      throw corrupt(sessionId, `record ${record.seq} is part ${record.part} of its group, not ${group.length + 1}`)
    sequence = record.seq
    hash = hashOfRecord(record)
    epoch = record.epoch
    group.push(record)
    if (record.part < record.parts) continue
    yield group
    group = []
  }
  if (group.length > 0) throw corrupt(sessionId, `the group that ends at record ${sequence} is incomplete`)
}

async function* readRecords(documents: DocumentStore, sessionId: string, after: number): AsyncGenerator<JournalRecord> {
  let startAfter = sequenceId(after)
  for (;;) {
    const page = await documents.query({ collection: journalPath(sessionId), orderBy: ['id', 'asc'], startAfter, limit: PAGE })
    for (const snapshot of page) yield parseRecord(snapshot)
    const last = page.at(-1)
    if (!last || page.length < PAGE) return
    startAfter = last.id
  }
}

function parseRecord(snapshot: DocumentSnapshot): JournalRecord {
  const record = parseStored(journalRecordSchema, snapshot.fields, snapshot.path)
  if (sequenceId(record.seq) !== snapshot.id) {
    throw new HoldfastError('journal-corrupt', `${snapshot.path} says that it is record ${record.seq}.`)
  }
  return record
}

const corrupt = (sessionId: string, what: string): HoldfastError =>
  new HoldfastError('journal-corrupt', `The journal of ${sessionId} is damaged: ${what}.`)
