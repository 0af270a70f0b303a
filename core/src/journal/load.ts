import { hashOfRecord } from './journal-record.ts'
import type { CheckpointPointer, SessionDocument } from '../session/session-document.ts'
import type { SessionCipher } from '../security/envelope.ts'
import { HoldfastError, isDamage } from '../platform/errors.ts'
import { checkpointFolder, placeOfCheckpoint } from '../session/ids.ts'
import type { ObjectStore } from '../platform/ports.ts'
import { readCheckpoint, readUnpointed, type Checkpoint } from './checkpoint.ts'
import { FROM_THE_BEGINNING, emptyJournal, readGroups } from './journal-reader.ts'
import type { ReadableJournals } from './journal-store.ts'
import { openGroup } from './record-codec.ts'
import { StateImage } from './state-image.ts'

/** What the session's document says of where its state lies. */
export type StatePointers = Pick<SessionDocument, 'checkpoint' | 'previousCheckpoint' | 'trimmedTo'> &
  Partial<Pick<SessionDocument, 'journalPlace'>>

export interface LoadOptions {
  readonly journals: ReadableJournals
  readonly objects: ObjectStore
  readonly cipher: SessionCipher
  readonly pointers: StatePointers
  /** The log is known to reach as far as this record. Those beyond are not looked at. */
  readonly end: number
}

/** A checkpoint that could not be used. */
export interface DamagedCheckpoint {
  readonly object: string
  /** Null for one that nothing pointed to. */
  readonly pointer: CheckpointPointer | null
  readonly code: HoldfastError['code']
  readonly error: HoldfastError
}

/** A state as far as it can be had. */
export interface Loaded {
  readonly image: StateImage
  /** The last record that is in it. */
  readonly reached: { readonly sequence: number; readonly hash: string; readonly at: Date | null }
  /** Records that were replayed. */
  readonly replayed: number
  /** The checkpoint that was started from; null when the whole journal was replayed. */
  readonly startedFrom: CheckpointPointer | null
  /** The checkpoints that could not be used, newest first: while the rest reaches, their loss costs nothing. */
  readonly damaged: readonly DamagedCheckpoint[]
  /** Why nothing after `reached` could be applied; null when that is the end. */
  readonly trouble: HoldfastError | null
}

/**
 * The state of a session: the newest checkpoint that opens, and every record after it. An older checkpoint serves as well, since
 * records are only trimmed once the older of two covers them, and so does one that nothing points to any more. Damage is no
 * exception here but what the result says; nothing is changed.
 *
 * @throws whatever the stores throw when they do not answer: that is no damage.
 */
export async function loadState(options: LoadOptions): Promise<Loaded> {
  const damaged: DamagedCheckpoint[] = []
  const loaded = await loadNewest(options, damaged)
  return loaded.trouble ? { ...loaded, trouble: await causeOf(loaded.trouble, loaded, options) } : loaded
}

async function loadNewest(options: LoadOptions, damaged: DamagedCheckpoint[]): Promise<Loaded> {
  const { objects, cipher, pointers } = options
  for (const pointer of [pointers.checkpoint, pointers.previousCheckpoint]) {
    if (!pointer) continue
    const place = { object: pointer.object, pointer }
    const checkpoint = await unlessDamaged(damaged, place, () => readCheckpoint(objects, cipher, pointer))
    if (checkpoint) return replay(options, checkpoint, pointer, damaged)
  }
  const fromNothing = { image: new StateImage(), from: FROM_THE_BEGINNING, epoch: 0 }
  const whole = await replay(options, fromNothing, null, damaged)
  if (!whole.trouble) return mayBeNew(whole, pointers) ? unlessIdentityIsKept(whole, options, damaged) : whole
  const unpointed = await newestUnpointed(options, damaged, options.end)
  const older = unpointed ? await replay(options, unpointed.checkpoint, unpointed.pointer, damaged) : whole
  return older.reached.sequence > whole.reached.sequence ? older : whole
}

