import type { QueueScope } from '@holdfast/core/message/queue-figures'
import { sessionIdOf } from '@holdfast/core/session/ids'
import type { Principal } from '../app/principal.ts'

/** Firestore allows 30 alternatives in a query. Another condition may have three. */
const SESSIONS_AT_ONCE = 10

/**
 * Returns the scopes that hold, together, all jobs that the caller may know of.
 *
 * @param sessionId a session of the caller; null for all of them
 */
export function scopesOf({ tenant, sessions }: Principal, sessionId: string | null): QueueScope[] {
  if (sessionId !== null) return [[['sessionId', '==', sessionId]]]
  if (sessions === 'all') return [[['tenant', '==', tenant]]]
  const ids = sessions.map((name) => sessionIdOf(tenant, name))
  const parts = Array.from({ length: Math.ceil(ids.length / SESSIONS_AT_ONCE) }, (_, part) =>
    ids.slice(part * SESSIONS_AT_ONCE, (part + 1) * SESSIONS_AT_ONCE),
  )
  return parts.map((part) => [['sessionId', 'in', part]] as const)
}
