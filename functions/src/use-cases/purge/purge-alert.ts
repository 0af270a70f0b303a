import { raiseAlert, resolveAlert } from '@holdfast/core/operations/alerts'
import { sessionNameOf, tenantOf } from '@holdfast/core/session/ids'
import type { Dependencies } from '../dependencies.ts'

/** A purge that is due for longer than this is stuck: a run each night should have done it. */
export const STUCK_AFTER_MS = 48 * 60 * 60_000

/** Raises the alert about the purge of a session, and ends it when there is nothing to tell. */
export async function tellOfPurge(
  documents: Dependencies['documents'],
  sessionId: string,
  trouble: string | null,
): Promise<void> {
  if (trouble === null) return void (await resolveAlert(documents, 'purge-stuck', sessionId))
  await raiseAlert(documents, {
    type: 'purge-stuck',
    scope: sessionId,
    tenant: tenantOf(sessionId),
    severity: 'warning',
    sentence: `The purge of session ${sessionNameOf(sessionId)} is not done. ${trouble}`,
    userAction:
      'Nothing, if the next night ends it. Otherwise see the log of `cleanup`: it goes on by itself when its trouble is over.',
  })
}
