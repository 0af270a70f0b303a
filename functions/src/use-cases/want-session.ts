import { MARKS, type ReasonCode } from '@holdfast/core/session/session-states'
import { movedSchema, type SessionDocument, sessionPath } from '@holdfast/core/session/session-document'
import { Deadline } from '@holdfast/core/platform/deadlines'
import type { DocumentSnapshot, Fields } from '@holdfast/core/platform/ports'
import type { Principal } from '../app/principal.ts'
import type { Dependencies } from './dependencies.ts'
import { findSession, unknownSession } from './find-session.ts'
import { Refusal } from './refusal.ts'
import { requestAction } from './recoveries/request-action.ts'
import type { SessionAnswer } from './session-answer.ts'
import { showSession } from './show-sessions.ts'

type Needed = Pick<Dependencies, 'documents' | 'limits' | 'logger' | 'availability' | 'wrappingKey' | 'clock'>

/** Callers expect a stopped session in the answer. An owner needs a fraction of this time. */
const STOPPED_WITHIN_MS = 3000
const PAUSE_MS = 150

/**
 * Requests that a session be connected. A session that waits for an operator also gets a restart, because `wanted` may be
 * `online` already and then changes nothing.
 *
 * @param confirms what the caller vouches for: `exported`, that no other program has used the exported keys
 * @throws Refusal `unknown-session`, `tenant-deleting` or `session-exported`
 */
export async function startSession(
  dependencies: Needed,
  principal: Principal,
  name: string,
  confirms?: 'exported',
): Promise<SessionAnswer> {
  const found = await findSession(dependencies.documents, principal, name)
  await dependencies.limits.requireActive(principal.tenant)
  const takenBack = takenBackFields(found.snapshot, name, confirms)
  const sessionId = await want(dependencies, principal, name, { wanted: 'online', ...takenBack })
  await undoUnlessActive(dependencies, principal, name)
  const answer = await showSession(dependencies, principal, name)
  if (answer.status === 'FAILED') {
    const why = 'Started while the session was waiting for an operator.'
    await requestAction(dependencies.documents, principal, { sessionId, type: 'restart', why })
  }
  return answer
}

/**
 * Requests that a session be disconnected, and waits a moment until its owner has done so. Its state is kept.
 *
 * @throws Refusal `unknown-session`
 */
export async function stopSession(dependencies: Needed, principal: Principal, name: string): Promise<SessionAnswer> {
  const { clock } = dependencies
  await want(dependencies, principal, name, { wanted: 'offline' })
  const deadline = new Deadline(clock, STOPPED_WITHIN_MS)
  for (;;) {
    const answer = await showSession(dependencies, principal, name)
    if (!isHeld(answer) || deadline.remainingMs <= 0) return answer
    await clock.sleep(PAUSE_MS, 'deadline')
  }
}

/** Whether a runner that is alive holds the session. Without one there is nobody to wait for. */
const isHeld = ({ owner, status, reason }: SessionAnswer): boolean =>
  owner.runnerId !== null && status !== 'STOPPED' && status !== 'FAILED' && !OWNER_IS_AWAY.has(reason)

const OWNER_IS_AWAY: ReadonlySet<ReasonCode> = new Set(MARKS)

/**
 * A session whose keys were handed out starts only when the caller vouches that nobody else has used them: its own state would be
 * behind. No runner opens it before.
 *
 * @throws Refusal `session-exported`
 */
function takenBackFields({ fields }: DocumentSnapshot, name: string, confirms: 'exported' | undefined): Fields {
  const moved = movedSchema.safeParse(fields['moved'])
  if (!moved.success || moved.data.phase === 'arrived') return {}
  if (moved.data.phase === 'arriving') {
    throw new Refusal('session-exported', 'The session is being moved in. Run that command again, until it ends well.')
  }
  if (confirms === 'exported') return { moved: null }
  throw new Refusal(
    'session-exported',
    `Another program may have used the exported session, whose keys have then gone on there: move it in again. If none has, POST /api/sessions/${name}/start?confirm=exported.`,
  )
}

/** The deletion of the tenant may have begun, and stopped its sessions, before this one was started. */
async function undoUnlessActive(dependencies: Needed, principal: Principal, name: string): Promise<void> {
  try {
    await dependencies.limits.requireActive(principal.tenant)
  } catch (error) {
    if (error instanceof Refusal) await want(dependencies, principal, name, { wanted: 'offline' })
    throw error
  }
}

async function want(
  { documents, logger }: Pick<Needed, 'documents' | 'logger'>,
  principal: Principal,
  name: string,
  fields: Fields & Pick<SessionDocument, 'wanted'>,
): Promise<string> {
  const { id, snapshot } = await findSession(documents, principal, name)
  try {
    await documents.commit([{ kind: 'update', path: sessionPath(id), fields }])
  } catch (error) {
    const now = await documents.read(sessionPath(id))
    if (!now) throw unknownSession(name)
    if (now.createdAtMicros === snapshot.createdAtMicros) throw error
    // The session was removed and created anew in between, so that the update found none. The new one can be updated.
    return want({ documents, logger }, principal, name, fields)
  }
  logger.info({ wanted: fields.wanted }, fields.wanted === 'online' ? 'Session start requested.' : 'Session stop requested.')
  return id
}
