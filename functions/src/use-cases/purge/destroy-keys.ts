import { randomBytes } from 'node:crypto'
import { DocumentJournals } from '@holdfast/core/journal/document-journals'
import { hashOfRecord, type JournalRecord } from '@holdfast/core/journal/journal-record'
import { endOfLog, readTail } from '@holdfast/core/journal/journal-reader'
import { isDamage } from '@holdfast/core/platform/errors'
import { type Change, type DocumentSnapshot, type Fields, REMOVED } from '@holdfast/core/platform/ports'
import { unlessChanged } from '@holdfast/core/platform/unless-changed'
import { type SessionKeyDocument, sessionKeyPath } from '@holdfast/core/security/session-key-document'
import { checkpointFolder, placeOfCheckpoint, sessionNameOf, tenantOf } from '@holdfast/core/session/ids'
import { newSession } from '@holdfast/core/session/new-session'
import { OWNER_ENDS_MS, writeTombstone } from '@holdfast/core/session/purge-tombstone'
import type { Purge } from '@holdfast/core/session/session-document'
import { stateFields } from '@holdfast/core/session/state-fields'
import type { Dependencies } from '../dependencies.ts'
import type { SessionToPurge } from './session-to-purge.ts'

/** The purge's name in its record. No runner has it. */
const PURGE = 'purge'

const DAY_MS = 24 * 60 * 60_000

interface Doomed {
  readonly snapshot: DocumentSnapshot
  readonly session: SessionToPurge
  readonly purge: Purge
  /** Until when a copy of the session may be left. */
  readonly until: Date
}

/**
 * Destroys the data keys of a session, and with that all that is sealed with them. Nobody may take the purge back any more: its tombstone is
 * written first. Then one commit does three things: it creates the next record
 * of the log, a claim that nobody releases, so that an owner which is still alive can append nothing and says nothing more; it takes the
 * keys out of the key document, which keeps their version and the place of that record; and it empties the session's document. Either all
 * of it happens or nothing.
 *
 * @returns false when the session or its key changed meanwhile
 */
export async function destroyKeys(
  needed: Pick<Dependencies, 'documents' | 'objects' | 'media' | 'clock'>,
  doomed: Doomed,
): Promise<boolean> {
  const { documents, clock } = needed
  const { snapshot, session, purge, until } = doomed
  const sessionId = snapshot.id
  const key = await documents.read(sessionKeyPath(sessionId))
  const record = await tombstoneOf(new DocumentJournals(documents), sessionId, await knownNumbers(needed, sessionId, session))
  const now = new Date(clock.now())
  const { seq, epoch } = record
  const tombstone = { seq, epoch, hash: hashOfRecord(record) }
  const dueAt = !session.hasOwner ? now : new Date(now.getTime() + OWNER_ENDS_MS)
  const { requestedBy } = purge
  const keyFields = emptiedKeys(key, now, tombstone)
  const keyVersion = keyFields.destroyed.upTo
  // First: without Firestore, nothing else would say that nobody wants the checkpoints which are left.
  await writeTombstone(needed.objects, { v: 1, sessionId, ...tombstone, keyVersion, requestedBy, at: now.toISOString() }, until)
  const removing: Purge = { ...purge, phase: 'removing', dueAt, destroyedAt: now }
  const changes: readonly Change[] = [
    unlessChanged(snapshot.path, snapshot, tombstoneFields(snapshot.fields, { sessionId, seq, epoch, purge: removing })),
    unlessChanged(sessionKeyPath(sessionId), key, keyFields),
  ]
  try {
    await new DocumentJournals(documents).append(sessionId, [record], changes)
    return true
  } catch (error) {
    const [state, keys] = await Promise.all([documents.read(snapshot.path), documents.read(sessionKeyPath(sessionId))])
    const taken = await new DocumentJournals(documents).read(sessionId, seq)
    const isAsItWas = state?.updatedAtMicros === snapshot.updatedAtMicros && keys?.updatedAtMicros === key?.updatedAtMicros
    if (isAsItWas && !taken) throw error
    return false
  }
}

interface Numbers {
  readonly seq: number
  readonly epoch: number
}

/** The numbers that the session's document says were used. Where it is damaged, the names of its checkpoints say more. */
async function knownNumbers(
  { media, clock }: Pick<Dependencies, 'media' | 'clock'>,
  sessionId: string,
  { isDamaged, journalHead, epoch }: SessionToPurge,
): Promise<Numbers> {
  const known = { seq: journalHead, epoch }
  if (!isDamaged) return known
  // Past all that a clock which runs ahead may have written.
  for await (const name of media.createdBefore(checkpointFolder(sessionId), new Date(clock.now() + DAY_MS))) {
    const place = placeOfCheckpoint(name)
    if (!place) continue
    known.seq = Math.max(known.seq, place.seq)
    known.epoch = Math.max(known.epoch, place.epoch)
  }
  return known
}

/** The record after the last number that anybody can have used. A log whose end is lost or damaged ends all the same. */
async function tombstoneOf(journals: DocumentJournals, sessionId: string, known: Numbers): Promise<JournalRecord> {
  const end = await endOfLog(journals, sessionId, 0)
  const tail = end < known.seq ? null : await tailUnlessDamaged(journals, sessionId, end)
  return {
    v: 1,
    kind: 'claim',
    seq: Math.max(end, known.seq) + 1,
    epoch: Math.max(known.epoch, tail?.epoch ?? 0) + 1,
    runnerId: PURGE,
    nonce: randomBytes(12).toString('base64url'),
    prevHash: tail ? hashOfRecord(tail) : '',
    keyVersion: 0,
    bytes: Buffer.alloc(0),
    part: 1,
    parts: 1,
  }
}

async function tailUnlessDamaged(journals: DocumentJournals, sessionId: string, end: number): Promise<JournalRecord | null> {
  try {
    return end === 0 ? null : await readTail(journals, sessionId, end)
  } catch (error) {
    if (!isDamage(error)) throw error
    return null
  }
}

/** A key document that is missing or damaged is one whose keys are gone, too. */
function emptiedKeys(
  key: DocumentSnapshot | null,
  at: Date,
  tombstone: NonNullable<SessionKeyDocument['destroyed']>['tombstone'],
) {
  const { current, keys } = key?.fields ?? {}
  // A data key that waits is gone as well: its number is not used again.
  const versions = [1, current, ...Object.keys(keys ?? {}).map(Number)]
  const upTo = Math.max(...versions.filter((one): one is number => Number.isSafeInteger(one) && Number(one) > 0))
  return { v: 1, current: upTo, keys: {}, destroyed: { upTo, at, tombstone } }
}

interface Tombstone {
  readonly sessionId: string
  readonly seq: number
  readonly epoch: number
  readonly purge: Purge
}

/** Everything but the names, the numbers of the log and the purge itself goes. */
function tombstoneFields(stored: Fields, { sessionId, seq, epoch, purge }: Tombstone): Fields {
  const { createdAt: _, ...fresh } = newSession(tenantOf(sessionId), sessionNameOf(sessionId), 'offline')
  const gone = Object.keys(stored).filter((field) => field !== 'createdAt')
  return {
    ...Object.fromEntries(gone.map((field) => [field, REMOVED])),
    ...fresh,
    ...stateFields('STOPPED', 'data-key-destroyed'),
    isRemoved: true,
    epoch,
    journalHead: seq,
    trimmedTo: seq - 1,
    purge,
  }
}
