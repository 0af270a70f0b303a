import { type SessionDocument, sessionDocumentSchema, sessionPath } from '@holdfast/core/session/session-document'
import { parseStored, parseUnlessDamaged } from '@holdfast/core/platform/parse'
import type { SessionCipher, WrappingKey } from '@holdfast/core/security/envelope'
import { HoldfastError } from '@holdfast/core/platform/errors'
import { DEFAULT_TENANT, SESSION_NAME, sessionIdOf } from '@holdfast/core/session/ids'
import { ofSession } from '@holdfast/core/platform/logging'
import type { DocumentSnapshot, DocumentStore } from '@holdfast/core/platform/ports'
import { loadSessionCipher } from '@holdfast/core/security/session-keys'
import type { HTTPException } from 'hono/http-exception'
import { problem } from '../app/problems.ts'
import { concerns } from '../app/request-context.ts'

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
