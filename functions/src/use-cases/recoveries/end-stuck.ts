import type { Deadline } from '@holdfast/core/platform/deadlines'
import { inParallel } from '@holdfast/core/platform/in-parallel'
import type { RecoveryAction } from '@holdfast/core/operations/recovery-action-document'
import { Append, type DocumentSnapshot, SERVER_TIME } from '@holdfast/core/platform/ports'
import { writeUnlessChanged } from '@holdfast/core/platform/unless-changed'
import { sessionPath } from '@holdfast/core/session/session-document'
import type { Dependencies } from '../dependencies.ts'
import type { FleetFacts } from '../fleet-facts.ts'
import { ENDS, type End, endOf, SETTLED_AFTER_MS, type SessionSeen } from './stuck-decision.ts'

type Needed = Pick<Dependencies, 'documents' | 'clock' | 'logger'>

type Facts = Pick<FleetFacts, 'actions' | 'runners'>

const AT_ONCE = 10

/**
 * Ends the actions that nobody else ends. Jobs need nothing of the kind: one that is stuck in `processing` is taken up by the next owner
 * of its session, and only that one can know whether its message was sent. Locks are leases on Firestore's times, and free themselves.
 *
 * @returns the number of ended actions
 */
export async function endStuck(needed: Needed, { actions, runners }: Facts, deadline: Deadline): Promise<number> {
  let ended = 0
  await inParallel(AT_ONCE, actions, async ({ snapshot, content }) => {
    if (deadline.remainingMs === 0) return
    const session = await sessionOf(needed, { snapshot, action: content, runners })
    const isTargetGone = content.targetRunner !== null && !runners.some(({ id }) => id === content.targetRunner)
    const end = endOf(content, { silentForMs: snapshot.silentForMs, session, isTargetGone })
    if (end && (await write(needed, snapshot, end))) ended++
  })
  return ended
}

/** Reads the document of a session only if no live owner reports it, and the action is old enough to be stuck. */
async function sessionOf(
  { documents }: Needed,
  {
    snapshot,
    action,
    runners,
  }: { readonly snapshot: DocumentSnapshot; readonly action: RecoveryAction } & Pick<Facts, 'runners'>,
): Promise<SessionSeen | null> {
  const { sessionId } = action
  if (sessionId === '') return null
  const reported = runners.find(({ isDead, document }) => !isDead && document.sessions[sessionId])?.document.sessions[sessionId]
  if (reported) {
    const isConnected = reported.state === 'CONNECTED' && reported.deafSince == null
    return { exists: true, isConnected, ownerEpoch: reported.epoch }
  }
  const exists = snapshot.silentForMs <= SETTLED_AFTER_MS || (await documents.read(sessionPath(sessionId))) !== null
  return { exists, isConnected: false, ownerEpoch: null }
}

/** Ends an action in the version that was judged. False when somebody else was quicker. */
async function write({ documents, clock, logger }: Needed, action: DocumentSnapshot, { state, code }: End): Promise<boolean> {
  const result = { code, sentence: ENDS[code] }
  const steps = new Append({ at: new Date(clock.now()), what: result.sentence })
  const by = state === 'cancelled' ? { cancelledBy: 'sweep' } : {}
  const fields = { state, result, steps, finishedAt: SERVER_TIME, ...by }
  if (!(await writeUnlessChanged(documents, action.path, action, fields))) return false
  logger.warn({ action: action.id, state, result: code }, 'The sweep ended a recovery action.')
  return true
}
