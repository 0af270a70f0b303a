import { doubledMs } from '@holdfast/core/platform/backoff'
import { retry } from '@holdfast/core/platform/retry'
import { hashOfRecord, type JournalRecord } from '@holdfast/core/journal/journal-record'
import { parseStored } from '@holdfast/core/platform/parse'
import {
  isPurged,
  sessionDocumentSchema,
  sessionPath,
  type CrashRecord,
  type SessionDocument,
} from '@holdfast/core/session/session-document'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import type { KeyWrapping } from '@holdfast/core/security/key-wrapping'
import { HoldfastError, isDamage, isHoldfastError, isKeyTrouble } from '@holdfast/core/platform/errors'
import type { Change, Clock, DocumentSnapshot, DocumentStore, Fields, Random } from '@holdfast/core/platform/ports'
import { endOfLog, followsItsPredecessor, readTail, shortfallOf } from '@holdfast/core/journal/journal-reader'
import type { JournalStore } from '@holdfast/core/journal/journal-store'
import { openRecord } from '@holdfast/core/journal/record-codec'
import { loadSessionCipher } from '@holdfast/core/security/session-keys'
import {
  isHalted,
  quarantineTexts,
  reasonOfDamage,
  waitsForOperator,
  type SessionState,
} from '@holdfast/core/session/session-states'
import { atClaim, type CrashPolicy, DEFAULT_CRASH_POLICY, mustQuarantine } from './quarantine/crash-record.ts'
import { projectEvents } from './events/projector.ts'
import type { JournalHead } from './journal/group.ts'
import { stateFields } from '@holdfast/core/session/state-fields'
import { stateAfterClaim } from './session-lifecycle.ts'

export interface Claim {
  readonly sessionId: string
  readonly session: SessionDocument
  /** The claim's own record. The journal continues after it. */
  readonly head: JournalHead
  /** The record of owners that died while they held the session. */
  readonly crashes: CrashRecord
  /** Whether the last owner handed the session over in order. It died otherwise. */
  readonly wasReleased: boolean
}

export interface ClaimOptions {
  readonly documents: DocumentStore
  readonly journals: JournalStore
  readonly clock: Clock
  readonly random: Random
  readonly sessionId: string
  readonly runnerId: string
  readonly wrappingKey: KeyWrapping
  readonly crashPolicy?: CrashPolicy
  /** Decides from the session's document, as read for the claim, whether the runner may claim the session. */
  readonly mayClaim: (session: SessionDocument) => boolean
  /**
   * Whether to claim a session although the end of its log is lost or damaged. The claim then follows the highest number that the
   * log is known to have used. Only for a restore that gives up the missing part.
   */
  readonly acceptsDamage?: (damage: HoldfastError, session: SessionDocument) => Promise<boolean>
}

/**
 * Takes a session over. One commit creates the next journal record and updates the session's document, unless the document has
 * changed since `mayClaim` saw it. The record is the fence: the old owner's next append fails on it. Returns null when the
 * session does not exist or was purged, `mayClaim` refuses it, or another runner was faster. Rethrows an error of the store: the session then
 * has no new owner and can be claimed again.
 *
 * @throws HoldfastError `journal-short` or `journal-missing` when the log is shorter than the session's document says, and other
 * damage when its last record cannot be read. A claim after such a record would break the chain for good. `wrapping-key-unavailable` when
 * the data key cannot be unwrapped now, `data-key-destroyed` when a purge destroyed it and the session's document does not say so.
 */
export async function claimSession(options: ClaimOptions): Promise<Claim | null> {
  const { documents, sessionId, runnerId } = options
  const snapshot = await documents.read(sessionPath(sessionId))
  if (!snapshot) return null
  const session = parseStored(sessionDocumentSchema, snapshot.fields, snapshot.path)
  if (isPurged(session) || !options.mayClaim(session)) return null
  const end = await endOf(options, session, await cipherIfAny(options))
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
  const crashes = atClaim({
    session,
    claimant: runnerId,
    endedInOrder: end.isRelease,
    nowMs: options.clock.now(),
    pausesMs: (options.crashPolicy ?? DEFAULT_CRASH_POLICY).pausesMs,
  })
  if (!(await commitClaim(options, snapshot, record, crashes))) return null
  const { isRelease: wasReleased } = end
  return {
    sessionId,
    session,
    crashes,
    wasReleased,
    head: { sequence: record.seq, epoch: record.epoch, hash: hashOfRecord(record) },
  }
}

/** The end of a log. A claim follows it. */
interface End {
  readonly seq: number
  readonly epoch: number
  readonly hash: string
  /** Whether the last owner handed the session over in order. */
  readonly isRelease: boolean
}

async function endOf(options: ClaimOptions, session: SessionDocument, cipher: SessionCipher | null): Promise<End> {
  try {
    return await intactEnd(options, session, cipher)
  } catch (error) {
    if (isDamage(error) && (await options.acceptsDamage?.(error, session))) return anyEnd(options, session)
    throw error
  }
}

