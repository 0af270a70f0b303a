import { DEFAULT_TENANT, sessionNameOf, tenantOf } from '@holdfast/core/session/ids'

/**
 * The rights of a caller.
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
  /** Names of the sessions that the caller may know of. Other sessions of the tenant do not exist for the caller. */
  readonly sessions: readonly string[] | 'all'
}

/** The holder of `API_KEY`. There is only one tenant yet, so the holder belongs to it. */
export const KEY_HOLDER: Principal = { tenant: DEFAULT_TENANT, role: 'operator', sessions: 'all' }

/** Returns whether the caller may know of a session. The API answers as if all other sessions did not exist. */
export const knowsSession = ({ tenant, sessions }: Principal, sessionId: string): boolean =>
  tenantOf(sessionId) === tenant && (sessions === 'all' || sessions.includes(sessionNameOf(sessionId)))
