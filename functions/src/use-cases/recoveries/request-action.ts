import {
  OPEN_ACTION_STATES,
  RECOVERY_ACTIONS,
  type RecoveryAction,
  recoveryActionPath,
  recoveryActionSchema,
} from '@holdfast/core/operations/recovery-action-document'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import { parseStored, parseUnlessDamaged } from '@holdfast/core/platform/parse'
import { type DocumentStore, SERVER_TIME } from '@holdfast/core/platform/ports'
import type { Principal } from '../../app/principal.ts'
import { isOfTenant } from '../find-session.ts'
import { type ActionAnswer, actionAnswer } from './action-answer.ts'
import { lastNumber, numberedId } from './action-numbers.ts'

/** What a request says of its action. The rest of the document has a value for every new action. */
export interface ActionRequest extends Partial<
  Pick<RecoveryAction, 'approved' | 'backup' | 'restoreTo' | 'restoreRun' | 'step' | 'evidence' | 'cleanUp'>
> {
  /** Empty for an action on a runner. */
  readonly sessionId: string
  readonly type: RecoveryAction['type']
  readonly targetRunner?: string
  readonly why: string
  /** `pending` unless it says more. */
  readonly state?: 'pending' | 'proposed' | 'vetoed'
  /** For a veto: why nothing is done. */
  readonly result?: RecoveryAction['result']
}

/** How many taken numbers a request skips. Others take some at the same time. */
const CREATE_ATTEMPTS = 5

/** An action that changed its state within this time answers a request that ran at the same time, even if it has ended. */
const JUST_ENDED_MS = 10_000

/**
 * Writes a recovery action. While an action of the same type is open, it returns that one, so that a repeat has no effect. Recoveries
 * that a runner made for itself do not count: a person may want more than the runner does.
 */
export async function requestAction(
  documents: DocumentStore,
  principal: Principal,
  request: ActionRequest,
): Promise<ActionAnswer> {
  const { sessionId, type, why, state = 'pending', targetRunner = null } = request
  const subject =
    targetRunner === null ? (['sessionId', '==', sessionId] as const) : (['targetRunner', '==', targetRunner] as const)
  const sameKind = [subject, ['type', '==', type] as const]
  const kind = `${targetRunner ?? sessionId}-${type}`
  // Looks for the number first. An action that is created after that is found open, or it has the number that this request tries.
  const earlier = await lastNumber(documents, kind)
  const openStates = state === 'pending' ? OPEN_ACTION_STATES : [...OPEN_ACTION_STATES, 'proposed' as const]
  const isOpen = (action: RecoveryAction): boolean =>
    openStates.includes(action.state) && action.requestedBy !== 'runner' && isSame(action, request)
  // Skips damaged actions, because no owner will ever perform them.
  for (const open of await documents.query({
    collection: RECOVERY_ACTIONS,
    where: [...sameKind, ['state', 'in', openStates] as const],
  })) {
    const action = parseUnlessDamaged(recoveryActionSchema, open)
    if (!isHoldfastError(action) && isOpen(action) && isOfTenant(principal, open.fields)) return actionAnswer(open.id, action)
  }
  const fields = {
    v: 1,
    tenant: principal.tenant,
    sessionId,
    targetRunner,
    type,
    state,
    step: request.step ?? null,
    evidence: request.evidence ?? {},
    requestedBy: 'api',
    why,
    approved: request.approved ?? null,
    cleanUp: request.cleanUp ?? null,
    backup: request.backup ?? null,
    restoreTo: request.restoreTo ?? null,
    restoreRun: request.restoreRun ?? null,
    steps: [],
    requestedAt: SERVER_TIME,
    ...(state === 'vetoed' ? { result: request.result ?? null, finishedAt: SERVER_TIME } : {}),
  }
  for (let number = earlier + 1; ; number++) {
    const path = recoveryActionPath(numberedId(kind, number))
    try {
      await documents.commit([{ kind: 'create', path, fields }])
    } catch (error) {
      // Another request was faster, or this commit succeeded and its answer was lost. The document says which.
      const found = await documents.read(path)
      if (!found || number > earlier + CREATE_ATTEMPTS) throw error
      const action = parseUnlessDamaged(recoveryActionSchema, found)
      const isForeign = !isOfTenant(principal, found.fields)
      if (isForeign || isHoldfastError(action) || (!isOpen(action) && !hasJustEnded(action, found.silentForMs, request))) continue
    }
    const made = await documents.read(path)
    if (made) return actionAnswer(made.id, parseStored(recoveryActionSchema, made.fields, made.path))
  }
}

/**
 * A backup that is to be kept in another way, or for another request, is another one, and so are a return to another backup and a
 * clean-up of other records.
 */
const isSame = ({ backup, restoreTo, restoreRun, cleanUp }: RecoveryAction, asked: ActionRequest): boolean =>
  backup?.isPinned === asked.backup?.isPinned &&
  backup?.note === asked.backup?.note &&
  backup?.run === asked.backup?.run &&
  restoreTo?.object === asked.restoreTo?.object &&
  restoreRun === (asked.restoreRun ?? null) &&
  cleanUp?.dryRun === asked.cleanUp?.dryRun &&
  cleanUp?.olderThanDays === asked.cleanUp?.olderThanDays

const hasJustEnded = (action: RecoveryAction, silentForMs: number, request: ActionRequest): boolean =>
  silentForMs <= JUST_ENDED_MS && isSame(action, request)
