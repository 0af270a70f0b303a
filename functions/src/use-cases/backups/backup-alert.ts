import { raiseAlert, resolveAlert } from '@holdfast/core/operations/alerts'
import { sessionNameOf, tenantOf } from '@holdfast/core/session/ids'
import type { Dependencies } from '../dependencies.ts'
import type { StoredBackup } from './stored-backups.ts'

type Needed = Pick<Dependencies, 'documents' | 'logger'>

/** Raises the alert about a session's backups while the last reading back of one of them failed, and ends it otherwise. */
export async function tellOfBackups({ documents, logger }: Needed, sessionId: string, backups: readonly StoredBackup[]) {
  const failed = backups.filter(({ document }) => document?.verification?.state === 'failed')
  const [worst] = failed
  if (!worst) return void (await resolveAlert(documents, 'backup-check-failed', sessionId))
  const code = worst.document?.verification?.code ?? 'unknown'
  logger.error({ backup: worst.id, code, failed: failed.length }, 'A backup does not read back.')
  await raiseAlert(documents, {
    type: 'backup-check-failed',
    scope: sessionId,
    tenant: tenantOf(sessionId),
    severity: 'critical',
    sentence: `${failed.length} of ${backups.length} backups of session ${sessionNameOf(sessionId)} cannot be used, the newest one ${worst.id} (${code}).`,
    userAction: `Make a new one: POST /api/sessions/${sessionNameOf(sessionId)}/backups. Then see the runbook.`,
  })
}
