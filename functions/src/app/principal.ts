import { sessionNameOf, tenantOf } from '@holdfast/core/session/ids'

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
  /** The id of the API key, or `operator` for the one of the environment. */
  readonly key: string
  readonly tenant: string
  readonly role: Role
  /** Names of the sessions that the caller may know of. Other sessions of the tenant do not exist for the caller. */
  readonly sessions: readonly string[] | 'all'
  /** The key's own limit; null: that of the tenant. The operator has none. */
  readonly requestsPerMinute: number | null
}

/** Stands for the key of the environment, `API_KEY`. Ids of other keys are hexadecimal. */
export const OPERATOR_KEY = 'operator'

/** Returns whether the caller may know of a session. The API answers as if all other sessions did not exist. */
export const knowsSession = ({ tenant, sessions }: Principal, sessionId: string): boolean =>
  tenantOf(sessionId) === tenant && (sessions === 'all' || sessions.includes(sessionNameOf(sessionId)))
