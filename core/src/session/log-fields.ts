import { tenantOf } from './ids.ts'

/**
 * The fields of every line about a session, the same in both processes, so that one filter finds all lines. Lines about a message to
 * send add `job` and `messageId`.
 */
export const ofSession = (sessionId: string): { tenant: string; session: string } => ({
  tenant: tenantOf(sessionId),
  session: sessionId,
})
