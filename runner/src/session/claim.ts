import { hashOfRecord, journalPath, type JournalRecord } from '@holdfast/core/documents/journal-record'
import { parseStored } from '@holdfast/core/documents/parse'
import { sessionDocumentSchema, sessionPath, type SessionDocument } from '@holdfast/core/documents/session-document'
import { HoldfastError } from '@holdfast/core/errors'
import { sequenceId } from '@holdfast/core/ids'
import type { Clock, DocumentSnapshot, DocumentStore, Random } from '@holdfast/core/ports'
import { isHalted, type SessionState } from '@holdfast/core/session-states'
import { readTail } from './journal-reader.ts'
import type { JournalHead } from './group.ts'
import { storedRecord } from './record-codec.ts'
import { stateFields } from './session-fields.ts'

export interface Claim {
  readonly sessionId: string
  readonly session: SessionDocument
  /** The claim's own record: the journal goes on behind it. */
  readonly head: JournalHead
}

/**
 * Takes a session over: one commit creates the next journal record and updates the session, if nobody changed it since it was
 * judged free. The record is the fence: the old owner's next append fails on it. Returns null when somebody else was faster.
 *
 * @throws HoldfastError `journal-corrupt` when the log ends before what is known to have been written.
 */
export async function claimSession(options: {
  documents: DocumentStore
  clock: Clock
  random: Random
  sessionId: string
  runnerId: string
  /** Judges the session as it is at the moment of the claim. */
  mayClaim: (session: SessionDocument) => boolean
}): Promise<Claim | null> {
  const { documents, sessionId, runnerId } = options
  const snapshot = await documents.read(sessionPath(sessionId))
  if (!snapshot) return null
  const session = parseStored(sessionDocumentSchema, snapshot.fields, snapshot.path)
  if (!options.mayClaim(session)) return null
  const tail = await readTail(documents, sessionId, session.journalHead)
  if ((tail?.seq ?? 0) < session.journalHead) {
    throw new HoldfastError(
      'journal-corrupt',
      `The journal of ${sessionId} ends at ${tail?.seq ?? 0}; it had reached ${session.journalHead}.`,
    )
  }
  const record = claimRecord(session, tail, runnerId, options.random.bytes(12).toString('base64url'))
  const won = await commitClaim(documents, options.clock, snapshot, record)
  return won ? { sessionId, session, head: { sequence: record.seq, epoch: record.epoch, hash: hashOfRecord(record) } } : null
}

/** Says in the document of a session that nobody can claim why that is. Nothing else is changed. */
export async function reportDamage(documents: DocumentStore, sessionId: string): Promise<void> {
  const snapshot = await documents.read(sessionPath(sessionId))
  if (!snapshot || snapshot.fields['state'] === 'NEEDS_ATTENTION') return
  const fields = stateFields('NEEDS_ATTENTION', 'state-corrupt')
  await documents.commit([{ kind: 'update', path: snapshot.path, fields, unlessChangedSince: snapshot }])
}

function claimRecord(session: SessionDocument, tail: JournalRecord | null, runnerId: string, nonce: string): JournalRecord {
  return {
    v: 1,
    kind: 'claim',
    seq: (tail?.seq ?? 0) + 1,
    epoch: Math.max(session.epoch, tail?.epoch ?? 0) + 1,
    runnerId,
    nonce,
    prevHash: tail ? hashOfRecord(tail) : '',
    keyVersion: 0,
    bytes: Buffer.alloc(0),
    part: 1,
    parts: 1,
  }
}

async function commitClaim(
  documents: DocumentStore,
  clock: Clock,
  session: DocumentSnapshot,
  record: JournalRecord,
): Promise<boolean> {
  const path = `${journalPath(session.id)}/${sequenceId(record.seq)}`
  const ownership = {
    runnerId: record.runnerId,
    epoch: record.epoch,
    journalHead: record.seq,
    // A session that waits for somebody keeps saying so, whoever holds it.
    ...(isHalted(session.fields['state'] as SessionState) ? {} : stateFields('CLAIMING', 'claimed')),
  }
  try {
    await documents.commit([
      { kind: 'create', path, fields: storedRecord(record) },
      { kind: 'update', path: session.path, fields: ownership, unlessChangedSince: session },
    ])
    return true
  } catch {
    // Lost, or won without hearing of it: the record tells.
    const found = await readPatiently(documents, clock, path)
    return found?.fields['nonce'] === record.nonce
  }
}

/** Firestore may be away for a moment, and a claim that is not known to have succeeded leaves a session without anybody. */
async function readPatiently(documents: DocumentStore, clock: Clock, path: string): Promise<DocumentSnapshot | null> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await documents.read(path)
    } catch (error) {
      if (attempt >= READ_ATTEMPTS) throw error
      await clock.sleep(200 * 2 ** attempt)
    }
  }
}

/** 400 ms and doubling: 6 s in all. */
const READ_ATTEMPTS = 5
