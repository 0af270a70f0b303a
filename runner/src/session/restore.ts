import type { CheckpointPointer, SessionDocument } from '@holdfast/core/documents/session-document'
import type { SessionCipher } from '@holdfast/core/envelope'
import { HoldfastError, isHoldfastError } from '@holdfast/core/errors'
import type { DocumentStore, ObjectStore } from '@holdfast/core/ports'
import { readCheckpoint, type Checkpoint } from './checkpoint.ts'
import type { Claim } from './claim.ts'
import { FROM_THE_BEGINNING, readGroups } from './journal-reader.ts'
import { openGroup } from './record-codec.ts'
import { StateImage } from './state-image.ts'

export interface Restored {
  readonly image: StateImage
  /** Records that were replayed. */
  readonly replayed: number
  /** The checkpoints that could not be used, newest first: their loss cost nothing, but somebody should know. */
  readonly damaged: readonly HoldfastError[]
  /** The checkpoint that was started from; null when the whole journal was replayed. */
  readonly startedFrom: CheckpointPointer | null
}

/**
 * The state of a claimed session: the newest checkpoint that opens, and every record after it up to the claim. An older checkpoint
 * serves as well, since records are only trimmed once the older of two covers them.
 *
 * @throws HoldfastError when no checkpoint and journal reach the claim together. Nothing was changed.
 */
export async function restoreState(options: {
  documents: DocumentStore
  objects: ObjectStore
  cipher: SessionCipher
  claim: Claim
}): Promise<Restored> {
  const { documents, claim, cipher } = options
  const { checkpoint, damaged, startedFrom } = await newestUsable(options.objects, cipher, claim.session)
  const { image, from } = checkpoint
  let reached = from.sequence
  let replayed = 0
  for await (const group of readGroups(documents, claim.sessionId, from)) {
    const last = group.at(-1)
    if (!last || last.seq > claim.head.sequence) break
    for (const mutation of openGroup(group, cipher)) image.apply(mutation)
    reached = last.seq
    replayed += group.length
  }
  if (reached !== claim.head.sequence) {
    throw new HoldfastError(
      'journal-corrupt',
      `The journal of ${claim.sessionId} can be replayed to ${reached}, not to ${claim.head.sequence}.`,
      {
        cause: damaged[0],
      },
    )
  }
  return { image, replayed, damaged, startedFrom }
}

async function newestUsable(objects: ObjectStore, cipher: SessionCipher, session: SessionDocument) {
  const damaged: HoldfastError[] = []
  for (const pointer of [session.checkpoint, session.previousCheckpoint]) {
    if (!pointer) continue
    try {
      return { checkpoint: await readCheckpoint(objects, cipher, pointer), damaged, startedFrom: pointer }
    } catch (error) {
      // A store that does not answer is no damage: it is tried again later.
      if (!isHoldfastError(error, 'checkpoint-corrupt')) throw error
      damaged.push(error)
    }
  }
  const checkpoint: Checkpoint = { image: new StateImage(), from: FROM_THE_BEGINNING }
  return { checkpoint, damaged, startedFrom: null }
}
