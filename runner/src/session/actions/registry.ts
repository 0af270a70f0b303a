import type { RecoveryActionType } from '@holdfast/core/operations/recovery-action-document'
import type { ActionHandler } from './action-handler.ts'
import { logout } from './logout.ts'
import { restart } from './restart.ts'
import { restore } from './restore.ts'

/** The handler of each type of action. */
export const ACTIONS: Readonly<Record<RecoveryActionType, ActionHandler>> = { restart, logout, restore }
