import { HoldfastError } from '@holdfast/core/platform/errors'
import type { Engine } from '../engine.ts'
import type { Opening } from '../opening.ts'
import type { ActionHandler } from './action-handler.ts'

export interface RestoreSession {
  readonly opening: Pick<Opening, 'restore'>
  readonly engine: () => Engine | null
  readonly adopt: (engine: Engine) => void
}

/** Restores a damaged state from its readable parts. Refuses when that would lose more than the operator approved. */
export const restore: ActionHandler<RestoreSession> = {
  async advance({ opening, engine, adopt }, { approved }) {
    if (!approved) throw new HoldfastError('bad-document', 'The restore does not name the loss that the operator approved.')
    if (engine()) throw new HoldfastError('restore-refused', 'The state is not damaged: there is nothing to restore.')
    const restored = await opening.restore(approved)
    if (restored) adopt(restored)
    return { code: 'restored', sentence: 'The state was restored from its readable parts; the session continues with new keys.' }
  },
}
