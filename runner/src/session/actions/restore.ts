import { HoldfastError, isHoldfastError } from '@holdfast/core/platform/errors'
import type { CheckpointPointer } from '@holdfast/core/session/session-document'
import type { Engine } from '../engine.ts'
import type { Opening } from '../opening.ts'
import type { ActionHandler, ActionResult, RunningAction } from './action-handler.ts'

export interface RestoreSession {
  readonly opening: Pick<Opening, 'restore' | 'returnTo' | 'isRestoredBy' | 'isUnlinked' | 'hasten'>
  readonly engine: () => Engine | null
  readonly discard: () => Promise<void>
  readonly adopt: (engine: Engine) => void
}

/**
 * Restores a damaged state from its readable parts, and refuses when that would lose more than the operator approved; or returns to a
 * backup that the operator has chosen, after the present state was backed up.
 */
export const restore: ActionHandler<RestoreSession> = {
  async advance(session, action) {
    const { approved, restoreTo } = action
    if (!approved) throw new HoldfastError('bad-document', 'The restore does not name the loss that the operator approved.')
    if (restoreTo) return returnTo(session, action, restoreTo)
    if (session.engine()) throw new HoldfastError('restore-refused', 'The state is not damaged: there is nothing to restore.')
    const restored = await session.opening.restore(approved, action.id)
    if (restored) session.adopt(restored)
    return { code: 'restored', sentence: 'The state was restored from its readable parts; the session continues with new keys.' }
  },
}

/** An owner may have died right after the restore: then it is done, and what came since must stay. */
async function returnTo(session: RestoreSession, action: RunningAction, backup: CheckpointPointer): Promise<ActionResult> {
  const { opening } = session
  if (await opening.isRestoredBy(action.id)) return RETURNED
  // A log-out or a rotation may have been at work when the return was approved: its new device must stay.
  if (await opening.isUnlinked(backup)) throw new HoldfastError('restore-refused', UNLINKED)
  const engine = session.engine()
  if (engine) {
    await engine.checkpointer.putAside('before-restore')
    action.note('The present state was backed up.')
    await session.discard()
  }
  try {
    const restored = await opening.returnTo(backup, action.id)
    if (restored) session.adopt(restored)
    return RETURNED
  } catch (error) {
    // The session goes on with the state that it had.
    opening.hasten()
    if (isHoldfastError(error)) throw error
    throw new HoldfastError(
      'restore-refused',
      'The stores did not answer in the middle of the restore; it may be asked for again.',
      {
        cause: error,
      },
    )
  }
}

const UNLINKED = 'The device of the backup was unlinked since the return was approved. WhatsApp accepts its credentials no more.'

const RETURNED: ActionResult = {
  code: 'restored',
  sentence: 'The state of the backup was restored; the session continues with new keys. What came after it is put aside.',
}
