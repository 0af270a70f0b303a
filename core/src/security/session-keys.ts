import { parseStored } from '../platform/parse.ts'
import { sessionKeyDocumentSchema, sessionKeyPath } from './session-key-document.ts'
import { type SessionCipher, unwrapSessionKeys } from './envelope.ts'
import type { KeyWrapping } from './key-wrapping.ts'
import type { DocumentStore } from '../platform/ports.ts'

/** Loads the cipher of a session. Null when it has no key document. A read error throws and is never absence. */
export async function loadSessionCipher(
  documents: DocumentStore,
  sessionId: string,
  wrappingKey: KeyWrapping,
): Promise<SessionCipher | null> {
  const path = sessionKeyPath(sessionId)
  const snapshot = await documents.read(path)
  if (!snapshot) return null
  return unwrapSessionKeys(sessionId, parseStored(sessionKeyDocumentSchema, snapshot.fields, path), wrappingKey)
}
