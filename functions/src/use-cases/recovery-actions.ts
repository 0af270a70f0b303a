import {
  OPEN_ACTION_STATES,
  RECOVERY_ACTIONS,
  type RecoveryAction,
  type RecoveryActionType,
  type UNCONDITIONAL_ACTION_TYPES,
  recoveryActionPath,
  recoveryActionSchema,
} from '@holdfast/core/operations/recovery-action-document'
import { parseStored, parseUnlessDamaged } from '@holdfast/core/platform/parse'
import { type HoldfastError, isHoldfastError } from '@holdfast/core/platform/errors'
import { sessionNameOf } from '@holdfast/core/session/ids'
import { type DocumentCounter, type DocumentSnapshot, type DocumentStore, SERVER_TIME } from '@holdfast/core/platform/ports'
import type { Principal } from '../app/principal.ts'
import type { Dependencies } from './dependencies.ts'
import { findSession, isOfTenant } from './find-session.ts'
import { Refusal, sentenceOf } from './refusal.ts'

type Needed = Pick<Dependencies, 'documents' | 'logger'>

/** Actions that an operator may request at any time. */
export type OperatorAction = (typeof UNCONDITIONAL_ACTION_TYPES)[number]

/** The form of the ids that `requestAction` makes. Other texts may not be valid names of documents. */
const ACTION_ID = /^[\w.-]{1,200}-\d{6,}$/

/**
 * Requests a restart or a log-out of a session. The session's owner performs it.
 *
 * @throws Refusal `unknown-session`, or `session-stopped` for a restart of a stopped session
 */
export async function requestOfOperator(
  { documents, logger }: Needed,
  principal: Principal,
  { name, type, reason }: { readonly name: string; readonly type: OperatorAction; readonly reason: string | undefined },
): Promise<ActionAnswer> {
  const { id: sessionId, snapshot } = await findSession(documents, principal, name)
  if (type === 'restart' && snapshot.fields['wanted'] === 'offline') {
    throw new Refusal('session-stopped', `Start it instead: POST /api/sessions/${name}/start.`)
  }
  const action = await requestAction(documents, principal, { sessionId, type, why: reason ?? 'Requested over HTTP.' })
  logger.info({ action: action.id, type }, 'Recovery action requested.')
  return action
}

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
  const snapshot = ACTION_ID.test(id) ? await documents.read(recoveryActionPath(id)) : null
  if (snapshot?.fields['sessionId'] !== sessionId || !isOfTenant(principal, snapshot.fields)) {
    throw new Refusal('unknown-action', 'Use an id from GET /api/sessions/{name}/actions.')
  }
  return answerOf(logger, snapshot)
}

/** Shows a damaged action as damaged, so that it does not hide the others. */
function answerOf(logger: Dependencies['logger'], snapshot: DocumentSnapshot): ActionAnswer | DamagedActionAnswer {
  const action = parseUnlessDamaged(recoveryActionSchema, snapshot)
  if (!isHoldfastError(action)) return actionAnswer(snapshot.id, action)
  logger.error({ error: action, action: snapshot.id }, 'A recovery action is damaged.')
  return damagedAnswer(snapshot, action)
}

interface ActionRequest {
  readonly sessionId: string
  readonly type: RecoveryActionType
  readonly why: string
  readonly approved?: RecoveryAction['approved']
}

/** How many taken numbers a request skips. An ended action can have one, because numbers come from a count of documents. */
const CREATE_ATTEMPTS = 5

/** An action that changed its state within this time answers a request that ran at the same time, even if it has ended. */
const JUST_ENDED_MS = 10_000

/** Writes a recovery action. While an action of the same type is open, it returns that one, so that a repeat has no effect. */
export async function requestAction(
  documents: DocumentStore & DocumentCounter,
  principal: Principal,
  request: ActionRequest,
): Promise<ActionAnswer> {
  const { sessionId, type, why, approved = null } = request
  const sameKind = [
    ['sessionId', '==', sessionId],
    ['type', '==', type],
  ] as const
  // Counts first. An action that is created after the count is found open, or it has the number that this request tries.
  const earlier = await documents.count({ collection: RECOVERY_ACTIONS, where: sameKind })
  const where = [...sameKind, ['state', 'in', OPEN_ACTION_STATES] as const]
  // Skips damaged actions, because no owner will ever perform them.
  for (const open of await documents.query({ collection: RECOVERY_ACTIONS, where })) {
    const action = parseUnlessDamaged(recoveryActionSchema, open)
    if (!isHoldfastError(action) && isOfTenant(principal, open.fields)) return actionAnswer(open.id, action)
  }
  const fields = { v: 1, tenant: principal.tenant, sessionId, type, state: 'pending', requestedBy: 'api', why, approved }
  for (let number = earlier + 1; ; number++) {
    const path = recoveryActionPath(`${sessionId}-${type}-${String(number).padStart(6, '0')}`)
    try {
      await documents.commit([{ kind: 'create', path, fields: { ...fields, steps: [], requestedAt: SERVER_TIME } }])
    } catch (error) {
      // Another request was faster, or this commit succeeded and its answer was lost. The document says which.
      const found = await documents.read(path)
      if (!found || number > earlier + CREATE_ATTEMPTS) throw error
      const action = parseUnlessDamaged(recoveryActionSchema, found)
      const isOpen = !isHoldfastError(action) && OPEN_ACTION_STATES.includes(action.state)
      const isForeign = !isOfTenant(principal, found.fields)
      if (isForeign || isHoldfastError(action) || (!isOpen && found.silentForMs > JUST_ENDED_MS)) continue
    }
    const made = await documents.read(path)
    if (made) return actionAnswer(made.id, parseStored(recoveryActionSchema, made.fields, made.path))
  }
}

type ActionAnswer = ReturnType<typeof actionAnswer>

/** Makes the answer for an action. Dates become ISO 8601 texts. */
function actionAnswer(id: string, action: RecoveryAction) {
  const { sessionId, type, state, requestedBy, why, requestedAt, startedAt, finishedAt, steps, result } = action
  const session = sessionNameOf(sessionId)
  const durationMs = startedAt && finishedAt ? finishedAt.getTime() - startedAt.getTime() : null
  return { id, session, type, state, requestedBy, why, requestedAt, startedAt, finishedAt, durationMs, steps, result }
}

type DamagedActionAnswer = ReturnType<typeof damagedAnswer>

/** Shows the readable fields of a damaged action. No owner performs it, and a caller can request another. */
function damagedAnswer({ id, fields }: DocumentSnapshot, damage: HoldfastError) {
  const shown = (field: string): string | null => (typeof fields[field] === 'string' ? fields[field] : null)
  const requestedAt = fields['requestedAt'] instanceof Date ? fields['requestedAt'] : null
  const result = { code: damage.code, sentence: sentenceOf(damage) }
  return { id, type: shown('type'), state: 'damaged' as const, why: shown('why'), requestedAt, result }
}
