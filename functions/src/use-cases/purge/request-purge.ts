import { dirname } from 'node:path'
import { DocumentJournals } from '@holdfast/core/journal/document-journals'
import { HoldfastError } from '@holdfast/core/platform/errors'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import { writeUnlessChanged } from '@holdfast/core/platform/unless-changed'
import { sessionKeyPath } from '@holdfast/core/security/session-key-document'
import { ofSession } from '@holdfast/core/session/log-fields'
import { type Purge, sessionPath } from '@holdfast/core/session/session-document'
import type { Principal } from '../../app/principal.ts'
import { concerns } from '../../app/request-context.ts'
import type { Dependencies } from '../dependencies.ts'
import { isOfTenant, isRemoved, namedSession, unknownSession } from '../find-session.ts'
import { requestAction } from '../recoveries/request-action.ts'
import { cancelRecovery } from '../recoveries/settle-action.ts'
import { Refusal } from '../refusal.ts'
import { cancelWaiting } from '../remove-session.ts'
import { mayBeTakenBack, preparationsOf, purgeAnswer } from './purge-answer.ts'
import { type SessionToPurge, sessionToPurge } from './session-to-purge.ts'

type Needed = Pick<Dependencies, 'documents' | 'archives' | 'journals' | 'tenants' | 'wrappingKey' | 'clock' | 'logger'>

export type PurgeAnswer = ReturnType<typeof purgeAnswer>

const DAY_MS = 24 * 60 * 60_000

/** How often another one may change the session between reading and writing. */
const MAX_ROUNDS = 5

interface PurgeRequest {
  readonly name: string
  /** Has to be the name once more. */
  readonly confirm: string | undefined
}

/**
 * Begins the purge of a session, removed before or not, damaged or not: its owner backs it up and unlinks its device, and it is stopped
 * and hidden for the grace of its tenant. Then the schedule `cleanup` destroys its keys and removes what it has stored. The call may be repeated, and says
 * how far the purge is.
 *
 * @throws Refusal `unknown-session`, `purge-not-confirmed` or `not-possible`
 */
export async function requestPurge(needed: Needed, principal: Principal, { name, confirm }: PurgeRequest): Promise<PurgeAnswer> {
  const { documents, journals, tenants, clock, logger } = needed
  // Asked for once: a fast owner has done both, and changed the session, before the next round.
  let actions: Purge['actions'] = null
  for (let round = 1; round <= MAX_ROUNDS; round++) {
    const { sessionId, snapshot, session } = await purgeable(needed, principal, name)
    if (confirm !== name) throw notConfirmed(name)
    const { purge: settings } = await tenants.settingsOf(principal.tenant)
    // One that waits over a session which is not hidden would end without a purge: a session was created at the moment of that request.
    if (session.purge && (session.purge.phase !== 'waiting' || isRemoved(snapshot))) {
      // The request before may have been cut short.
      if (session.purge.phase === 'waiting') await cancelWaiting(needed, principal, sessionId)
      return purgeAnswer(sessionId, session.purge, await preparationsOf(needed, session.purge), settings)
    }
    // Journals that lie elsewhere belong to the one host that has their directory, which no schedule can reach.
    if (!(journals instanceof DocumentJournals)) throw inDirectory(name, sessionId, journals.placeOf(sessionId))
    if (session.hasDevice) actions ??= await prepare(documents, principal, sessionId)
    const now = new Date(clock.now())
    const purge: Purge = {
      phase: 'waiting',
      requestedAt: now,
      requestedBy: principal.key,
      dueAt: new Date(now.getTime() + settings.graceDays * DAY_MS),
      actions,
      destroyedAt: null,
      device: null,
      doneAt: null,
    }
    if (!(await writeUnlessChanged(documents, snapshot.path, snapshot, { wanted: 'offline', isRemoved: true, purge }))) continue
    logger.warn({ dueAt: purge.dueAt }, 'The purge of a session was requested.')
    await cancelWaiting(needed, principal, sessionId)
    return purgeAnswer(sessionId, purge, await preparationsOf(needed, purge), settings)
  }
  throw new HoldfastError('unavailable', `The session changed at each of ${MAX_ROUNDS} attempts to purge it. Repeat the request.`)
}

/**
 * Says how far the purge of a session is. Changes nothing, while a request for it could begin the purge of a session that was created since.
 *
 * @throws Refusal `unknown-session` when nobody asked for a purge, or a session has the name again
 */
export async function showPurge(
  needed: Pick<Needed, 'documents' | 'tenants'>,
  principal: Principal,
  name: string,
): Promise<PurgeAnswer> {
  const { sessionId, session } = await purgeable(needed, principal, name)
  if (!session.purge) throw new Refusal('unknown-session', `There is no purge of a session "${name}".`)
  const { purge: settings } = await needed.tenants.settingsOf(principal.tenant)
  return purgeAnswer(sessionId, session.purge, await preparationsOf(needed, session.purge), settings)
}

