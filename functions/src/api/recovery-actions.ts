import {
  OPEN_ACTION_STATES,
  RECOVERY_ACTIONS,
  type RecoveryAction,
  type RecoveryActionType,
  UNCONDITIONAL_ACTION_TYPES,
  recoveryActionPath,
  recoveryActionSchema,
} from '@holdfast/core/operations/recovery-action-document'
import { parseStored, parseUnlessDamaged } from '@holdfast/core/platform/parse'
import { type HoldfastError, isHoldfastError } from '@holdfast/core/platform/errors'
import { DEFAULT_TENANT } from '@holdfast/core/session/ids'
import { type DocumentCounter, type DocumentSnapshot, type DocumentStore, SERVER_TIME } from '@holdfast/core/platform/ports'
import { Hono } from 'hono'
import { z } from 'zod'
import type { ApiDependencies } from '../app/app.ts'
import { findSession } from '../use-cases/find-session.ts'
import { problem, sentenceOf } from '../app/problems.ts'
import { readOptionalBody, unknownField } from '../app/request.ts'

const MAX_REASON_LENGTH = 200

/** What `requestAction` makes: anything else may not even be the name of a document. */
const ACTION_ID = /^[\w.-]{1,200}-\d{6,}$/

const requestSchema = z
  .object({
    reason: z.string('must be a text').max(MAX_REASON_LENGTH, `must have at most ${MAX_REASON_LENGTH} characters`).optional(),
  })
  .catchall(unknownField)

/** What is to be done to a session once. The request writes it down; the session's owner does it. */
export function recoveryActionRoutes({ documents, logger }: ApiDependencies): Hono {
  const routes = new Hono()

  /** One that is damaged is shown as that: it must not hide the others. */
  const answerOf = (snapshot: DocumentSnapshot): ActionAnswer | DamagedActionAnswer => {
    const action = parseUnlessDamaged(recoveryActionSchema, snapshot)
    if (!isHoldfastError(action)) return actionAnswer(snapshot.id, action)
    logger.error({ error: action, action: snapshot.id }, 'A recovery action is damaged.')
    return damagedAnswer(snapshot, action)
  }

  for (const type of UNCONDITIONAL_ACTION_TYPES) {
    routes.post(`/sessions/:name/${type}`, async (context) => {
      const { reason } = await readOptionalBody(context, requestSchema)
      const { id: sessionId, snapshot } = await findSession(documents, context.req.param('name'))
      if (type === 'restart' && snapshot.fields['wanted'] === 'offline') {
        throw problem('session-stopped', `Start it instead: POST /api/sessions/${context.req.param('name')}/start.`)
      }
      const action = await requestAction(documents, { sessionId, type, why: reason ?? 'Asked for over HTTP.' })
      logger.info({ action: action.id, type }, 'A recovery action was asked for.')
      return context.json(action, 202)
    })
  }

  routes.get('/sessions/:name/actions', async (context) => {
    const { id: sessionId } = await findSession(documents, context.req.param('name'))
    const found = await documents.query({ collection: RECOVERY_ACTIONS, where: [['sessionId', '==', sessionId]] })
    const answers = found.map(answerOf)
    return context.json(answers.sort((one, other) => Number(other.requestedAt) - Number(one.requestedAt)))
  })

  routes.get('/sessions/:name/actions/:id', async (context) => {
    const { id: sessionId } = await findSession(documents, context.req.param('name'))
    const id = context.req.param('id')
    const snapshot = ACTION_ID.test(id) ? await documents.read(recoveryActionPath(id)) : null
    if (snapshot?.fields['sessionId'] !== sessionId) {
      throw problem('unknown-action', 'The id is one of those that GET /api/sessions/{name}/actions lists.')
    }
    return context.json(answerOf(snapshot))
  })

  return routes
}

interface ActionRequest {
  readonly sessionId: string
  readonly type: RecoveryActionType
  readonly why: string
  readonly approved?: RecoveryAction['approved']
}

/** A number that two requests at the same time agree on may be taken by one that has just ended. */
const CREATE_ATTEMPTS = 5

const JUST_ENDED_MS = 10_000

/** Asked twice, it is done once: while an action of the same kind is open, that one is the answer. */
export async function requestAction(documents: DocumentStore & DocumentCounter, request: ActionRequest): Promise<ActionAnswer> {
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
    if (!isHoldfastError(action)) return actionAnswer(open.id, action)
  }
  const fields = { v: 1, tenant: DEFAULT_TENANT, sessionId, type, state: 'pending', requestedBy: 'api', why, approved }
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
      if (isHoldfastError(action) || (!isOpen && found.silentForMs > JUST_ENDED_MS)) continue
    }
    const made = await documents.read(path)
    if (made) return actionAnswer(made.id, parseStored(recoveryActionSchema, made.fields, made.path))
  }
}

type ActionAnswer = ReturnType<typeof actionAnswer>

/** Dates become ISO 8601 texts. */
function actionAnswer(id: string, action: RecoveryAction) {
  const { sessionId, type, state, requestedBy, why, requestedAt, startedAt, finishedAt, steps, result } = action
  const session = sessionId.slice(DEFAULT_TENANT.length + 1)
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
