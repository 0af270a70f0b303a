import type { UNCONDITIONAL_ACTION_TYPES } from '@holdfast/core/operations/recovery-action-document'
import { RECOVERY_ACTIONS } from '@holdfast/core/operations/recovery-action-document'
import type { Principal } from '../app/principal.ts'
import type { Dependencies } from './dependencies.ts'
import { findSession, isOfTenant } from './find-session.ts'
import { type ActionAnswer, answerOf, type DamagedActionAnswer } from './recoveries/action-answer.ts'
import { readAction } from './recoveries/recoveries.ts'
import { requestAction } from './recoveries/request-action.ts'
import { Refusal } from './refusal.ts'

type Needed = Pick<Dependencies, 'documents' | 'logger'>

/** Actions that an operator may request at any time. */
export type OperatorAction = (typeof UNCONDITIONAL_ACTION_TYPES)[number]

/**
 * Requests a restart or a log-out of a session. The session's owner performs it. Null for a restart of a stopped session, which has to
 * be started instead.
 *
 * @throws Refusal `unknown-session`
 */
export async function requestOfOperator(
  { documents, logger }: Needed,
  principal: Principal,
  { name, type, reason }: { readonly name: string; readonly type: OperatorAction; readonly reason: string | undefined },
): Promise<ActionAnswer | null> {
  const { id: sessionId, snapshot } = await findSession(documents, principal, name)
  if (type === 'restart' && snapshot.fields['wanted'] === 'offline') return null
  const action = await requestAction(documents, principal, { sessionId, type, why: reason ?? 'Requested over HTTP.' })
  logger.info({ action: action.id, type }, 'Recovery action requested.')
  return action
}

export const sessionStopped = (name: string): Refusal =>
  new Refusal('session-stopped', `Start it instead: POST /api/sessions/${name}/start.`)

/**
 * Lists the recovery actions of a session, newest first.
 *
 * @throws Refusal `unknown-session`
 */
export async function listActions(
  { documents, logger }: Needed,
  principal: Principal,
  name: string,
): Promise<(ActionAnswer | DamagedActionAnswer)[]> {
  const { id: sessionId } = await findSession(documents, principal, name)
  const found = await documents.query({ collection: RECOVERY_ACTIONS, where: [['sessionId', '==', sessionId]] })
  const answers = found.filter(({ fields }) => isOfTenant(principal, fields)).map((snapshot) => answerOf(logger, snapshot))
  return answers.sort((one, other) => Number(other.requestedAt) - Number(one.requestedAt))
}

/** @throws Refusal `unknown-session` or `unknown-action` */
export async function findAction(
  { documents, logger }: Needed,
  principal: Principal,
  { name, id }: { readonly name: string; readonly id: string },
): Promise<ActionAnswer | DamagedActionAnswer> {
  const { id: sessionId } = await findSession(documents, principal, name)
  const snapshot = await readAction(documents, principal, id)
  if (snapshot?.fields['sessionId'] !== sessionId) {
    throw new Refusal('unknown-action', 'Use an id from GET /api/sessions/{name}/actions.')
  }
  return answerOf(logger, snapshot)
}
