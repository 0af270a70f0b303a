import type { SessionDocument } from '../session/session-document.ts'
import { isDamage, isKeyTrouble, type HoldfastError } from '../platform/errors.ts'
import type { SessionCipher } from '../security/envelope.ts'
import type { ObjectStore } from '../platform/ports.ts'
import { endOfLog, shortfallOf } from './journal-reader.ts'
import type { ReadableJournals } from './journal-store.ts'
import { isRestorable, loadState, type Loaded } from './load.ts'

/** What is stored of a session, found out by reading all of it back. */
export type Assessment =
  /** Nothing was ever linked: there is nothing to lose. */
  | { readonly status: 'missing' }
  | { readonly status: 'valid'; readonly loaded: Loaded; readonly end: number }
  /** `loaded` is null when there is no key to read anything with. */
  | { readonly status: 'corrupt'; readonly error: HoldfastError; readonly loaded: Loaded | null; readonly end: number }

/**
 * Reads a session's state back as its next owner would, and says what of it there is. Changes nothing, and may be done while an
 * owner is at work.
 *
 * @throws whatever the stores throw when they do not answer: that is neither damage nor absence.
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
  const loaded = await loadState({ journals, objects, cipher, pointers: session, end })
  // Nobody claims a log that ends too early, even where a checkpoint covers what is missing.
  const isShort =
    found < end ? await shortfallOf(journals, sessionId, found, { reached: end, place: session.journalPlace }) : null
  const error = loaded.trouble ?? isShort
  if (error) return { status: 'corrupt', error, loaded, end }
  return isRestorable(loaded) ? { status: 'valid', loaded, end } : { status: 'missing' }
}
