import type { Principal } from '../../app/principal.ts'
import type { Dependencies } from '../dependencies.ts'
import { cipherOf } from '../find-session.ts'
import { Refusal } from '../refusal.ts'
import { tellOfBackups } from './backup-alert.ts'
import { backupAnswer, findBackup } from './list-backups.ts'
import { proveBackup } from './prove-backup.ts'
import { storedBackups } from './stored-backups.ts'

type Needed = Pick<Dependencies, 'documents' | 'objects' | 'journals' | 'wrappingKey' | 'clock' | 'logger'>

/**
 * Proves one backup of a session now: reads it back, compares its hash, decrypts it and replays what follows. A failure raises the alert
 * `backup-check-failed`.
 *
 * @throws Refusal `unknown-session` or `unknown-backup`
 */
export async function verifyBackup(dependencies: Needed, principal: Principal, asked: { name: string; id: string }) {
  const { documents, wrappingKey } = dependencies
  const { sessionId, backup, current } = await findBackup(dependencies, principal, asked)
  const cipher = await cipherOf(documents, sessionId, wrappingKey)
  const proven = await proveBackup(dependencies, { sessionId, cipher, backup })
  if (!proven) throw new Refusal('unknown-backup', 'It was removed at this moment.')
  await tellOfBackups(dependencies, sessionId, await storedBackups(dependencies, sessionId))
  return backupAnswer(proven, current)
}
