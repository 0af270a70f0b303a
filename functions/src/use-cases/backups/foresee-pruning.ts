import { sessionNameOf } from '@holdfast/core/session/ids'
import { SESSIONS } from '@holdfast/core/session/session-document'
import { knowsSession, type Principal } from '../../app/principal.ts'
import type { Dependencies } from '../dependencies.ts'
import { findSession, isRemoved } from '../find-session.ts'
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
  const ids = name === undefined ? await sessionsOf(needed, principal) : [(await findSession(documents, principal, name)).id]
  const sessions: { session: string; backups: string[] }[] = []
  for (const sessionId of ids.slice(0, MOST_SESSIONS)) {
    const going = await goingBackups(needed, sessionId)
    if (going.length > 0) sessions.push({ session: sessionNameOf(sessionId), backups: going.map(({ id }) => id) })
  }
  return { sessions, left: Math.max(0, ids.length - MOST_SESSIONS) }
}

async function sessionsOf({ documents }: Needed, principal: Principal): Promise<string[]> {
  const where = [['tenant', '==', principal.tenant] as const]
  const found = await documents.query({ collection: SESSIONS, where, select: ['tenant', 'isRemoved'] })
  return found.filter((snapshot) => knowsSession(principal, snapshot.id) && !isRemoved(snapshot)).map(({ id }) => id)
}
