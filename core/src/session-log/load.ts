import { hashOfRecord } from '../documents/journal-record.ts'
import type { CheckpointPointer, SessionDocument } from '../documents/session-document.ts'
import type { SessionCipher } from '../envelope.ts'
import { HoldfastError, isDamage } from '../errors.ts'
import { checkpointFolder, placeOfCheckpoint } from '../ids.ts'
import type { ObjectStore } from '../ports.ts'
import { readCheckpoint, readUnpointed, type Checkpoint } from './checkpoint.ts'
import { FROM_THE_BEGINNING, readGroups } from './journal-reader.ts'
import type { ReadableJournals } from './journal-store.ts'
import { openGroup } from './record-codec.ts'
import { StateImage } from './state-image.ts'

/** What the session's document says of where its state lies. */
export type StatePointers = Pick<SessionDocument, 'checkpoint' | 'previousCheckpoint' | 'journalOrigin' | 'trimmedTo'>

export interface LoadOptions {
  readonly journals: ReadableJournals
  readonly objects: ObjectStore
  readonly cipher: SessionCipher
  readonly pointers: StatePointers
  /** The log is known to reach as far as this record. Those beyond are not looked at. */
  readonly end: number
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
  readonly damaged: readonly HoldfastError[]
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
  const { objects, cipher, pointers } = options
  const damaged: HoldfastError[] = []
  for (const pointer of [pointers.checkpoint, pointers.previousCheckpoint]) {
    if (!pointer) continue
    const checkpoint = await unlessDamaged(damaged, () => readCheckpoint(objects, cipher, pointer))
    if (checkpoint) return replay(options, checkpoint, pointer, damaged)
  }
  const fromOrigin = await replay(options, originOf(pointers), null, damaged)
  if (!fromOrigin.trouble) return fromOrigin
  const unpointed = await newestUnpointed(options, damaged)
  const older = unpointed ? await replay(options, unpointed.checkpoint, unpointed.pointer, damaged) : fromOrigin
  return withCause(older.reached.sequence > fromOrigin.reached.sequence ? older : fromOrigin, pointers, damaged)
}

/** A state without credentials would be a new identity: that is never what a restore makes. */
export const isRestorable = ({ image }: Loaded): boolean => image.creds !== null

const originOf = ({ journalOrigin }: StatePointers): Checkpoint => ({
  image: new StateImage(),
  from: journalOrigin ? { sequence: journalOrigin.seq, hash: journalOrigin.hash } : FROM_THE_BEGINNING,
  epoch: 0,
})

/** Null when the work found damage, which is put on the list. */
async function unlessDamaged<T>(damaged: HoldfastError[], work: () => Promise<T>): Promise<T | null> {
  try {
    return await work()
  } catch (error) {
    if (!isDamage(error)) throw error
    damaged.push(error)
    return null
  }
}

async function replay(
  { journals, cipher, end }: LoadOptions,
  { image, from }: Checkpoint,
  startedFrom: CheckpointPointer | null,
  damaged: readonly HoldfastError[],
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
async function newestUnpointed({ objects, cipher, pointers, end }: LoadOptions, damaged: HoldfastError[]) {
  const tried = new Set([pointers.checkpoint?.object, pointers.previousCheckpoint?.object])
  const names = await objects.list(checkpointFolder(cipher.sessionId))
  for (const name of names.toReversed()) {
    const place = placeOfCheckpoint(name)
    if (!place || tried.has(name) || place.seq > end) continue
    const found = await unlessDamaged(damaged, () => readUnpointed(objects, cipher, name))
    if (found) return found
  }
  return null
}

/** The journal was trimmed for the sake of checkpoints that are gone: that it begins with a gap is not what went wrong. */
function withCause(loaded: Loaded, { trimmedTo, previousCheckpoint }: StatePointers, damaged: readonly HoldfastError[]): Loaded {
  if (!loaded.trouble) return loaded
  const isUnknownVersion = damaged.find(({ code }) => code === 'unknown-version')
  if (isUnknownVersion) return { ...loaded, trouble: isUnknownVersion }
  // What the older checkpoint covers may be gone although it is not written down yet that it was trimmed.
  const mayBeTrimmedTo = Math.max(trimmedTo, previousCheckpoint?.seq ?? 0)
  if (damaged.length === 0 || loaded.reached.sequence >= mayBeTrimmedTo) return loaded
  const message = 'No checkpoint of the session opens, and its journal does not reach back to the beginning.'
  return { ...loaded, trouble: new HoldfastError('checkpoint-lost', message, { cause: damaged[0] }) }
}
