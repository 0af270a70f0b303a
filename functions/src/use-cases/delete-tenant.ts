import { JOBS, OPEN_JOB_STATUSES } from '@holdfast/core/message/job-document'
import { API_KEYS } from '@holdfast/core/operations/api-key-document'
import { tenantPath } from '@holdfast/core/operations/tenant-document'
import type { Change } from '@holdfast/core/platform/ports'
import { DEFAULT_TENANT } from '@holdfast/core/session/ids'
import { SESSIONS } from '@holdfast/core/session/session-document'
import type { Dependencies } from './dependencies.ts'
import { Refusal } from './refusal.ts'
import { findTenant, parseTenant } from './tenants.ts'

type Needed = Pick<Dependencies, 'documents' | 'clock' | 'logger'>

/** Firestore takes 500 changes in a commit. */
const COMMIT_SIZE = 400

/**
 * Begins the deletion of a tenant: refuses new work, revokes its keys and stops its sessions. Removes nothing: credentials, state,
 * messages and jobs stay for a purge. The call may be repeated, and then does what is left to do.
 *
 * @throws Refusal `unknown-tenant`, `not-confirmed`, or `forbidden` for `default`
 */
export async function deleteTenant(
  dependencies: Needed,
  { id, confirm }: { readonly id: string; readonly confirm: string | undefined },
) {
  const { documents, clock, logger } = dependencies
  const snapshot = await findTenant(dependencies, id)
  if (!snapshot || id === DEFAULT_TENANT) throw new Refusal('forbidden', 'The tenant `default` is part of every installation.')
  const { name, state, deletingSince } = parseTenant(snapshot)
  if (confirm !== name) throw new Refusal('not-confirmed', 'Repeat the request with ?confirm= and the name of the tenant.')
  const since = deletingSince ?? new Date(clock.now())
  if (state !== 'deleting') {
    // What is created from here on fails, because its creation names the version of this document that it read.
    const fields = { state: 'deleting', deletingSince: since }
    await documents.commit([{ kind: 'update', path: tenantPath(id), fields }])
    logger.warn('The deletion of a tenant was requested.')
  }
  const keysRevoked = await changeAll(dependencies, API_KEYS, ['revokedAt', null], id, { revokedAt: new Date(clock.now()) })
  const sessionsStopped = await changeAll(dependencies, SESSIONS, ['wanted', 'online'], id, { wanted: 'offline' })
  const [sessions, openMessages] = await Promise.all([
    documents.count({ collection: SESSIONS, where: [['tenant', '==', id]] }),
    documents.count({
      collection: JOBS,
      where: [
        ['tenant', '==', id],
        ['status', 'in', OPEN_JOB_STATUSES],
      ],
    }),
  ])
  logger.info({ keysRevoked, sessionsStopped }, 'The keys of a tenant were revoked, and its sessions are stopping.')
  return {
    id,
    state: 'deleting' as const,
    deletingSince: since,
    keysRevoked,
    sessionsStopped,
    remaining: { sessions, openMessages },
    sentence:
      'Its keys are revoked, its sessions are stopping, and it accepts nothing new. Nothing was removed: ' +
      'credentials, messages and history stay until they are purged.',
  }
}

/** Changes all documents of a tenant that have a value. Returns their number. */
async function changeAll(
  { documents }: Needed,
  collection: string,
  [field, value]: readonly [string, unknown],
  tenant: string,
  fields: Readonly<Record<string, unknown>>,
): Promise<number> {
  const where = [['tenant', '==', tenant] as const, [field, '==', value] as const]
  const found = await documents.query({ collection, where, select: ['tenant'] })
  const changes = found.map(({ path }): Change => ({ kind: 'update', path, fields }))
  for (let from = 0; from < changes.length; from += COMMIT_SIZE) await documents.commit(changes.slice(from, from + COMMIT_SIZE))
  return changes.length
}
