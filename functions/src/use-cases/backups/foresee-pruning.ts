import { sessionNameOf } from '@holdfast/core/session/ids'
import type { Principal } from '../../app/principal.ts'
import type { Dependencies } from '../dependencies.ts'
import { findSession, knownSessions } from '../find-session.ts'
import { goingBackups } from './prune-backups.ts'

type Needed = Pick<Dependencies, 'documents' | 'objects' | 'tenants' | 'clock' | 'logger'>

/** The most sessions that one request looks at. */
const MOST_SESSIONS = 200

/**
 * Says which backups the next clean-up removes: of one session, or of all. Nothing is removed here, because this API may not delete
 * objects.
 *
 * @throws Refusal `unknown-session`
 */
export async function foreseePruning(needed: Needed, principal: Principal, name: string | undefined) {
  const { documents } = needed
  const found =
    name === undefined
      ? await knownSessions(documents, principal, { select: [] })
      : [await findSession(documents, principal, name)]
  const sessions: { session: string; backups: string[] }[] = []
  for (const { id: sessionId } of found.slice(0, MOST_SESSIONS)) {
    const going = await goingBackups(needed, sessionId)
    if (going.length > 0) sessions.push({ session: sessionNameOf(sessionId), backups: going.map(({ id }) => id) })
  }
  return { sessions, left: Math.max(0, found.length - MOST_SESSIONS) }
}
