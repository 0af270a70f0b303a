import { wrappedKeysIn } from '@holdfast/core/journal/checkpoint'
import { isDamage, isHoldfastError } from '@holdfast/core/platform/errors'
import { parseStored } from '@holdfast/core/platform/parse'
import type { Change, ObjectStore } from '@holdfast/core/platform/ports'
import { type SessionCipher, unwrapSessionKeys } from '@holdfast/core/security/envelope'
import {
  newestVersion,
  type SessionKeyDocument,
  sessionKeyDocumentSchema,
  sessionKeyPath,
} from '@holdfast/core/security/session-key-document'
import { checkpointFolder, placeOfCheckpoint } from '@holdfast/core/session/ids'
import { sessionPath } from '@holdfast/core/session/session-document'
import type { MovingStores } from './new-owner.ts'
import { refused } from './refused.ts'

/**
 * Refuses a session whose bucket has checkpoints that carry a later data key and not the one of Firestore: it was purged, and the session
 * that was created under its name since is newer than the backup of Firestore. Only a person knows which of the two is wanted.
 */
export async function requireNoSuccessor({ documents, objects }: MovingStores, sessionId: string): Promise<void> {
  const keyPath = sessionKeyPath(sessionId)
  const stored = await documents.read(keyPath)
  if (!stored) return
  const { current } = parseStored(sessionKeyDocumentSchema, stored.fields, keyPath)
  for (const name of (await objects.list(checkpointFolder(sessionId))).toReversed()) {
    const carried = placeOfCheckpoint(name) && (await keysIn(objects, name))
    if (!carried) continue
    // A session that only went on with further data keys keeps the earlier ones.
    if (carried.current <= current || carried.keys[current]) return
    throw refused(
      `The bucket has checkpoints of a session that was created under the name of ${sessionId} after a purge, and this Firestore is older. ` +
        `If that session is to come back, delete ${sessionPath(sessionId)} and ${keyPath}, and run this again. If not, leave it as it is.`,
    )
  }
}

/** The data keys of a session that is rebuilt: those of Firestore, and those that its checkpoints carry. */
export class FoundKeys {
  readonly #stores: Pick<MovingStores, 'objects' | 'wrappingKey'>
  readonly #sessionId: string
  readonly #stored: SessionKeyDocument | null
  #all: SessionKeyDocument | null
  /** Null while nothing has a key. */
  cipher: SessionCipher | null

  /** @param known what Firestore has; null: nothing */
  constructor(stores: Pick<MovingStores, 'objects' | 'wrappingKey'>, sessionId: string, known: SessionCipher | null) {
    this.#stores = stores
    this.#sessionId = sessionId
    this.#stored = known?.wrapped ?? null
    this.#all = this.#stored
    this.cipher = known
  }

  /**
   * Adds the keys in the header of a checkpoint. They are genuine when they open: each is bound to its session and version. A checkpoint
   * whose own contents are damaged may be the only one that has the newest key.
   *
   * @throws HoldfastError `wrong-key` and others of `unwrap`
   */
  async addThoseOf(name: string): Promise<void> {
    const joined = joinedKeys(this.#all, await keysIn(this.#stores.objects, name))
    if (!joined) return
    try {
      this.cipher = await unwrapSessionKeys(this.#sessionId, joined, this.#stores.wrappingKey)
      this.#all = joined
    } catch (error) {
      // The header is damaged. An older checkpoint may have the keys whole.
      if (!isHoldfastError(error, 'data-key-damaged')) throw error
    }
  }

  /** What the key document of Firestore lacks. */
  toStore(): readonly Change[] {
    const path = sessionKeyPath(this.#sessionId)
    if (!this.#all || this.#all === this.#stored) return []
    if (!this.#stored) return [{ kind: 'create', path, fields: { ...this.#all } }]
    const { current, keys } = this.#all
    return [{ kind: 'update', path, fields: { current, keys } }]
  }
}

/** The keys of both; null when the carried ones add nothing. */
function joinedKeys(known: SessionKeyDocument | null, carried: SessionKeyDocument | null): SessionKeyDocument | null {
  if (!known || !carried) return carried
  const isFurther = newestVersion(carried) > newestVersion(known) && carried.keys[known.current]
  if (!isFurther) return null
  return { ...known, current: Math.max(known.current, carried.current), keys: { ...carried.keys, ...known.keys } }
}

async function keysIn(objects: ObjectStore, name: string): Promise<SessionKeyDocument | null> {
  try {
    const found = await objects.read(name)
    return found && wrappedKeysIn(found.bytes, name)
  } catch (error) {
    if (!isDamage(error)) throw error
    return null
  }
}
