import { sessionPath } from '@holdfast/core/session/session-document'
import { sessionKeyPath } from '@holdfast/core/security/session-key-document'
import { newSessionKeys } from '@holdfast/core/security/envelope'
import { sessionIdOf } from '@holdfast/core/session/ids'
import { ofSession } from '@holdfast/core/session/log-fields'
import type { DocumentStore } from '@holdfast/core/platform/ports'
import { knowsSession, type Principal } from '../app/principal.ts'
import { concerns } from '../app/request-context.ts'
import type { Dependencies } from './dependencies.ts'
import { newSession } from './new-session.ts'
import { Refusal } from './refusal.ts'

/**
 * Creates a session together with its data key.
 *
 * @throws Refusal `session-exists` when a session of that name or the key of an earlier one exists, `forbidden`, `quota-exceeded`
 *   or `tenant-deleting`
 */
export async function createSession(
  { documents, limits, wrappingKey, logger }: Pick<Dependencies, 'documents' | 'limits' | 'wrappingKey' | 'logger'>,
  principal: Principal,
  { name, start }: { readonly name: string; readonly start: boolean },
): Promise<void> {
  const id = sessionIdOf(principal.tenant, name)
  if (!knowsSession(principal, id)) throw new Refusal('forbidden', `This API key may not create a session "${name}".`)
  try {
    // One commit writes both, so that no session exists without its key.
    await limits.commitNew(principal.tenant, 'sessions', [
      { kind: 'create', path: sessionPath(id), fields: newSession(principal.tenant, name, start ? 'online' : 'offline') },
      { kind: 'create', path: sessionKeyPath(id), fields: { ...newSessionKeys(id, wrappingKey) } },
    ])
  } catch (error) {
    await refuseExisting(documents, id, name)
    throw error
  }
  concerns(ofSession(id))
  logger.info({ start }, 'A session was created.')
}

/** Finds out by reading, not from the error, why a creation failed. Returns when nothing of that name exists. */
async function refuseExisting(documents: DocumentStore, id: string, name: string): Promise<void> {
  if (await documents.read(sessionPath(id))) {
    throw new Refusal('session-exists', `Start the session (POST /api/sessions/${name}/start), or choose another name.`)
  }
  if (await documents.read(sessionKeyPath(id))) {
    throw new Refusal(
      'session-exists',
      `The key of an earlier session of this name still exists. Choose another name, or restore that session: POST /api/sessions/${name}/restore.`,
    )
  }
}
