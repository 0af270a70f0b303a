import type { SessionDocument } from '../session/session-document.ts'
import { isDamage, isKeyTrouble, type HoldfastError } from '../platform/errors.ts'
import type { SessionCipher } from '../security/envelope.ts'
import type { ObjectStore } from '../platform/ports.ts'
import { endOfLog, shortfallOf } from './journal-reader.ts'
import type { ReadableJournals } from './journal-store.ts'
import { isRestorable, loadState, type Loaded } from './load.ts'

/** The stored state of a session, judged by reading all of it back. */
export type Assessment =
  /** No device was ever linked, so there is nothing to lose. */
  | { readonly status: 'missing' }
  | { readonly status: 'valid'; readonly loaded: Loaded; readonly end: number }
  /** `loaded` is null when there is no key to read anything with. */
  | { readonly status: 'corrupt'; readonly error: HoldfastError; readonly loaded: Loaded | null; readonly end: number }

/**
 * Reads a session's state back as its next owner would, and judges it. Changes nothing; an owner may be at work meanwhile.
 *
 * @throws the stores' errors when they do not answer. That is neither damage nor absence.
 */
export async function assessState(options: {
  journals: ReadableJournals
  objects: ObjectStore
  sessionId: string
  session: SessionDocument
  /** Throws when there is no key that opens. */
  openCipher: () => Promise<SessionCipher>
}): Promise<Assessment> {
  const { journals, objects, sessionId, session } = options
  const found = await endOfLog(journals, sessionId, session.journalHead)
  const end = Math.max(found, session.journalHead)
  if (end === 0 && !session.checkpoint) return { status: 'missing' }
  let cipher: SessionCipher
  try {
    cipher = await options.openCipher()
  } catch (error) {
    if (isKeyTrouble(error) || isDamage(error)) return { status: 'corrupt', error, loaded: null, end }
    throw error
  }
  let loaded: Loaded
  try {
    loaded = await loadState({ journals, objects, cipher, pointers: session, end })
  } catch (error) {
    if (isKeyTrouble(error)) return { status: 'corrupt', error, loaded: null, end }
    throw error
  }
  // No runner claims a log that ends too early, even where a checkpoint covers the missing records.
  const isShort = found < end ? await shortfallOf(journals, sessionId, { reached: end, place: session.journalPlace }) : null
  const error = loaded.trouble ?? isShort
  if (error) return { status: 'corrupt', error, loaded, end }
  return isRestorable(loaded) ? { status: 'valid', loaded, end } : { status: 'missing' }
}
