import { doubledMs } from '@holdfast/core/platform/backoff'
import { retry } from '@holdfast/core/platform/retry'
import { hashOfRecord, type JournalRecord } from '@holdfast/core/journal/journal-record'
import { parseStored } from '@holdfast/core/platform/parse'
import {
  sessionDocumentSchema,
  sessionPath,
  type CrashRecord,
  type SessionDocument,
} from '@holdfast/core/session/session-document'
import type { SessionCipher, WrappingKey } from '@holdfast/core/security/envelope'
import { isDamage, isKeyTrouble, type HoldfastError } from '@holdfast/core/platform/errors'
import type { Change, Clock, DocumentSnapshot, DocumentStore, Fields, Random } from '@holdfast/core/platform/ports'
import { endOfLog, readTail, shortfallOf } from '@holdfast/core/journal/journal-reader'
import type { JournalStore } from '@holdfast/core/journal/journal-store'
import { openRecord } from '@holdfast/core/journal/record-codec'
import { loadSessionCipher } from '@holdfast/core/security/session-keys'
import { isHalted, reasonOfDamage, type SessionState } from '@holdfast/core/session/session-states'
import { atClaim, mustQuarantine } from './quarantine/crash-record.ts'
import { projectEvents } from './events/projector.ts'
import type { JournalHead } from './journal/group.ts'
import { stateFields } from './session-fields.ts'
import { stateAfterClaim } from './session-lifecycle.ts'

export interface Claim {
  readonly sessionId: string
  readonly session: SessionDocument
  /** The claim's own record: the journal goes on behind it. */
  readonly head: JournalHead
  /** What is known of owners that died over it. */
  readonly crashes: CrashRecord
}

export interface ClaimOptions {
  readonly documents: DocumentStore
  readonly journals: JournalStore
  readonly clock: Clock
  readonly random: Random
  readonly sessionId: string
  readonly runnerId: string
  readonly wrappingKey: WrappingKey
  /** Judges the session as it is at the moment of the claim. */
  readonly mayClaim: (session: SessionDocument) => boolean
  /**
   * Whether a log whose end is lost or damaged is claimed as well, behind everything that is known of it: only for a restore that
   * gives up what is missing.
   */
  readonly acceptsDamage?: (damage: HoldfastError, session: SessionDocument) => Promise<boolean>
}

/**
 * Takes a session over: one commit creates the next journal record and updates the session, if nobody changed it since it was
 * judged free. The record is the fence: the old owner's next append fails on it. Returns null when somebody else was faster.
 * An error of the store is thrown as it is: nobody has the session then, and it can be claimed again.
 *
 * @throws HoldfastError `journal-short` or `journal-missing` when the log ends before what is known to have been written, and other
 * damage when its last record cannot be read: a record that claims to follow it would break the chain for good.
 */
export async function claimSession(options: ClaimOptions): Promise<Claim | null> {
  const { documents, sessionId, runnerId } = options
  const snapshot = await documents.read(sessionPath(sessionId))
  if (!snapshot) return null
  const session = parseStored(sessionDocumentSchema, snapshot.fields, snapshot.path)
  if (!options.mayClaim(session)) return null
  const end = await endOf(options, session)
  const record: JournalRecord = {
    v: 1,
    kind: 'claim',
    seq: end.seq + 1,
    epoch: Math.max(session.epoch, end.epoch) + 1,
    runnerId,
    nonce: options.random.bytes(12).toString('base64url'),
    prevHash: end.hash,
    keyVersion: 0,
    bytes: Buffer.alloc(0),
    part: 1,
    parts: 1,
  }
  const crashes = atClaim(session, runnerId, end.isRelease)
  if (!(await commitClaim(options, snapshot, record, crashes))) return null
  return { sessionId, session, crashes, head: { sequence: record.seq, epoch: record.epoch, hash: hashOfRecord(record) } }
}

/** Where a claim has to be written. */
interface End {
  readonly seq: number
  readonly epoch: number
  readonly hash: string
  /** The last owner gave the session up in order. */
  readonly isRelease: boolean
}

async function endOf(options: ClaimOptions, session: SessionDocument): Promise<End> {
  try {
    return await intactEnd(options, session)
  } catch (error) {
    if (isDamage(error) && (await options.acceptsDamage?.(error, session))) return anyEnd(options, session)
    throw error
  }
}

