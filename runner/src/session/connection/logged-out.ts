import type { Logger } from '@holdfast/core/platform/logging'
import type { Engine } from '../engine.ts'

/**
 * Makes a new identity after the phone unlinked the device and an operator started the session again. Backs up the old one first.
 * Returns false when that failed.
 */
export async function renewLoggedOut({ client, memory }: Engine, archive: () => Promise<boolean>): Promise<boolean> {
  if (!memory.archived && !(await archive())) return false
  client.renewIdentity()
  memory.forgetIdentity()
  return true
}

/** Keeps the invalid credentials in an object that the session's document names. Returns false when the backup failed. */
export async function archiveCredentials({ checkpointer, memory }: Engine, logger: Logger): Promise<boolean> {
  try {
    await checkpointer.putAside('logged-out')
    memory.rememberArchived()
    return true
  } catch (error) {
    logger.warn({ error }, 'The backup of the old credentials failed; the session makes no new ones before it succeeds.')
    return false
  }
}