async function intactEnd(options: ClaimOptions, session: SessionDocument, cipher: SessionCipher | null): Promise<End> {
  const { journals, sessionId } = options
  const tail = await readTail(journals, sessionId, session.journalHead)
  if ((tail?.seq ?? 0) < session.journalHead) {
    throw await shortfallOf(journals, sessionId, { reached: session.journalHead, place: session.journalPlace })
  }
  if (tail && cipher) await requireIntact(journals, session, { tail, cipher: await opening(options, cipher, tail) })
  return endAfter(tail)
}

/** An owner that is alive may have begun with a data key that was added since the keys were read. */
const opening = async (options: ClaimOptions, cipher: SessionCipher, { keyVersion }: JournalRecord): Promise<SessionCipher> =>
  keyVersion === 0 || cipher.has(keyVersion) ? cipher : ((await cipherIfAny(options)) ?? cipher)

/**
 * A claim contains the hash of the record before it. After a damaged record it would make the damage a part of the chain, so that bringing
 * the record back would not mend it. The seal shows damage; of a record without one, the chain does.
 */
async function requireIntact(
  journals: JournalStore,
  { checkpoint }: SessionDocument,
  { tail, cipher }: { readonly tail: JournalRecord; readonly cipher: SessionCipher },
): Promise<void> {
  if (openRecord(tail, cipher).length > 0) return
  // The checkpoint stands for the record before it, whatever became of that.
  const isAfterCheckpoint = tail.seq - 1 <= (checkpoint?.seq ?? 0)
  if (isAfterCheckpoint || (await followsItsPredecessor(journals, cipher, tail))) return
  throw new HoldfastError('journal-damaged', `Record ${tail.seq} of ${cipher.sessionId} does not follow the one before it.`)
}

/**
 * Returns null when the data key is missing or unusable. The record is then not checked, and the new owner reports the key.
 *
 * @throws HoldfastError `wrapping-key-unavailable`: a runner that cannot open a session now takes none from another one that may
 */
async function cipherIfAny({ documents, sessionId, wrappingKey }: ClaimOptions): Promise<SessionCipher | null> {
  try {
    return await loadSessionCipher(documents, sessionId, wrappingKey)
  } catch (error) {
    const isDestroyed = isHoldfastError(error, 'data-key-destroyed')
    if (!isDestroyed && (isKeyTrouble(error) || isDamage(error))) return null
    throw error
  }
}

/**
 * Returns the end of a damaged log: no number that is known to be used is used again. A new chain starts if
 * the last record cannot be read.
 */
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

/**
 * Writes into the document of a session why no runner can claim it. Changes nothing else. A session that waits for an operator
 * for another reason keeps that one, so that a repair of the damage does not end its wait.
 */
export async function reportDamage(documents: DocumentStore, sessionId: string, damage: HoldfastError): Promise<void> {
  const snapshot = await documents.read(sessionPath(sessionId))
  if (!snapshot) return
  const shown = { state: snapshot.fields['state'] as SessionState, reason: String(snapshot.fields['reason']) }
  const reason = reasonOfDamage(damage.code)
  if (shown.reason === reason || waitsForOperator(shown)) return
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
    movesTo: null,
    crashes,
    // An owner that died connected left none: the outage begins now.
    downSince: session.fields['downSince'] ?? new Date(clock.now()),
    ...stateAtClaim(session.fields['state'] as SessionState, crashes),
  }
  // A merge, unlike the ownership: a directory store makes updates before the record and merges after it, and `journalHead` must
  // never name a record that does not exist.
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
    // The claim failed, or it succeeded and its answer was lost: the record shows which.
    const found = await retry(() => journals.read(session.id, record.seq), again)
    if (found) return found.fields['nonce'] === record.nonce
    const now = await retry(() => documents.read(session.path), again)
    // The ownership has not changed: no other runner was faster, the store refused the claim.
    if (now && OWNERSHIP.every((field) => now.fields[field] === session.fields[field])) throw error
    return false
  }
}

/** A claim needs no data key. */
function noKey(): never {
  throw new Error('A claim seals nothing.')
}

const OWNERSHIP = ['runnerId', 'epoch'] as const

/** Returns the state fields of a claim. A halted session keeps its state under every owner. */
function stateAtClaim(state: SessionState, crashes: CrashRecord): Fields {
  const nextTrialAt = crashes.nextTrialAt ?? null
  const trial = { nextAttemptAt: nextTrialAt, ...quarantineTexts(nextTrialAt) }
  if (isHalted(state)) return state === 'QUARANTINED' ? trial : {}
  const next = stateAfterClaim(state, mustQuarantine(crashes))
  if (next !== 'QUARANTINED') return stateFields(next, 'claimed')
  return { ...stateFields(next, 'crashes-its-runner'), ...trial }
}

/**
 * Repeats the reads after a failed claim: five reads, with 6 s of pauses in all. The store may be away for a moment, and a claim
 * whose success stays unknown leaves the session without an owner.
 */
const READ_AGAIN = {
  timer: 'claim',
  pauseMs: (failures: number) => doubledMs({ firstMs: 400, limitMs: 3200 }, failures),
  mayRetry: (failures: number) => failures < 5,
} as const
