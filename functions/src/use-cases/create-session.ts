import { isDeepStrictEqual } from 'node:util'
import { newSession } from '@holdfast/core/session/new-session'
import { sessionPath } from '@holdfast/core/session/session-document'
import { isHalted } from '@holdfast/core/session/session-states'
import {
  areKeysDestroyed,
  type SessionKeyDocument,
  sessionKeyDocumentSchema,
  sessionKeyPath,
} from '@holdfast/core/security/session-key-document'
import { newSessionKeys, nextSessionKeys, unwrapSessionKeys } from '@holdfast/core/security/envelope'
import { sessionIdOf } from '@holdfast/core/session/ids'
import { ofSession } from '@holdfast/core/session/log-fields'
import { HoldfastError, isHoldfastError } from '@holdfast/core/platform/errors'
import { parseStored } from '@holdfast/core/platform/parse'
import type { DocumentSnapshot, DocumentStore } from '@holdfast/core/platform/ports'
import { unlessChanged, writeUnlessChanged } from '@holdfast/core/platform/unless-changed'
import { knowsSession, type Principal } from '../app/principal.ts'
import { concerns } from '../app/request-context.ts'
import { newConfig, type SessionConfig } from './configure-session.ts'
import type { Dependencies } from './dependencies.ts'
import { cipherOf, isOfTenant, isRemoved, parseSession } from './find-session.ts'
import { refusePurging } from './purge/request-purge.ts'
import { sessionToPurge } from './purge/session-to-purge.ts'
import { requestAction } from './recoveries/request-action.ts'
import { cancelWaiting } from './remove-session.ts'
import { Refusal } from './refusal.ts'

type Needed = Pick<Dependencies, 'documents' | 'archives' | 'limits' | 'wrappingKey' | 'clock' | 'logger'>

interface NewSession {
  readonly name: string
  readonly start: boolean
  readonly config?: SessionConfig | undefined
}

/**
 * Creates a session together with its data key. One that was removed comes back empty-handed: its device was unlinked.
 *
 * @throws Refusal `session-exists` when a session of that name or the key of an earlier one exists, `forbidden`, `quota-exceeded`
 *   or `tenant-deleting`
 */
export async function createSession(
  dependencies: Needed,
  principal: Principal,
  { name, start, config }: NewSession,
): Promise<void> {
  const { documents, limits, wrappingKey, clock, logger } = dependencies
  const id = sessionIdOf(principal.tenant, name)
  if (!knowsSession(principal, id)) throw new Refusal('forbidden', `This API key may not create a session "${name}".`)
  const keys = await newSessionKeys(id, wrappingKey)
  const wanted = start ? 'online' : 'offline'
  const configured = newConfig(await unwrapSessionKeys(id, keys, wrappingKey), config, clock.now())
  try {
    // One commit writes both, so that no session exists without its key.
    await limits.commitNew(principal.tenant, 'sessions', [
      { kind: 'create', path: sessionPath(id), fields: { ...newSession(principal.tenant, name, wanted), ...configured } },
      { kind: 'create', path: sessionKeyPath(id), fields: { ...keys } },
    ])
  } catch (error) {
    if (!(await isStored(documents, id, keys))) {
      const existing = await documents.read(sessionPath(id))
      if (existing && isRemoved(existing) && isOfTenant(principal, existing.fields)) {
        return bringBack(dependencies, principal, existing, { name, start, config })
      }
      await refuseExisting(documents, id, name)
      throw error
    }
  }
  concerns(ofSession(id))
  logger.info({ start }, 'A session was created.')
}

/** How often a creation begins anew because somebody else writes to the session meanwhile. */
const MAX_ROUNDS = 5

/** Where sessions lie in a directory, people purge one by deleting its key. A new key would leave two that are of one generation. */
const withoutKey = (name: string): Refusal =>
  new Refusal(
    'session-exists',
    `A session "${name}" was removed, and its data key is gone, as after a purge by hand. Choose another name, or bring its document in session_keys back from a backup of Firestore.`,
  )

