import type { SessionActionType } from '@holdfast/core/operations/recovery-action-document'
import type { ActionHandler } from './action-handler.ts'
import { backup } from './backup.ts'
import { cleanUp } from './clean-up.ts'
import { logout } from './logout.ts'
import { recover } from './recover.ts'
import { restart } from './restart.ts'
import { restore } from './restore.ts'
import { rotate } from './rotate.ts'

/**
 * The handler of each type of action. A new action also needs its name in core's `recovery-action-document.ts` and its route in the
 * API's `recovery.ts`.
 */
export const ACTIONS: Readonly<Record<SessionActionType, ActionHandler>> = {
  backup,
  restart,
  logout,
  restore,
  recover,
  rotate,
  'clean-up': cleanUp,
}
