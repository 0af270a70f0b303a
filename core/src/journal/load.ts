import { hashOfRecord } from './journal-record.ts'
import type { CheckpointPointer, SessionDocument } from '../session/session-document.ts'
import type { SessionCipher } from '../security/envelope.ts'
import { HoldfastError, isDamage } from '../platform/errors.ts'
import { checkpointFolder, placeOfCheckpoint } from '../session/ids.ts'
import type { ObjectStore } from '../platform/ports.ts'
import { readCheckpoint, readUnpointed, type Checkpoint } from './checkpoint.ts'
import { FROM_THE_BEGINNING, emptyJournal, readGroups, type ReadFrom } from './journal-reader.ts'
import type { ReadableJournals } from './journal-store.ts'
import { openGroup } from './record-codec.ts'
import { StateImage } from './state-image.ts'

/** The fields of the session's document that lead to its state. */
export type StatePointers = Pick<SessionDocument, 'checkpoint' | 'previousCheckpoint' | 'trimmedTo'> &
  Partial<Pick<SessionDocument, 'journalPlace'>>

export interface LoadOptions {
  readonly journals: ReadableJournals
  readonly objects: ObjectStore
  readonly cipher: SessionCipher
  readonly pointers: StatePointers
  /** The last record that the log is known to have. The loader ignores later ones. */
  readonly end: number
}

/** A checkpoint that does not open. */
export interface DamagedCheckpoint {
  readonly object: string
  /** Null when no document pointed to it. */
  readonly pointer: CheckpointPointer | null
  readonly code: HoldfastError['code']
  readonly error: HoldfastError
}

/** A state, as far as it could be read. */
export interface Loaded {
  readonly image: StateImage
  /** The last record that the image contains. */
  readonly reached: { readonly sequence: number; readonly hash: string; readonly at: Date | null }
  /** Number of replayed records. */
  readonly replayed: number
  /** The checkpoint at the start of the replay; null when the whole journal was replayed. */
  readonly startedFrom: CheckpointPointer | null
  /** Checkpoints that do not open, newest first. Their loss costs nothing while an older one and the journal reach the end. */
  readonly damaged: readonly DamagedCheckpoint[]
  /** The reason why no record after `reached` could be applied; null when `reached` is the end. */
  readonly trouble: HoldfastError | null
}

/**
 * Loads the state of a session: the newest checkpoint that opens, and every record after it. An older checkpoint serves as well,
 * because records are trimmed only once the older of two covers them; so does a checkpoint without a pointer. The result reports
 * damage, and nothing throws for it or changes.
 *
 * @throws the stores' errors when they do not answer. That is no damage.
 */
export async function loadState(options: LoadOptions): Promise<Loaded> {
  const damaged: DamagedCheckpoint[] = []
  const loaded = await loadNewest(options, damaged)
  return loaded.trouble ? { ...loaded, trouble: await causeOf(loaded.trouble, loaded, options) } : loaded
}

/**
 * Where a checkpoint that the document names opens, no other one is tried, even when the journal after it is broken and a newer object would
 * reach the end. That object may be of a restore that was cut short: it follows the log as every other one, and would lose without asking.
 * An operator can return to it.
 */
async function loadNewest(options: LoadOptions, damaged: DamagedCheckpoint[]): Promise<Loaded> {
  const { objects, cipher, pointers } = options
  for (const pointer of [pointers.checkpoint, pointers.previousCheckpoint]) {
    if (!pointer) continue
    const place = { object: pointer.object, pointer }
    const checkpoint = await unlessDamaged(damaged, place, () => readCheckpoint(objects, cipher, pointer))
    if (checkpoint) return replay(options, checkpoint, pointer, damaged)
  }
  const fromNothing = { image: new StateImage(), from: beginningOf(cipher) }
  const whole = await replay(options, fromNothing, null, damaged)
  if (!whole.trouble) return mayBeNew(whole, pointers) ? unlessIdentityIsKept(whole, options, damaged) : whole
  const unpointed = await newestUnpointed(options, damaged, options.end)
  const older = unpointed ? await replay(options, unpointed.checkpoint, unpointed.pointer, damaged) : whole
  return older.reached.sequence > whole.reached.sequence ? older : whole
}

/** The start of a log without a checkpoint: its first record, or the tombstone that the last purge left. */
function beginningOf({ wrapped }: SessionCipher): ReadFrom {
  const tombstone = wrapped?.destroyed?.tombstone
  return tombstone ? { sequence: tombstone.seq, hash: tombstone.hash } : FROM_THE_BEGINNING
}

/** Whether a restore may use the state. A state without credentials would be a new identity, which no restore makes. */
export const isRestorable = ({ image }: Loaded): boolean => image.creds !== null

/** Whether neither the records nor the session's document know of a linked device. */
const mayBeNew = ({ image }: Loaded, { checkpoint, previousCheckpoint }: StatePointers): boolean =>
  image.creds === null && !checkpoint && !previousCheckpoint

