import { inParallel } from '@holdfast/core/platform/in-parallel'
import { sessionNameOf } from '@holdfast/core/session/ids'
import type { Principal } from '../../app/principal.ts'
import type { Dependencies } from '../dependencies.ts'
import { knownSessions } from '../find-session.ts'
import { actionsOf, MOST_AT_ONCE, newRun } from '../recoveries/action-runs.ts'
import { requestAction } from '../recoveries/request-action.ts'

type Needed = Pick<Dependencies, 'documents' | 'clock' | 'logger'>

const AT_ONCE = 10

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
  const earlier = given === undefined ? [] : await actionsOf({ documents, logger }, principal, { id: given, kind: 'backup' })
  const begun = new Set(earlier.map(({ action }) => action.sessionId))
  const known = await knownSessions(documents, principal, { where: [['wanted', '==', 'online']], select: [] })
  const missing = known.map(({ id }) => id).filter((id) => !begun.has(id))
  const now = missing.slice(0, MOST_AT_ONCE)
  const run = given ?? newRun(clock.now())
  const backup = { isPinned: pin, note: note === '' ? null : note, run }
  await inParallel(AT_ONCE, now, async (sessionId) => {
    await requestAction(documents, principal, { sessionId, type: 'backup', why: `Requested for all sessions (${run}).`, backup })
  })
  logger.info({ run, count: now.length }, 'A backup of all sessions was requested.')
  return { run, sessions: now.map(sessionNameOf).toSorted(), left: missing.length - now.length }
}
