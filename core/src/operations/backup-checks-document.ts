import { z } from 'zod'
import { FLEET } from './last-move-document.ts'

/**
 * PERSISTED CONTRACT v1: `fleet/backup-checks`, how far the nightly reading back of backups is. A night that did not run, or that left
 * sessions out, is made up for by the next one. New versions only add optional fields.
 */
export const BACKUP_CHECKS_PATH = `${FLEET}/backup-checks`

export const backupChecksSchema = z.object({
  v: z.literal(1),
  /** The last day whose sessions had their turn: the number of the day since 1970, UTC. */
  day: z.number().int().nonnegative(),
  /** Sessions whose turn it was, and whose backups could not be judged. */
  missed: z.array(z.string()),
})

export type BackupChecks = z.infer<typeof backupChecksSchema>