/**
 * Looks for kept credentials before a session counts as new. An operator may have made its document again by hand, and a checkpoint
 * may still hold the credentials.
 */
async function unlessIdentityIsKept(loaded: Loaded, options: LoadOptions, damaged: DamagedCheckpoint[]): Promise<Loaded> {
  const { cipher, journals, objects } = options
  const kept = await newestUnpointed(options, damaged, Number.POSITIVE_INFINITY)
  if (damaged.length === 0 && (kept === null || kept.checkpoint.image.creds === null)) return loaded
  return { ...loaded, trouble: lostBehindCheckpoints(cipher.sessionId, journals, objects) }
}

/** The error of a session that has checkpoints but neither a journal nor a pointer that leads to them. */
export const lostBehindCheckpoints = (sessionId: string, journals: ReadableJournals, objects: ObjectStore): HoldfastError => {
  const [journal, checkpoints] = [journals.placeOf(sessionId), objects.placeOf(checkpointFolder(sessionId))]
  const message = `The journal of ${sessionId} at ${journal} holds no credentials, although there are checkpoints at ${checkpoints}.`
  return new HoldfastError('journal-missing', message, {
    advice:
      'Bring journal and document back; or stop the session, delete its document and POST /api/sessions/{name}/restore. ' +
      'If the checkpoints belong to another session, move them away.',
  })
}

/** Runs the work. Null when it found damage, which joins the list. */
async function unlessDamaged<T>(
  damaged: DamagedCheckpoint[],
  place: Pick<DamagedCheckpoint, 'object' | 'pointer'>,
  work: () => Promise<T>,
): Promise<T | null> {
  try {
    return await work()
  } catch (error) {
    if (!isDamage(error)) throw error
    damaged.push({ ...place, code: error.code, error })
    return null
  }
}

async function replay(
  { journals, cipher, end }: LoadOptions,
  { image, from }: Pick<Checkpoint, 'image' | 'from'>,
  startedFrom: CheckpointPointer | null,
  damaged: readonly DamagedCheckpoint[],
): Promise<Loaded> {
  let reached: Loaded['reached'] = { ...from, at: null }
  let replayed = 0
  let trouble: HoldfastError | null = null
  try {
    for await (const { records, last, at } of readGroups(journals, cipher.sessionId, from)) {
      if (last.seq > end) break
      const mutations = openGroup(records, cipher)
      for (const mutation of mutations) image.apply(mutation)
      reached = { sequence: last.seq, hash: hashOfRecord(last), at }
      replayed += records.length
    }
  } catch (error) {
    if (!isDamage(error)) throw error
    trouble = error
  }
  if (!trouble && reached.sequence < end) {
    const message = `The journal of ${cipher.sessionId} ends at ${reached.sequence}; it had reached ${end}.`
    trouble = new HoldfastError('journal-short', message)
  }
  return { image, reached, replayed, startedFrom, damaged, trouble }
}

/** The newest of the session's checkpoint objects that opens, with or without a pointer. */
async function newestUnpointed({ objects, cipher, pointers }: LoadOptions, damaged: DamagedCheckpoint[], upTo: number) {
  const tried = new Set([pointers.checkpoint?.object, pointers.previousCheckpoint?.object])
  const names = await objects.list(checkpointFolder(cipher.sessionId))
  for (const name of names.toReversed()) {
    const place = placeOfCheckpoint(name)
    if (!place || tried.has(name) || place.seq > upTo || place.seq <= beginningOf(cipher).sequence) continue
    const found = await unlessDamaged(damaged, { object: name, pointer: null }, () => readUnpointed(objects, cipher, name))
    if (found) return found
  }
  return null
}

/** The cause of the damage, judged by everything that was found and not only by the place where reading ended. */
async function causeOf(trouble: HoldfastError, loaded: Loaded, options: LoadOptions): Promise<HoldfastError> {
  const { journals, cipher, end } = options
  const { trimmedTo, previousCheckpoint, journalPlace = null } = options.pointers
  const missing = await emptyJournal(journals, cipher.sessionId, { reached: end, place: journalPlace })
  if (missing) return missing
  const { damaged, reached } = loaded
  // A checkpoint of a later version is not lost, and it may bridge the damage.
  const ofLaterVersion = damaged.find(({ code }) => code === 'unknown-version')
  if (ofLaterVersion) return ofLaterVersion.error
  // The journal was trimmed because of checkpoints that are gone, so the gap at its beginning is not the cause. Records that the
  // older checkpoint covers may be gone although `trimmedTo` does not say so yet.
  const mayBeTrimmedTo = Math.max(trimmedTo, previousCheckpoint?.seq ?? 0)
  if (damaged.length === 0 || reached.sequence >= mayBeTrimmedTo) return trouble
  const message = 'No checkpoint of the session opens, and its journal does not reach back to the beginning.'
  return new HoldfastError('checkpoint-lost', message, { cause: damaged[0]?.error })
}
