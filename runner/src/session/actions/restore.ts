import { HoldfastError } from '@holdfast/core/platform/errors'
import type { Engine } from '../engine.ts'
import type { Opening } from '../opening.ts'
import type { ActionHandler } from './action-handler.ts'

export interface RestoreSession {
  readonly opening: Pick<Opening, 'restore'>
  readonly engine: () => Engine | null
  readonly adopt: (engine: Engine) => void
}

/** Puts a damaged state together from what is left. Refuses when that would lose more than the operator agreed to. */
export const restore: ActionHandler<RestoreSession> = {
  async advance({ opening, engine, adopt }, { approved }) {
    if (!approved) throw new HoldfastError('bad-document', 'The restore does not say what was agreed to.')
    if (engine()) throw new HoldfastError('restore-refused', 'The state is whole: there is nothing to restore.')
    const restored = await opening.restore(approved)
    if (restored) adopt(restored)
    return { code: 'restored', sentence: 'The state was put together from what is left; the session goes on with new keys.' }
  },
}
