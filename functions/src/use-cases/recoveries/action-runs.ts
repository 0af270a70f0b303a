import { randomBytes } from 'node:crypto'
import { RECOVERY_ACTIONS, type RecoveryAction, recoveryActionSchema } from '@holdfast/core/operations/recovery-action-document'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import { parseUnlessDamaged } from '@holdfast/core/platform/parse'
import { sessionNameOf } from '@holdfast/core/session/ids'
import { knowsSession, type Principal } from '../../app/principal.ts'
import type { Dependencies } from '../dependencies.ts'
import { isOfTenant } from '../find-session.ts'
import { Refusal } from '../refusal.ts'

type Needed = Pick<Dependencies, 'documents' | 'logger'>

/** A request for many sessions: one action for each, which all name the run. */
export interface Run {
  readonly id: string
  readonly kind: 'backup' | 'restore'
}

/** The form of the ids of runs. */
const RUN = /^\d{8}T\d{9}Z-[0-9a-f]{8}$/

/** The most sessions that one request takes. Another one goes on with its run. */
export const MOST_AT_ONCE = 500

export const newRun = (nowMs: number): string =>
  `${new Date(nowMs).toISOString().replaceAll(/[-:.]/g, '')}-${randomBytes(4).toString('hex')}`

/**
 * Shows how far a run has got.
 *
 * @throws Refusal `unknown-action`
 */
export async function progressOf(needed: Needed, principal: Principal, run: Run) {
  const actions = await actionsOf(needed, principal, run)
  const numberOf = (...states: RecoveryAction['state'][]): number =>
    actions.filter(({ action }) => states.includes(action.state)).length
  const sessions = actions.map(({ id, action: { sessionId, state, result } }) => {
    return { session: sessionNameOf(sessionId), action: id, state, result }
  })
  const waiting = numberOf('pending', 'proposed')
  const running = numberOf('running')
  return {
    run: run.id,
    total: actions.length,
    waiting,
    running,
    done: numberOf('done'),
    failed: numberOf('failed', 'vetoed', 'cancelled'),
    isComplete: waiting + running === 0,
    sessions: sessions.toSorted((one, other) => (one.session < other.session ? -1 : 1)),
  }
}

/** @throws Refusal `unknown-action` */
export async function actionsOf({ documents, logger }: Needed, principal: Principal, { id: run, kind }: Run) {
  const isRun = RUN.test(run)
  const found = isRun ? await documents.query({ collection: RECOVERY_ACTIONS, where: [[FIELDS[kind], '==', run]] }) : []
  const actions = found.flatMap((snapshot) => {
    if (!isOfTenant(principal, snapshot.fields)) return []
    const action = parseUnlessDamaged(recoveryActionSchema, snapshot)
    if (!isHoldfastError(action)) return knowsSession(principal, action.sessionId) ? [{ id: snapshot.id, action }] : []
    logger.error({ error: action, action: snapshot.id }, 'A recovery action is damaged.')
    return []
  })
  if (actions.length === 0) throw new Refusal('unknown-action', 'Use the id that the request of the run was answered with.')
  return actions
}

const FIELDS = { backup: 'backup.run', restore: 'restoreRun' } as const
