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

/** Actions that an operator may ask for at any time. */
export type OperatorAction = (typeof UNCONDITIONAL_ACTION_TYPES)[number]

/** The form of the ids that `requestAction` makes. Other texts may not even be names of documents. */
const ACTION_ID = /^[\w.-]{1,200}-\d{6,}$/

/**
 * Writes down that a session is to be restarted or logged out. The session's owner does it.
 *
 * @throws Refusal `unknown-session`, or `session-stopped` when a stopped session is to be restarted
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
  const action = await requestAction(documents, principal, { sessionId, type, why: reason ?? 'Asked for over HTTP.' })
  logger.info({ action: action.id, type }, 'A recovery action was asked for.')
  return action
}

/**
 * The recovery actions of a session, the newest first.
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
    throw new Refusal('unknown-action', 'The id is one of those that GET /api/sessions/{name}/actions lists.')
  }
  return answerOf(logger, snapshot)
}

/** A damaged action is shown as that, and does not hide the others. */
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

/** How many numbers are tried: two requests at the same time may agree on one that an action which has just ended took. */
const CREATE_ATTEMPTS = 5

const JUST_ENDED_MS = 10_000

/** Asked twice, it is done once: while an action of the same kind is open, that one is the answer. */
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
  // Counted first: one that is made after it is found open, or has the number that this one would take.
  const earlier = await documents.count({ collection: RECOVERY_ACTIONS, where: sameKind })
  const where = [...sameKind, ['state', 'in', OPEN_ACTION_STATES] as const]
  // A damaged one will never be done: it is no reason not to ask.
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
      // Another request was faster, or this one was written although its answer was lost: the document tells.
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

/** Dates become ISO 8601 texts. */
function actionAnswer(id: string, action: RecoveryAction) {
  const { sessionId, type, state, requestedBy, why, requestedAt, startedAt, finishedAt, steps, result } = action
  const session = sessionNameOf(sessionId)
  const durationMs = startedAt && finishedAt ? finishedAt.getTime() - startedAt.getTime() : null
  return { id, session, type, state, requestedBy, why, requestedAt, startedAt, finishedAt, durationMs, steps, result }
}

type DamagedActionAnswer = ReturnType<typeof damagedAnswer>

/** As far as it can be shown. No owner does it, and another may be asked for. */
function damagedAnswer({ id, fields }: DocumentSnapshot, damage: HoldfastError) {
  const shown = (field: string): string | null => (typeof fields[field] === 'string' ? fields[field] : null)
  const requestedAt = fields['requestedAt'] instanceof Date ? fields['requestedAt'] : null
  const result = { code: damage.code, sentence: sentenceOf(damage) }
  return { id, type: shown('type'), state: 'damaged' as const, why: shown('why'), requestedAt, result }
}
