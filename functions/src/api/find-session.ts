import { type SessionDocument, sessionDocumentSchema, sessionPath } from '@holdfast/core/documents/session-document'
import { parseStored, parseUnlessDamaged } from '@holdfast/core/documents/parse'
import type { SessionCipher, WrappingKey } from '@holdfast/core/envelope'
import { HoldfastError } from '@holdfast/core/errors'
import { DEFAULT_TENANT, SESSION_NAME, sessionIdOf } from '@holdfast/core/ids'
import { ofSession } from '@holdfast/core/logging'
import type { DocumentSnapshot, DocumentStore } from '@holdfast/core/ports'
import { loadSessionCipher } from '@holdfast/core/session-keys'
import type { HTTPException } from 'hono/http-exception'
import { problem } from './problems.ts'
import { concerns } from './request-context.ts'

export const unknownSession = (name: string): HTTPException =>
  problem('unknown-session', `There is no session "${name.slice(0, 64)}". Create it with POST /api/sessions.`)

/** The document of the session that a caller named. A name that no session can have is as unknown as any other. */
export async function findSession(documents: DocumentStore, name: string): Promise<{ id: string; snapshot: DocumentSnapshot }> {
  if (!SESSION_NAME.test(name)) throw unknownSession(name)
  const id = sessionIdOf(DEFAULT_TENANT, name)
  const snapshot = await documents.read(sessionPath(id))
  if (!snapshot) throw unknownSession(name)
  concerns(ofSession(id))
  return { id, snapshot }
}

export const parseSession = (snapshot: DocumentSnapshot): SessionDocument =>
  parseStored(sessionDocumentSchema, snapshot.fields, snapshot.path)

/** The damage itself, where the document is not what it should be. */
export const parseSessionUnlessDamaged = (snapshot: DocumentSnapshot): SessionDocument | HoldfastError =>
  parseUnlessDamaged(sessionDocumentSchema, snapshot)

/** A session is created together with its key, so a missing key is damage and never a reason to make another. */
export async function cipherOf(documents: DocumentStore, sessionId: string, wrappingKey: WrappingKey): Promise<SessionCipher> {
  const cipher = await loadSessionCipher(documents, sessionId, wrappingKey)
  if (cipher) return cipher
  throw new HoldfastError('data-key-missing', `Session ${sessionId} has no data key.`, {
    advice: 'Its key document was removed. Restore session_keys from a backup of Firestore.',
  })
}
