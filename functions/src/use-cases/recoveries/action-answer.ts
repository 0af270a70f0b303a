import { type RecoveryAction, recoveryActionSchema } from '@holdfast/core/operations/recovery-action-document'
import { type HoldfastError, isHoldfastError } from '@holdfast/core/platform/errors'
import { parseUnlessDamaged } from '@holdfast/core/platform/parse'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import { sessionNameOf } from '@holdfast/core/session/ids'
import type { Dependencies } from '../dependencies.ts'
import { sentenceOf } from '../refusal.ts'

export type ActionAnswer = ReturnType<typeof actionAnswer>

export type DamagedActionAnswer = ReturnType<typeof damagedAnswer>

/** Shows a damaged action as damaged, so that it does not hide the others. */
export function answerOf(logger: Dependencies['logger'], snapshot: DocumentSnapshot): ActionAnswer | DamagedActionAnswer {
  const action = parseUnlessDamaged(recoveryActionSchema, snapshot)
  if (!isHoldfastError(action)) return actionAnswer(snapshot.id, action)
  logger.error({ error: action, action: snapshot.id }, 'A recovery action is damaged.')
  return damagedAnswer(snapshot, action)
}

/** Makes the answer for an action. Dates become ISO 8601 texts. */
export function actionAnswer(id: string, action: RecoveryAction) {
  const { sessionId, type, state, requestedBy, why, requestedAt, startedAt, finishedAt, steps, result } = action
  const { targetRunner, step, evidence, approvedBy, cancelledBy, cleanUp, report } = action
  const durationMs = startedAt && finishedAt ? finishedAt.getTime() - startedAt.getTime() : null
  return {
    id,
    session: sessionId === '' ? null : sessionNameOf(sessionId),
    targetRunner,
    type,
    state,
    step,
    evidence,
    requestedBy,
    approvedBy,
    cancelledBy,
    why,
    requestedAt,
    startedAt,
    finishedAt,
    durationMs,
    steps: steps.map(({ step: taken, ...line }) => ({ ...line, ...(taken === undefined ? {} : { step: taken }) })),
    result,
    ...(cleanUp ? { cleanUp } : {}),
    ...(report ? { report } : {}),
  }
}

/** Shows the readable fields of a damaged action. No owner performs it, and a caller can request another. */
function damagedAnswer({ id, fields }: DocumentSnapshot, damage: HoldfastError) {
  const shown = (field: string): string | null => (typeof fields[field] === 'string' ? fields[field] : null)
  const requestedAt = fields['requestedAt'] instanceof Date ? fields['requestedAt'] : null
  const result = { code: damage.code, sentence: sentenceOf(damage) }
  return { id, type: shown('type'), state: 'damaged' as const, why: shown('why'), requestedAt, result }
}
