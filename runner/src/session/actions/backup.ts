import { backupIdOf } from '@holdfast/core/session/backup-document'
import { HoldfastError } from '@holdfast/core/platform/errors'
import type { Reconnection } from '../connection/reconnection.ts'
import type { Engine } from '../engine.ts'
import type { ActionHandler } from './action-handler.ts'

export interface BackupSession {
  readonly reconnection: Pick<Reconnection, 'isHalted'>
  readonly engine: () => Engine | null
}

/** Saves the state in an object that is read back and kept. Needs no connection: it waits for the state alone. */
export const backup: ActionHandler<BackupSession> = {
  async advance({ reconnection, engine }, { backup: wish, isInTime }) {
    const found = engine()
    if (!found) {
      if (isInTime && !reconnection.isHalted) return null
      throw new HoldfastError('backup-failed', 'The state of the session cannot be read, so there is nothing to back up.')
    }
    if (found.state.image.creds === null) {
      throw new HoldfastError('backup-failed', 'No phone was ever linked, so there is nothing to back up.')
    }
    const { isPinned = false, note = null } = wish ?? {}
    const { object } = await found.checkpointer.backup({ why: 'requested', isPinned, note })
    return { code: 'backed-up', sentence: `The state was saved, and read back, as backup ${backupIdOf(object)}.` }
  },
}
