import { JOBS } from '@holdfast/core/message/job-document'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import { sessionPath } from '@holdfast/core/session/session-document'
import type { Principal } from '../app/principal.ts'
import { cancelMessage } from './cancel-message.ts'
import type { Dependencies } from './dependencies.ts'
import { findSession, parseSessionUnlessDamaged } from './find-session.ts'
import { requestAction } from './recoveries/request-action.ts'
import { Refusal } from './refusal.ts'

type Needed = Pick<Dependencies, 'documents' | 'archives' | 'wrappingKey' | 'clock' | 'logger'>

/** Messages that are canceled at one time. */
const PORTION = 200

/**
 * Removes a session for its callers: unlinks its device, stops it, cancels what it has not sent, and hides it. Its documents stay for a
 * purge, because its record numbers must never be used a second time; a session that is created under the name goes on with them and
 * links a device anew. An unknown session is removed already.
 */
export async function removeSession(dependencies: Needed, principal: Principal, name: string): Promise<void> {
  const { documents, logger } = dependencies
  const found = await findSession(documents, principal, name).catch((error: unknown) => {
    if (error instanceof Refusal && error.code === 'unknown-session') return null
    throw error
  })
  if (!found) return
  const { id: sessionId, snapshot } = found
  const session = parseSessionUnlessDamaged(snapshot)
  const isLinked = isHoldfastError(session) || session.me !== null
  if (isLinked) await requestAction(documents, principal, { sessionId, type: 'logout', why: 'The session was removed.' })
  await documents.commit([{ kind: 'update', path: sessionPath(sessionId), fields: { wanted: 'offline', isRemoved: true } }])
  logger.warn('A session was removed.')
  await cancelWaiting(dependencies, principal, sessionId)
}

/** A session of the same name may have another account: what waits must not be sent by that one. */
export async function cancelWaiting(dependencies: Needed, principal: Principal, sessionId: string): Promise<void> {
  const where = [['sessionId', '==', sessionId] as const, ['status', '==', 'pending'] as const]
  let kept = 0
  for (;;) {
    const found = await dependencies.documents.query({ collection: JOBS, where, limit: PORTION, select: ['tenant'] })
    const results = await Promise.allSettled(found.map(({ id }) => cancelMessage(dependencies, principal, id)))
    const failed = results.filter(({ status }) => status === 'rejected').length
    // What is on the wire keeps its fate.
    if (found.length < PORTION || failed === found.length) {
      kept += failed
      break
    }
  }
  if (kept > 0) dependencies.logger.warn({ kept }, 'Some messages of a removed session could not be canceled.')
}
