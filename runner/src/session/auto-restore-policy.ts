import { sessionKeyPath } from '@holdfast/core/security/session-key-document'
import type { SessionDocument } from '@holdfast/core/session/session-document'
import type { KeyWrapping } from '@holdfast/core/security/key-wrapping'
import { HoldfastError, type ErrorCode } from '@holdfast/core/platform/errors'
import type { DocumentStore, ObjectStore } from '@holdfast/core/platform/ports'
import { loadSessionCipher } from '@holdfast/core/security/session-keys'
import { assessState } from '@holdfast/core/journal/assess'
import type { JournalStore } from '@holdfast/core/journal/journal-store'
import { isRestorable, type Loaded } from '@holdfast/core/journal/load'

/** Damage that means out of reach, not lost: a later version can read the data, or another directory holds it. */
const ONLY_OUT_OF_REACH: ReadonlySet<ErrorCode> = new Set(['unknown-version', 'journal-missing'])

/**
 * Whether `AUTO_RESTORE=always` gives up the unreadable part of a state. It does only if that part is lost and the rest still has
 * the device's credentials.
 */
export const mayRestoreWithLosses = (trouble: HoldfastError, loaded: Loaded | null): boolean =>
  loaded !== null && isRestorable(loaded) && !ONLY_OUT_OF_REACH.has(trouble.code)

/**
 * The same decision before the claim of a session whose log ends in this damage. A claim must not follow a log that is kept:
 * after an operator brings back the lost end, the claim's record would not match it.
 */
export async function mayRestoreUnclaimedWithLosses(
  stores: { documents: DocumentStore; journals: JournalStore; objects: ObjectStore; wrappingKey: KeyWrapping },
  { sessionId, session, damage }: { sessionId: string; session: SessionDocument; damage: HoldfastError },
): Promise<boolean> {
  if (ONLY_OUT_OF_REACH.has(damage.code)) return false
  const { documents, journals, objects, wrappingKey } = stores
  const openCipher = async () => {
    const cipher = await loadSessionCipher(documents, sessionId, wrappingKey)
    if (cipher) return cipher
    throw new HoldfastError('data-key-missing', `There is no ${sessionKeyPath(sessionId)}.`)
  }
  const found = await assessState({ journals, objects, sessionId, session, openCipher })
  return found.status === 'corrupt' && mayRestoreWithLosses(found.error, found.loaded)
}
