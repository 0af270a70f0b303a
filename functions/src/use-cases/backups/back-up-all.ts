import { randomBytes } from 'node:crypto'
import { RECOVERY_ACTIONS, type RecoveryAction, recoveryActionSchema } from '@holdfast/core/operations/recovery-action-document'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import { inParallel } from '@holdfast/core/platform/in-parallel'
import { parseUnlessDamaged } from '@holdfast/core/platform/parse'
import { sessionNameOf } from '@holdfast/core/session/ids'
import { knowsSession, type Principal } from '../../app/principal.ts'
import type { Dependencies } from '../dependencies.ts'
import { isOfTenant, knownSessions } from '../find-session.ts'
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
  /** The run that goes on. Undefined: a new one. */
  readonly run?: string | undefined
}

/**
 * Requests a backup of each session of the caller that is wanted online. A stopped one has its checkpoint since it was stopped. Returns the
 * id of the run, by which its progress is shown, and how many sessions wait for a request that goes on with the run.
 *
 * @throws Refusal `unknown-action` when there is no such run
 */
export async function backUpAll(
  { documents, clock, logger }: Needed,
  principal: Principal,
  { pin, note = '', run: given }: BackupOfAll,
) {
  const earlier = given === undefined ? [] : await actionsOf({ documents, logger }, principal, given)
  const begun = new Set(earlier.map(({ action }) => action.sessionId))
  const known = await knownSessions(documents, principal, { where: [['wanted', '==', 'online']], select: [] })
  const missing = known.map(({ id }) => id).filter((id) => !begun.has(id))
  const now = missing.slice(0, MOST_BACKUPS_AT_ONCE)
  const run = given ?? `${new Date(clock.now()).toISOString().replaceAll(/[-:.]/g, '')}-${randomBytes(4).toString('hex')}`
  const backup = { isPinned: pin, note: note === '' ? null : note, run }
  await inParallel(AT_ONCE, now, async (sessionId) => {
    await requestAction(documents, principal, { sessionId, type: 'backup', why: `Requested for all sessions (${run}).`, backup })
  })
  logger.info({ run, count: now.length }, 'A backup of all sessions was requested.')
  return { run, sessions: now.map(sessionNameOf).toSorted(), left: missing.length - now.length }
}

/**
 * Shows how far a backup of all sessions has got.
 *
 * @throws Refusal `unknown-action`
 */
export async function progressOfBackups(needed: Pick<Needed, 'documents' | 'logger'>, principal: Principal, run: string) {
  const actions = await actionsOf(needed, principal, run)
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

/** @throws Refusal `unknown-action` */
async function actionsOf({ documents, logger }: Pick<Needed, 'documents' | 'logger'>, principal: Principal, run: string) {
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
  return actions
}
