import type { Principal } from '../../app/principal.ts'
import type { Dependencies } from '../dependencies.ts'
import { findSession } from '../find-session.ts'
import type { ActionAnswer } from '../recoveries/action-answer.ts'
import { requestAction } from '../recoveries/request-action.ts'

export interface BackupRequest {
  readonly name: string
  /** Retention never removes a pinned backup. */
  readonly pin: boolean
  readonly note: string | undefined
}

/**
 * Requests a backup, which the session's owner makes. A stopped session is opened for it, without a connection. While such an action is
 * open, a request for the same returns it.
 *
 * @throws Refusal `unknown-session`
 */
export async function requestBackup(
  { documents, logger }: Pick<Dependencies, 'documents' | 'logger'>,
  principal: Principal,
  { name, pin, note = '' }: BackupRequest,
): Promise<ActionAnswer> {
  const { id: sessionId } = await findSession(documents, principal, name)
  const backup = { isPinned: pin, note: note === '' ? null : note }
  const action = await requestAction(documents, principal, { sessionId, type: 'backup', why: 'Requested over HTTP.', backup })
  logger.info({ action: action.id }, 'A backup was requested.')
  return action
}
