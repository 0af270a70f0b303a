import { DEFAULT_TENANT, sessionNameOf, tenantOf } from '@holdfast/core/session/ids'

/**
 * What a caller may do.
 *
 * operator  runs the installation: everything, in every part of it
 * admin     everything within one tenant
 * send      sends and reads messages
 * read      reads
 */
export type Role = 'operator' | 'admin' | 'send' | 'read'

/** The caller of a use case. */
export interface Principal {
  readonly tenant: string
  readonly role: Role
  /** Names of the sessions that the caller knows of. All others of the tenant do not exist for the caller. */
  readonly sessions: readonly string[] | 'all'
}

/** The holder of `API_KEY`. Tenants do not exist yet, so there is only one. */
export const KEY_HOLDER: Principal = { tenant: DEFAULT_TENANT, role: 'operator', sessions: 'all' }

/** Whether the caller may know of a session. What the caller may not know of is answered as if it did not exist. */
export const knowsSession = ({ tenant, sessions }: Principal, sessionId: string): boolean =>
  tenantOf(sessionId) === tenant && (sessions === 'all' || sessions.includes(sessionNameOf(sessionId)))
