import { inParallel } from '@holdfast/core/platform/in-parallel'
import { sessionNameOf } from '@holdfast/core/session/ids'
import type { Principal } from '../../app/principal.ts'
import type { Dependencies } from '../dependencies.ts'
import { findSession, knownSessions } from '../find-session.ts'
import type { ActionAnswer } from '../recoveries/action-answer.ts'
import { MOST_AT_ONCE } from '../recoveries/action-runs.ts'
import { requestAction } from '../recoveries/request-action.ts'

type Needed = Pick<Dependencies, 'documents' | 'logger'>

export interface CleanUpRequest {
  /** Only reports what would be moved. */
  readonly dryRun: boolean
  /** Days without use, instead of those of the tenant. */
  readonly olderThan: number | null
}

const AT_ONCE = 10

/**
 * Asks for a clean-up of a session's Signal records. The session's owner performs it. While one is open, a repeat returns that one.
 *
 * @throws Refusal `unknown-session`
 */
export async function requestCleanUp(
  { documents, logger }: Needed,
  principal: Principal,
  name: string,
  request: CleanUpRequest,
): Promise<ActionAnswer> {
  const { id: sessionId } = await findSession(documents, principal, name)
  const action = await requestFor(documents, principal, sessionId, request)
  logger.info({ action: action.id, type: 'clean-up' }, 'Recovery action requested.')
  return action
}

/**
 * Asks for a clean-up of each session that the caller knows and that has a state, in the order of their names.
 *
 * @param after the name after which it begins; null for the first
 * @returns the actions, and the name after which the next request goes on; null when that was all
 */
export async function requestCleanUps(
  { documents, logger }: Needed,
  principal: Principal,
  { after, ...request }: CleanUpRequest & { readonly after: string | null },
): Promise<{ actions: ActionAnswer[]; next: string | null }> {
  const known = await knownSessions(documents, principal, { select: ['runnerId'] })
  const owned = known.filter(({ fields }) => fields['runnerId'] != null).toSorted((one, other) => (one.id < other.id ? -1 : 1))
  const left = after === null ? owned : owned.filter(({ id }) => sessionNameOf(id) > after)
  const now = left.slice(0, MOST_AT_ONCE)
  const actions: ActionAnswer[] = []
  await inParallel(AT_ONCE, now, async ({ id }) => {
    actions.push(await requestFor(documents, principal, id, request))
  })
  logger.info({ sessions: actions.length }, 'Clean-ups of all sessions were requested.')
  const last = now.at(-1)
  const next = last && left.length > now.length ? sessionNameOf(last.id) : null
  return { actions: actions.toSorted((one, other) => (sessionOf(one) < sessionOf(other) ? -1 : 1)), next }
}

const sessionOf = ({ session }: ActionAnswer): string => session ?? ''

const requestFor = (
  documents: Needed['documents'],
  principal: Principal,
  sessionId: string,
  { dryRun, olderThan }: CleanUpRequest,
): Promise<ActionAnswer> =>
  requestAction(documents, principal, {
    sessionId,
    type: 'clean-up',
    why: 'Requested over HTTP.',
    cleanUp: { dryRun, olderThanDays: olderThan },
  })
