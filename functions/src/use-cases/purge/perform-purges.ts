import { ALERTS } from '@holdfast/core/operations/alert-document'
import type { Deadline } from '@holdfast/core/platform/deadlines'
import { HoldfastError } from '@holdfast/core/platform/errors'
import { writeUnlessChanged } from '@holdfast/core/platform/unless-changed'
import { tenantOf } from '@holdfast/core/session/ids'
import { ofSession } from '@holdfast/core/session/log-fields'
import { type Purge, SESSIONS, sessionPath } from '@holdfast/core/session/session-document'
import type { Dependencies } from '../dependencies.ts'
import { isRemoved } from '../find-session.ts'
import { destroyKeys } from './destroy-keys.ts'
import { fateOf, finalAt, preparationsOf } from './purge-answer.ts'
import { STUCK_AFTER_MS, tellOfPurge } from './purge-alert.ts'
import { keepTombstone, removeOldTombstones } from './tombstones.ts'
import { removeRemains } from './remove-remains.ts'
import { sessionToPurge } from './session-to-purge.ts'

type Needed = Pick<Dependencies, 'documents' | 'objects' | 'media' | 'tenants' | 'clock' | 'logger'>

/** Sessions that one run looks at. The next run goes on. */
const MOST_SESSIONS = 2000

/** A live owner may change its session between reading and writing. */
const MAX_ROUNDS = 6

/**
 * Goes on with all purges that are due: first the keys of all of them are destroyed, then what they have stored is removed, which may take
 * nights. Each step is safe to repeat: a run that is cut short leaves the rest to the next one. One that fails keeps no other one waiting,
 * and raises the alert `purge-stuck`.
 *
 * @returns the number of sessions that are gone
 */
export async function performPurges(needed: Needed, deadline: Deadline): Promise<number> {
  const { documents, clock, logger } = needed
  await endOldAlerts(documents)
  const where = [['purge.dueAt', '<=', new Date(clock.now())]] as const
  const due = await documents.query({ collection: SESSIONS, where, select: ['purge'], limit: MOST_SESSIONS })
  const waiting = due.filter(({ fields }) => (fields['purge'] as Partial<Purge>).phase === 'waiting')
  const attempt = async (id: string, step: () => Promise<boolean>): Promise<boolean> => {
    if (deadline.remainingMs === 0) return false
    try {
      return await step()
    } catch (error) {
      logger.error({ error, ...ofSession(id) }, 'A session could not be purged; the next run goes on.')
      await tellOfPurge(documents, id, 'It failed; the log of `cleanup` says why.')
      return false
    }
  }
  for (const { id } of waiting) await attempt(id, () => endGrace(needed, id))
  let done = 0
  for (const { id } of due) if (await attempt(id, () => endRemoval(needed, id, deadline))) done++
  await removeOldTombstones(needed, deadline)
  if (done > 0) logger.warn({ done }, 'Sessions were purged.')
  return done
}

/** A session whose purge is due in this phase, as it is now. Null when it is not, or not any more. */
async function dueIn(phase: Purge['phase'], { documents, clock }: Needed, sessionId: string) {
  const snapshot = await documents.read(sessionPath(sessionId))
  if (!snapshot) return null
  const session = sessionToPurge(snapshot)
  const { purge } = session
  if (!purge && snapshot.fields['purge']) {
    throw new HoldfastError('bad-document', `What ${snapshot.path} says of its purge does not parse.`, {
      advice: `Ask for the purge again, which begins it anew.`,
    })
  }
  if (purge?.phase !== phase || !purge.dueAt || purge.dueAt.getTime() > clock.now()) return null
  return { snapshot, session, purge, dueAtMs: purge.dueAt.getTime() }
}

/** Destroys the keys of a session whose grace is over. Returns false when the purge was taken back. */
async function endGrace(needed: Needed, sessionId: string): Promise<boolean> {
  for (let round = 1; round <= MAX_ROUNDS; round++) {
    const due = await dueIn('waiting', needed, sessionId)
    if (!due) return false
    const { snapshot, session, purge } = due
    if (!isRemoved(snapshot)) {
      // A session was created under its name at the moment of the request: that one stays.
      await writeUnlessChanged(needed.documents, snapshot.path, snapshot, { purge: null })
      continue
    }
    if (!purge.begunAt) {
      // Before the tombstone: one that is written must not be over a session that was taken back.
      const begun: Purge = { ...purge, begunAt: new Date(needed.clock.now()) }
      await writeUnlessChanged(needed.documents, snapshot.path, snapshot, { purge: begun })
      continue
    }
    const { logout } = await preparationsOf(needed, purge)
    const fate = fateOf(purge, logout)
    // Nobody unlinks it any more.
    const device = fate === 'asked' ? 'not-reachable' : fate
    const until = finalAt(new Date(needed.clock.now()), (await needed.tenants.settingsOf(tenantOf(sessionId))).purge, false)
    if (!(await destroyKeys(needed, { snapshot, session, purge: { ...purge, device }, until }))) continue
    needed.logger.warn(ofSession(sessionId), 'The keys of a session were destroyed.')
    return true
  }
  throw changedTooOften(sessionId)
}

/** Removes what a session without keys has stored. Returns false when the purge is not done yet. */
async function endRemoval(needed: Needed, sessionId: string, deadline: Deadline): Promise<boolean> {
  const { documents, clock } = needed
  for (let round = 1; round <= MAX_ROUNDS; round++) {
    const due = await dueIn('removing', needed, sessionId)
    if (!due) return false
    const { snapshot, session, purge, dueAtMs } = due
    const removal = await removeRemains(needed, { snapshot, upTo: session.journalHead, deadline })
    if (removal === 'changed') continue
    if (removal === 'no-time') {
      if (clock.now() - dueAtMs > STUCK_AFTER_MS) await tellOfPurge(documents, sessionId, 'Two nights were not enough.')
      return false
    }
    const doneAt = new Date(clock.now())
    await keepTombstone(needed, { sessionId, purge, doneAt })
    // First, because nothing looks at a purge that is done.
    await tellOfPurge(documents, sessionId, null)
    const done: Purge = { ...purge, phase: 'done', dueAt: null, doneAt }
    if (await writeUnlessChanged(documents, snapshot.path, snapshot, { purge: done })) return true
  }
  throw changedTooOften(sessionId)
}

const changedTooOften = (sessionId: string): HoldfastError =>
  new HoldfastError('unavailable', `Session ${sessionId} changed at each of ${MAX_ROUNDS} attempts to purge it.`)

/** A purge may have ended in the very run that was told of as failed. */
async function endOldAlerts(documents: Needed['documents']): Promise<void> {
  const where = [['type', '==', 'purge-stuck'] as const, ['state', 'in', ['open', 'acknowledged']] as const]
  for (const { fields } of await documents.query({ collection: ALERTS, where, select: ['scope'] })) {
    const sessionId = String(fields['scope'])
    const session = await documents.read(sessionPath(sessionId))
    const { dueAt = null } = (session?.fields['purge'] ?? {}) as Partial<Purge>
    if (dueAt === null) await tellOfPurge(documents, sessionId, null)
  }
}