/**
 * Takes a purge back during its grace. The session is there again, stopped, with all that it has stored. A phone that was unlinked has to
 * be linked anew; one that was not yet stays linked. Taken back twice, it is taken back once.
 *
 * @throws Refusal `unknown-session`, `session-purging` when its keys are destroyed, or `tenant-deleting`
 */
export async function takePurgeBack(
  needed: Pick<Dependencies, 'documents' | 'objects' | 'journals' | 'limits' | 'wrappingKey' | 'logger'>,
  principal: Principal,
  name: string,
): Promise<void> {
  const { documents, limits, logger } = needed
  for (let round = 1; round <= MAX_ROUNDS; round++) {
    const { snapshot, session } = await purgeable(needed, principal, name)
    if (!session.purge) {
      if (isRemoved(snapshot)) throw unknownSession(name)
      return
    }
    if (!mayBeTakenBack(session.purge)) throw sessionPurged(name)
    await limits.requireActive(principal.tenant)
    // First, so that a call that is cut short is repeated.
    if (session.purge.actions) await cancelIfWaiting(needed, principal, session.purge.actions.logout)
    if (!(await writeUnlessChanged(documents, snapshot.path, snapshot, { isRemoved: false, purge: null }))) continue
    logger.warn('The purge of a session was taken back.')
    return
  }
  throw new HoldfastError('unavailable', `The session changed at each of ${MAX_ROUNDS} attempts. Repeat the request.`)
}

/** Whoever has begun to unlink a device cannot stop half way. */
async function cancelIfWaiting(needed: Parameters<typeof cancelRecovery>[0], principal: Principal, action: string) {
  try {
    await cancelRecovery(needed, principal, action)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
  }
}

/** Refuses to create a session under the name of one that is not gone yet. */
export function refusePurging({ purge }: Pick<SessionToPurge, 'purge'>, name: string): void {
  if (purge && mayBeTakenBack(purge)) {
    throw new Refusal(
      'session-purging',
      `The purge of a session of this name waits. Take it back (POST /api/sessions/${name}/purge/cancel), or choose another name until it is done.`,
    )
  }
  if (purge && purge.phase !== 'done') throw sessionPurged(name)
}

const sessionPurged = (name: string): Refusal =>
  new Refusal(
    'session-purging',
    `The keys of "${name}" are destroyed, or just being destroyed, and cannot come back. A session can be created under its name when all that it had stored is removed, usually after the next night.`,
  )

const notConfirmed = (name: string): Refusal =>
  new Refusal('purge-not-confirmed', `Nothing was done. Repeat the request with ?purge=true&confirm=${name}.`)

/** Only the runner that holds the directory may change its files, and a log there is no log of Firestore that a schedule could fence. */
const inDirectory = (name: string, sessionId: string, journal: string): Refusal =>
  new Refusal(
    'not-possible',
    `Nothing was done: in storage mode local the files of a session belong to the runner of its directory. DELETE /api/sessions/${name} without ` +
      'purge unlinks its phone and hides it. Then stop the runner and, on its host, destroy the key first: ' +
      `firebase firestore:delete --force ${sessionKeyPath(sessionId)} && rm -rf '${dirname(journal)}'. ` +
      'docs/BACKUP.md, "In storage mode local", has the commands for the documents that are left. The name is never used again.',
  )

/** The owner performs both, one after the other. Without a connection the second one fails, and the answer says so. */
async function prepare(documents: Needed['documents'], principal: Principal, sessionId: string): Promise<Purge['actions']> {
  const why = 'The session is to be purged.'
  const wish = { isPinned: false, note: why }
  const backup = await requestAction(documents, principal, { sessionId, type: 'backup', why, backup: wish })
  const logout = await requestAction(documents, principal, { sessionId, type: 'logout', why })
  return { backup: backup.id, logout: logout.id }
}

/** A session of the caller, hidden or not, and damaged or not. */
async function purgeable(
  { documents }: Pick<Needed, 'documents'>,
  principal: Principal,
  name: string,
): Promise<{ sessionId: string; snapshot: DocumentSnapshot; session: SessionToPurge }> {
  const sessionId = namedSession(principal, name)
  const snapshot = await documents.read(sessionPath(sessionId))
  if (!snapshot || !isOfTenant(principal, snapshot.fields)) throw unknownSession(name)
  concerns(ofSession(sessionId))
  return { sessionId, snapshot, session: sessionToPurge(snapshot) }
}
