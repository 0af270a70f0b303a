import { RECOVERY_ACTIONS, type RecoveryAction, recoveryActionSchema } from '@holdfast/core/operations/recovery-action-document'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import { inParallel } from '@holdfast/core/platform/in-parallel'
import { parseUnlessDamaged } from '@holdfast/core/platform/parse'
import { sessionNameOf } from '@holdfast/core/session/ids'
import { SESSIONS } from '@holdfast/core/session/session-document'
import { knowsSession, type Principal } from '../../app/principal.ts'
import type { Dependencies } from '../dependencies.ts'
import { isOfTenant, isRemoved } from '../find-session.ts'
import { requestAction } from '../recoveries/request-action.ts'
import { Refusal } from '../refusal.ts'

type Needed = Pick<Dependencies, 'documents' | 'clock' | 'logger'>

/** The most sessions that one request backs up. */
export const MOST_BACKUPS_AT_ONCE = 500
const AT_ONCE = 10

/** The form of the ids of runs. */
const BACKUP_RUN = /^\d{8}T\d{9}Z-[0-9a-f]{8}$/

export interface BackupOfAll {
  readonly pin: boolean
  readonly note: string | undefined
}

/**
 * Requests a backup of each session of the caller that is wanted online. A stopped one has its checkpoint since it was stopped. Returns the
 * id of the run, by which its progress is shown, and how many sessions wait for a repeated request.
 */
export async function backUpAll(
  { documents, clock, logger }: Needed,
  principal: Principal,
  { random, pin, note = '' }: BackupOfAll & { readonly random: string },
) {
  const where = [['tenant', '==', principal.tenant] as const, ['wanted', '==', 'online'] as const]
  const found = await documents.query({ collection: SESSIONS, where, select: ['tenant', 'isRemoved'] })
  const known = found.filter((snapshot) => knowsSession(principal, snapshot.id) && !isRemoved(snapshot)).map(({ id }) => id)
  const now = known.slice(0, MOST_BACKUPS_AT_ONCE)
  const run = `${new Date(clock.now()).toISOString().replaceAll(/[-:.]/g, '')}-${random}`
  const backup = { isPinned: pin, note: note === '' ? null : note, run }
  await inParallel(AT_ONCE, now, async (sessionId) => {
    await requestAction(documents, principal, { sessionId, type: 'backup', why: `Requested for all sessions (${run}).`, backup })
  })
  logger.info({ run, count: now.length }, 'A backup of all sessions was requested.')
  return { run, sessions: now.map(sessionNameOf).toSorted(), left: known.length - now.length }
}

/**
 * Shows how far a backup of all sessions has got.
 *
 * @throws Refusal `unknown-action`
 */
export async function progressOfBackups({ documents, logger }: Needed, principal: Principal, run: string) {
  const where = [['backup.run', '==', run] as const]
  const found = BACKUP_RUN.test(run) ? await documents.query({ collection: RECOVERY_ACTIONS, where }) : []
  const actions = found.flatMap((snapshot) => {
    if (!isOfTenant(principal, snapshot.fields)) return []
    const action = parseUnlessDamaged(recoveryActionSchema, snapshot)
    if (!isHoldfastError(action)) return knowsSession(principal, action.sessionId) ? [{ id: snapshot.id, action }] : []
    logger.error({ error: action, action: snapshot.id }, 'A recovery action is damaged.')
    return []
  })
  if (actions.length === 0) throw new Refusal('unknown-action', 'Use the id that POST /api/backups answers with.')
  const numberOf = (...states: RecoveryAction['state'][]): number =>
    actions.filter(({ action }) => states.includes(action.state)).length
  const sessions = actions.map(({ id, action: { sessionId, state, result } }) => {
    return { session: sessionNameOf(sessionId), action: id, state, result }
  })
  const waiting = numberOf('pending', 'proposed')
  const running = numberOf('running')
  return {
    run,
    total: actions.length,
    waiting,
    running,
    done: numberOf('done'),
    failed: numberOf('failed', 'vetoed', 'cancelled'),
    isComplete: waiting + running === 0,
    sessions: sessions.toSorted((one, other) => (one.session < other.session ? -1 : 1)),
  }
}