/** A state without credentials would be a new identity: that is never what a restore makes. */
export const isRestorable = ({ image }: Loaded): boolean => image.creds !== null

/** Neither a record nor the session's document knows of anybody that was ever linked. */
const mayBeNew = ({ image }: Loaded, { checkpoint, previousCheckpoint }: StatePointers): boolean =>
  image.creds === null && !checkpoint && !previousCheckpoint

/**
 * A session's document that was made again by hand knows nothing of what was before it. While a checkpoint is there that may hold
 * credentials, its session is no new one.
 */
async function unlessIdentityIsKept(loaded: Loaded, options: LoadOptions, damaged: DamagedCheckpoint[]): Promise<Loaded> {
  const { cipher, journals, objects } = options
  const kept = await newestUnpointed(options, damaged, Number.POSITIVE_INFINITY)
  if (damaged.length === 0 && (kept === null || kept.checkpoint.image.creds === null)) return loaded
  return { ...loaded, trouble: lostBehindCheckpoints(cipher.sessionId, journals, objects) }
}

/** There are checkpoints, and neither a journal that leads to them nor anything that points to them. */
export const lostBehindCheckpoints = (sessionId: string, journals: ReadableJournals, objects: ObjectStore): HoldfastError => {
  const [journal, checkpoints] = [journals.placeOf(sessionId), objects.placeOf(checkpointFolder(sessionId))]
  const message = `The journal of ${sessionId} at ${journal} holds no credentials, although there are checkpoints at ${checkpoints}.`
  return new HoldfastError('journal-missing', message, {
    advice:
      'Bring journal and document back; or stop the session, delete its document and POST /api/sessions/{name}/restore. ' +
      'If the checkpoints are none of this session, move them away.',
  })
}

/** Null when the work found damage, which is put on the list. */
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
  { image, from }: Checkpoint,
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

/** The newest object among the session's checkpoints that opens, whatever the document points to. */
async function newestUnpointed({ objects, cipher, pointers }: LoadOptions, damaged: DamagedCheckpoint[], upTo: number) {
  const tried = new Set([pointers.checkpoint?.object, pointers.previousCheckpoint?.object])
  const names = await objects.list(checkpointFolder(cipher.sessionId))
  for (const name of names.toReversed()) {
    const place = placeOfCheckpoint(name)
    if (!place || tried.has(name) || place.seq > upTo) continue
    const found = await unlessDamaged(damaged, { object: name, pointer: null }, () => readUnpointed(objects, cipher, name))
    if (found) return found
  }
  return null
}

/** What went wrong, told by all that was found and not only by where reading ended. */
async function causeOf(trouble: HoldfastError, loaded: Loaded, options: LoadOptions): Promise<HoldfastError> {
  const { journals, cipher, end } = options
  const { trimmedTo, previousCheckpoint, journalPlace = null } = options.pointers
  const missing = await emptyJournal(journals, cipher.sessionId, { reached: end, place: journalPlace })
  if (missing) return missing
  const { damaged, reached } = loaded
  // What this version cannot read is not lost, and it may be what leads over the damage.
  const ofLaterVersion = damaged.find(({ code }) => code === 'unknown-version')
  if (ofLaterVersion) return ofLaterVersion.error
  // The journal was trimmed for the sake of checkpoints that are gone: that it begins with a gap is not what went wrong. What the
  // older checkpoint covers may be gone although it is not written down yet that it was trimmed.
  const mayBeTrimmedTo = Math.max(trimmedTo, previousCheckpoint?.seq ?? 0)
  if (damaged.length === 0 || reached.sequence >= mayBeTrimmedTo) return trouble
  const message = 'No checkpoint of the session opens, and its journal does not reach back to the beginning.'
  return new HoldfastError('checkpoint-lost', message, { cause: damaged[0]?.error })
}
