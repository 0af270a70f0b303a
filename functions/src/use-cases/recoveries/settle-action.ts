import { HoldfastError, isHoldfastError } from '@holdfast/core/platform/errors'
import { parseUnlessDamaged } from '@holdfast/core/platform/parse'
import { type RecoveryAction, recoveryActionSchema } from '@holdfast/core/operations/recovery-action-document'
import { type DocumentSnapshot, type Fields, SERVER_TIME } from '@holdfast/core/platform/ports'
import { writeUnlessChanged } from '@holdfast/core/platform/unless-changed'
import { sessionNameOf } from '@holdfast/core/session/ids'
import { sessionDocumentSchema } from '@holdfast/core/session/session-document'
import type { Principal } from '../../app/principal.ts'
import type { Dependencies } from '../dependencies.ts'
import { findSession } from '../find-session.ts'
import { Refusal, sentenceOf } from '../refusal.ts'
import { restorePlanOf, whyOf } from '../restore-session.ts'
import { type ActionAnswer, actionAnswer } from './action-answer.ts'
import { knownAction } from './recoveries.ts'
import { requestAction } from './request-action.ts'
import { isUnlinked } from './request-recovery.ts'

type Needed = Pick<Dependencies, 'documents' | 'objects' | 'journals' | 'wrappingKey' | 'logger'>

/** How often another one may change the action between reading and writing. */
const MAX_ROUNDS = 5

interface Approval {
  readonly id: string
  /** For a restore: accepts the losses that the plan names. */
  readonly acceptLosses: boolean
}

/**
 * Approves a proposed action. A restore with losses first answers what would be lost. Approved twice, it is done once.
 *
 * @throws Refusal `unknown-action`, `not-proposed`, `cannot-recover`, and for a restore `nothing-to-restore` or `cannot-restore`
 */
export async function approveRecovery(needed: Needed, principal: Principal, { id, acceptLosses }: Approval) {
  const { documents, logger } = needed
  return settled(needed, principal, id, async (action) => {
    if (action.approvedBy !== null && action.state !== 'proposed') return { keep: true }
    if (action.state !== 'proposed') {
      throw new Refusal('not-proposed', `It is ${action.state}. Ask for a new one, if the session still needs it.`)
    }
    const approved = { state: 'pending', approvedBy: principal.key }
    if (action.type === 'restore') {
      const name = sessionNameOf(action.sessionId)
      const { plan, reaches } = await restorePlanOf(needed, principal, name)
      const next = `Nothing was done. To agree: POST /api/recoveries/${id}/approve {"acceptLosses": true}.`
      if (!acceptLosses) return { instead: { approved: false as const, ...plan, next } }
      logger.warn({ action: id, reason: plan.reason, reaches }, 'A restore with losses was approved.')
      return { fields: { ...approved, approved: { reaches }, why: whyOf(plan) } }
    }
    if (action.step !== 'new-qr') return { fields: approved }
    // The owner makes a new QR code when an unlinked session is restarted, so the restart is what is approved.
    const name = sessionNameOf(action.sessionId)
    await requireUnlinked(needed, principal, name)
    const why = `A new QR code was approved (${id}).`
    const restart = await requestAction(documents, principal, { sessionId: action.sessionId, type: 'restart', why })
    const result = { code: 'restarted', sentence: `A new QR code follows; see ${restart.id}. Scan it with the phone.` }
    return { fields: { ...approved, state: 'done', finishedAt: SERVER_TIME, result } }
  })
}

/**
 * Takes an action back that has not begun. Cancelled twice, it is cancelled once.
 *
 * @throws Refusal `unknown-action`, or `already-begun` when an owner was faster
 */
export async function cancelRecovery(needed: Needed, principal: Principal, id: string): Promise<ActionAnswer> {
  const settlement = await settled(needed, principal, id, async (action) => {
    if (action.state === 'cancelled') return { keep: true }
    if (action.state !== 'proposed' && action.state !== 'pending') {
      throw new Refusal('already-begun', `It is ${action.state}, and cannot be taken back.`)
    }
    const result = { code: 'cancelled', sentence: 'It was taken back before it began.' }
    return { fields: { state: 'cancelled', cancelledBy: principal.key, finishedAt: SERVER_TIME, result } }
  })
  if ('instead' in settlement) throw new Error('A cancellation has no plan.')
  return settlement.action
}

type Settlement<Instead> =
  /** The action stays as it is. */
  | { readonly keep: true }
  /** Changes the action. */
  | { readonly fields: Fields }
  /** An answer in place of the action. */
  | { readonly instead: Instead }

/** Changes an action in the version that was judged. Judges it anew whenever somebody else has changed it meanwhile. */
async function settled<Instead = never>(
  { documents, logger }: Needed,
  principal: Principal,
  id: string,
  judge: (action: RecoveryAction) => Promise<Settlement<Instead>>,
): Promise<{ readonly action: ActionAnswer } | { readonly instead: Instead }> {
  for (let round = 1; ; round++) {
    const snapshot = await knownAction(documents, principal, id)
    const action = actionOf(snapshot)
    const settlement = await judge(action)
    if ('instead' in settlement) return settlement
    if ('keep' in settlement) return { action: actionAnswer(id, action) }
    const { fields } = settlement
    if (!(await writeUnlessChanged(documents, snapshot.path, snapshot, fields))) {
      if (round < MAX_ROUNDS) continue
      throw new HoldfastError('unavailable', `Recovery action ${id} changed at each of ${MAX_ROUNDS} attempts to change it.`)
    }
    logger.info({ action: id, state: fields['state'], by: principal.key }, 'A recovery action was settled.')
    return { action: actionAnswer(id, actionOf(await knownAction(documents, principal, id))) }
  }
}

function actionOf(snapshot: DocumentSnapshot): RecoveryAction {
  const action = parseUnlessDamaged(recoveryActionSchema, snapshot)
  if (!isHoldfastError(action)) return action
  throw new Refusal('not-proposed', `Its document is damaged: ${sentenceOf(action)}`)
}

async function requireUnlinked({ documents }: Needed, principal: Principal, name: string): Promise<void> {
  const { snapshot } = await findSession(documents, principal, name)
  const document = sessionDocumentSchema.safeParse(snapshot.fields).data ?? null
  if (isUnlinked({ document })) return
  throw new Refusal('cannot-recover', `A phone is linked to "${name}" now. Nothing was changed.`)
}
