import { type SessionDocument, sessionDocumentSchema, sessionPath, SESSIONS } from '@holdfast/core/session/session-document'
import { runnerPath } from '@holdfast/core/operations/runner-document'
import { parseStored, parseUnlessDamaged } from '@holdfast/core/platform/parse'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import type { KeyWrapping } from '@holdfast/core/security/key-wrapping'
import { HoldfastError } from '@holdfast/core/platform/errors'
import { SESSION_NAME, sessionIdOf } from '@holdfast/core/session/ids'
import { ofSession } from '@holdfast/core/session/log-fields'
import type { DocumentSnapshot, DocumentStore, Fields, Query } from '@holdfast/core/platform/ports'
import { loadSessionCipher } from '@holdfast/core/security/session-keys'
import { knowsSession, type Principal } from '../app/principal.ts'
import { concerns } from '../app/request-context.ts'
import { Refusal } from './refusal.ts'

export const unknownSession = (name: string): Refusal =>
  new Refusal('unknown-session', `There is no session "${name.slice(0, 64)}". Create it with POST /api/sessions.`)

/**
 * Returns the id of the session that a caller named. The session need not exist.
 *
 * @throws Refusal `unknown-session` for a name that no session of the caller can have
 */
export function namedSession(principal: Principal, name: string): string {
  const id = sessionIdOf(principal.tenant, name)
  if (!SESSION_NAME.test(name) || !knowsSession(principal, id)) throw unknownSession(name)
  return id
}

/** Returns whether the session is hidden from its callers. */
export const isRemoved = ({ fields }: DocumentSnapshot): boolean => fields['isRemoved'] === true

/** Returns whether a document is of the caller's tenant. Where the field `tenant` is damaged, the id of the document decides. */
export const isOfTenant = ({ tenant }: Principal, fields: Fields): boolean =>
  typeof fields['tenant'] !== 'string' || fields['tenant'] === tenant

/**
 * Reads the document of the session that a caller named. All later log lines of the request name the session.
 *
 * @throws Refusal `unknown-session`, also when the document belongs to another tenant
 */
export async function findSession(
  documents: DocumentStore,
  principal: Principal,
  name: string,
): Promise<{ id: string; snapshot: DocumentSnapshot }> {
  const id = namedSession(principal, name)
  const snapshot = await documents.read(sessionPath(id))
  if (!snapshot || !isOfTenant(principal, snapshot.fields) || isRemoved(snapshot)) throw unknownSession(name)
  concerns(ofSession(id))
  return { id, snapshot }
}

/** Reads the sessions of the caller: those of its tenant that it may know of, and that were not removed. */
export async function knownSessions(
  documents: DocumentStore,
  principal: Principal,
  { where = [], select }: Pick<Query, 'where' | 'select'> = {},
): Promise<DocumentSnapshot[]> {
  const found = await documents.query({
    collection: SESSIONS,
    where: [['tenant', '==', principal.tenant], ...where],
    ...(select ? { select: [...select, 'isRemoved'] } : {}),
  })
  return found.filter((snapshot) => knowsSession(principal, snapshot.id) && !isRemoved(snapshot))
}

/** Returns whether the caller has a session of this name. */
export async function exists(
  { documents }: { readonly documents: DocumentStore },
  principal: Principal,
  name: string,
): Promise<boolean> {
  const snapshot = await documents.read(sessionPath(namedSession(principal, name)))
  return snapshot !== null && isOfTenant(principal, snapshot.fields) && !isRemoved(snapshot)
}

export const parseSession = (snapshot: DocumentSnapshot): SessionDocument =>
  parseStored(sessionDocumentSchema, snapshot.fields, snapshot.path)

/** Returns the session, or the error when the document does not parse. */
export const parseSessionUnlessDamaged = (snapshot: DocumentSnapshot): SessionDocument | HoldfastError =>
  parseUnlessDamaged(sessionDocumentSchema, snapshot)

/** Reads the heartbeat of the session's owner. Null without an owner, or when the owner has no heartbeat. */
export async function ownerOf(documents: DocumentStore, session: DocumentSnapshot): Promise<DocumentSnapshot | null> {
  const runnerId = session.fields['runnerId']
  return typeof runnerId === 'string' ? documents.read(runnerPath(runnerId)) : null
}

/** Loads the session's cipher. A session is created together with its key, so a missing key is damage, and no new key is made. */
export async function cipherOf(documents: DocumentStore, sessionId: string, wrappingKey: KeyWrapping): Promise<SessionCipher> {
  const cipher = await loadSessionCipher(documents, sessionId, wrappingKey)
  if (cipher) return cipher
  throw new HoldfastError('data-key-missing', `Session ${sessionId} has no data key.`, {
    advice: 'Its key document was removed. Restore session_keys from a backup of Firestore.',
  })
}
