import { type SessionDocument, sessionPath } from '@holdfast/core/session/session-document'
import type { Principal } from '../app/principal.ts'
import type { Dependencies } from './dependencies.ts'
import { findSession, unknownSession } from './find-session.ts'
import { Refusal } from './refusal.ts'
import { requestAction } from './recovery-actions.ts'
import type { SessionAnswer } from './session-answer.ts'
import { showSession } from './show-sessions.ts'

type Needed = Pick<Dependencies, 'documents' | 'limits' | 'logger'>

/**
 * Requests that a session be connected. A session that waits for an operator also gets a restart, because `wanted` may be
 * `online` already and then changes nothing.
 *
 * @throws Refusal `unknown-session` or `tenant-deleting`
 */
export async function startSession(dependencies: Needed, principal: Principal, name: string): Promise<SessionAnswer> {
  await findSession(dependencies.documents, principal, name)
  await dependencies.limits.requireActive(principal.tenant)
  const sessionId = await want(dependencies, principal, name, 'online')
  await undoUnlessActive(dependencies, principal, name)
  const answer = await showSession(dependencies, principal, name)
  if (answer.status === 'FAILED') {
    const why = 'Started while the session was waiting for an operator.'
    await requestAction(dependencies.documents, principal, { sessionId, type: 'restart', why })
  }
  return answer
}

/**
 * Requests that a session be disconnected. Its state is kept.
 *
 * @throws Refusal `unknown-session`
 */
export async function stopSession(dependencies: Needed, principal: Principal, name: string): Promise<SessionAnswer> {
  await want(dependencies, principal, name, 'offline')
  return showSession(dependencies, principal, name)
}

/** The deletion of the tenant may have begun, and stopped its sessions, before this one was started. */
async function undoUnlessActive(dependencies: Needed, principal: Principal, name: string): Promise<void> {
  try {
    await dependencies.limits.requireActive(principal.tenant)
  } catch (error) {
    if (error instanceof Refusal) await want(dependencies, principal, name, 'offline')
    throw error
  }
}

async function want(
  { documents, logger }: Pick<Needed, 'documents' | 'logger'>,
  principal: Principal,
  name: string,
  wanted: SessionDocument['wanted'],
): Promise<string> {
  const { id, snapshot } = await findSession(documents, principal, name)
  try {
    await documents.commit([{ kind: 'update', path: sessionPath(id), fields: { wanted } }])
  } catch (error) {
    const now = await documents.read(sessionPath(id))
    if (!now) throw unknownSession(name)
    if (now.createdAtMicros === snapshot.createdAtMicros) throw error
    // The session was removed and created anew in between, so that the update found none. The new one can be updated.
    return want({ documents, logger }, principal, name, wanted)
  }
  logger.info({ wanted }, wanted === 'online' ? 'Session start requested.' : 'Session stop requested.')
  return id
}
