import { sessionKeyPath } from '@holdfast/core/security/session-key-document'
import type { SessionDocument } from '@holdfast/core/session/session-document'
import type { WrappingKey } from '@holdfast/core/security/envelope'
import { HoldfastError, type ErrorCode } from '@holdfast/core/platform/errors'
import type { DocumentStore, ObjectStore } from '@holdfast/core/platform/ports'
import { loadSessionCipher } from '@holdfast/core/security/session-keys'
import { assessState } from '@holdfast/core/journal/assess'
import type { JournalStore } from '@holdfast/core/journal/journal-store'
import { isRestorable, type Loaded } from '@holdfast/core/journal/load'

/** What cannot be read from here is not lost: a later version reads it, the right directory has it. */
const ONLY_OUT_OF_REACH: ReadonlySet<ErrorCode> = new Set(['unknown-version', 'journal-missing'])

/** Whether `AUTO_RESTORE=always` goes on without what cannot be read: where it is lost, and what is left is the same device. */
export const mayRestoreWithLosses = (trouble: HoldfastError, loaded: Loaded | null): boolean =>
  loaded !== null && isRestorable(loaded) && !ONLY_OUT_OF_REACH.has(trouble.code)

/**
 * The same of a session that is not claimed yet, whose log ends in this damage. Nothing is written behind a log that is not given
 * up afterwards: who brings its end back would find a record that does not follow it.
 */
export async function mayRestoreUnclaimedWithLosses(
  stores: { documents: DocumentStore; journals: JournalStore; objects: ObjectStore; wrappingKey: WrappingKey },
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