/** A halted session connects again only when somebody asks for it. */
async function bringBack(
  dependencies: Needed,
  principal: Principal,
  snapshot: DocumentSnapshot,
  { name, start, config = {} }: NewSession,
): Promise<void> {
  const { documents, limits, wrappingKey, clock, logger } = dependencies
  await limits.requireActive(principal.tenant)
  const { id: sessionId, path } = snapshot
  // First, because a damaged session can be purged, too.
  refusePurging(sessionToPurge(snapshot), name)
  const { state, purge } = parseSession(snapshot)
  if (purge) return createAfterPurge(dependencies, principal, snapshot, { name, start, config })
  const cipher = await cipherOf(documents, sessionId, wrappingKey).catch((error: unknown) => {
    throw isHoldfastError(error, 'data-key-missing') ? withoutKey(name) : error
  })
  const configured = newConfig(cipher, config, clock.now())
  // The removal may have been cut short.
  await cancelWaiting(dependencies, principal, sessionId)
  const fields = { isRemoved: false, wanted: start ? 'online' : 'offline', ...configured }
  // The owner may write at any time until it has let go of the session.
  for (let round = 1; ; round++) {
    const now = await documents.read(path)
    const current = now && parseSession(now)
    if (now && current?.purge) {
      refusePurging(current, name)
      return createAfterPurge(dependencies, principal, now, { name, start, config })
    }
    if (await writeUnlessChanged(documents, path, now, fields)) break
    if (round === MAX_ROUNDS) throw new HoldfastError('unavailable', `The session "${name}" changed while it was created.`)
  }
  if (start && isHalted(state)) {
    await requestAction(documents, principal, { sessionId, type: 'restart', why: 'Created again after it was removed.' })
  }
  concerns(ofSession(sessionId))
  logger.info({ start }, 'A removed session was created again.')
}

/**
 * Creates a session under the name of one that was purged. It gets the next data key, and its log goes on behind the record of the purge:
 * neither a number nor a key of the old one is used again.
 *
 * @throws Refusal `quota-exceeded`, `tenant-deleting`, or `session-exists` when another request was faster
 */
async function createAfterPurge(
  { documents, limits, wrappingKey, clock, logger }: Needed,
  principal: Principal,
  snapshot: DocumentSnapshot,
  { name, start, config }: NewSession,
): Promise<void> {
  const { id: sessionId, path } = snapshot
  const keyPath = sessionKeyPath(sessionId)
  const key = await documents.read(keyPath)
  const stored = key && parseStored(sessionKeyDocumentSchema, key.fields, keyPath)
  if (!stored || !areKeysDestroyed(stored)) {
    // Another request may have created the session since its document was read.
    await refuseExisting(documents, sessionId, name)
    throw new HoldfastError('data-key-missing', `${keyPath} does not say that a purge destroyed its keys. No new key is made.`, {
      advice: 'Bring the document back from a backup of Firestore, or choose another name.',
    })
  }
  const keys = await nextSessionKeys(sessionId, stored, wrappingKey)
  const configured = newConfig(await unwrapSessionKeys(sessionId, keys, wrappingKey), config, clock.now())
  const { epoch: _, journalHead: __, trimmedTo: ___, ...fresh } = newSession(principal.tenant, name, start ? 'online' : 'offline')
  const fields = { ...fresh, ...configured, isRemoved: false, purge: null }
  try {
    await limits.commitNew(principal.tenant, 'sessions', [
      unlessChanged(path, snapshot, fields),
      unlessChanged(keyPath, key, { ...keys }),
    ])
  } catch (error) {
    if (!(await isStored(documents, sessionId, keys))) {
      await refuseExisting(documents, sessionId, name)
      throw error
    }
  }
  concerns(ofSession(sessionId))
  logger.info({ start }, 'A session was created under the name of one that was purged.')
}

/**
 * Returns whether the data key of this request is stored. Nobody else can have made it, so the commit succeeded although its answer
 * was lost, or although the client repeated it and met what it had created.
 */
async function isStored(documents: DocumentStore, id: string, { current, keys }: SessionKeyDocument): Promise<boolean> {
  const stored = await documents.read(sessionKeyPath(id))
  return stored !== null && isDeepStrictEqual(stored.fields['keys'], keys) && stored.fields['current'] === current
}

/** Finds out by reading, not from the error, why a creation failed. Returns when nothing of that name exists. */
async function refuseExisting(documents: DocumentStore, id: string, name: string): Promise<void> {
  const existing = await documents.read(sessionPath(id))
  if (existing && !isRemoved(existing)) {
    throw new Refusal('session-exists', `Start the session (POST /api/sessions/${name}/start), or choose another name.`)
  }
  if (!existing && (await documents.read(sessionKeyPath(id)))) {
    throw new Refusal(
      'session-exists',
      `The key of an earlier session of this name still exists. Choose another name, or restore that session: POST /api/sessions/${name}/restore.`,
    )
  }
}