async function intactEnd(options: ClaimOptions, session: SessionDocument): Promise<End> {
  const { journals, sessionId } = options
  const tail = await readTail(journals, sessionId, session.journalHead)
  if ((tail?.seq ?? 0) < session.journalHead) {
    throw await shortfallOf(journals, sessionId, tail?.seq ?? 0, { reached: session.journalHead, place: session.journalPlace })
  }
  // A claim names the hash of the record before it: behind one that is damaged it would follow the damage for good.
  const cipher = tail && (await cipherIfAny(options))
  if (tail && cipher) openRecord(tail, cipher)
  return endAfter(tail)
}

/** Without a key there is nothing to check with, and the session is claimed to say so. */
async function cipherIfAny({ documents, sessionId, wrappingKey }: ClaimOptions): Promise<SessionCipher | null> {
  try {
    return await loadSessionCipher(documents, sessionId, wrappingKey)
  } catch (error) {
    if (isKeyTrouble(error) || isDamage(error)) return null
    throw error
  }
}

/** No number that is known to have been used is used again; the chain begins anew if the last record cannot be read. */
async function anyEnd({ journals, sessionId }: ClaimOptions, session: SessionDocument): Promise<End> {
  const seq = Math.max(await endOfLog(journals, sessionId, 0), session.journalHead)
  try {
    const tail = await readTail(journals, sessionId, seq)
    if (tail?.seq === seq) return endAfter(tail)
  } catch (error) {
    if (!isDamage(error)) throw error
  }
  return { seq, epoch: session.epoch, hash: '', isRelease: false }
}

const endAfter = (tail: JournalRecord | null): End =>
  tail
    ? { seq: tail.seq, epoch: tail.epoch, hash: hashOfRecord(tail), isRelease: tail.kind === 'release' }
    : { seq: 0, epoch: 0, hash: '', isRelease: false }

/** Says in the document of a session that nobody can claim why that is. Nothing else is changed. */
export async function reportDamage(documents: DocumentStore, sessionId: string, damage: HoldfastError): Promise<void> {
  const reason = reasonOfDamage(damage.code)
  const snapshot = await documents.read(sessionPath(sessionId))
  if (!snapshot || (snapshot.fields['state'] === 'NEEDS_ATTENTION' && snapshot.fields['reason'] === reason)) return
  const fields = stateFields('NEEDS_ATTENTION', reason)
  await documents.commit([{ kind: 'update', path: snapshot.path, fields, unlessChangedSince: snapshot }])
}

async function commitClaim(
  { documents, journals, clock }: ClaimOptions,
  session: DocumentSnapshot,
  record: JournalRecord,
  crashes: CrashRecord,
): Promise<boolean> {
  const ownership = {
    runnerId: record.runnerId,
    epoch: record.epoch,
    crashes,
    ...stateAtClaim(session.fields['state'] as SessionState, crashes),
  }
  // Apart from the rest: what the log is said to have reached is never said before its record is there.
  const claimed = { type: 'session.claimed' as const, journalPlace: journals.placeOf(session.id) }
  const place = { sequence: record.seq, index: 0, prevHash: record.prevHash }
  const changes: readonly Change[] = [
    { kind: 'update', path: session.path, fields: ownership, unlessChangedSince: session },
    ...projectEvents([claimed], { sessionId: session.id, place, cipher: noKey }),
  ]
  try {
    await journals.append(session.id, [record], changes)
    return true
  } catch (error) {
    const again = { clock, ...READ_AGAIN }
    // Lost, or won without hearing of it: the record tells.
    const found = await retry(() => journals.read(session.id, record.seq), again)
    if (found) return found.fields['nonce'] === record.nonce
    const now = await retry(() => documents.read(session.path), again)
    // Still as it was judged: nobody was faster, it is the store that did not take the claim.
    if (now && OWNERSHIP.every((field) => now.fields[field] === session.fields[field])) throw error
    return false
  }
}

/** A claim needs no data key. */
function noKey(): never {
  throw new Error('A claim seals nothing.')
}

const OWNERSHIP = ['runnerId', 'epoch'] as const

/** A session that waits for somebody keeps saying so, whoever holds it. */
function stateAtClaim(state: SessionState, crashes: CrashRecord): Fields {
  if (isHalted(state)) return {}
  const next = stateAfterClaim(state, mustQuarantine(crashes))
  return stateFields(next, next === 'QUARANTINED' ? 'crashes-its-runner' : 'claimed')
}

/**
 * The store may be away for a moment, and a claim that is not known to have succeeded leaves a session without anybody: five reads,
 * with 6 s of pauses in all.
 */
const READ_AGAIN = {
  timer: 'claim',
  pauseMs: (failures: number) => doubledMs({ firstMs: 400, limitMs: 3200 }, failures),
  mayRetry: (failures: number) => failures < 5,
} as const
