import type { CleanUpReport, RecoveryAction } from '@holdfast/core/operations/recovery-action-document'
import type { RecoveryStep } from '@holdfast/core/session/recovery-ladder'
import type { ConnectionKeeper } from '../connection/connection-keeper.ts'
import type { Reconnection } from '../connection/reconnection.ts'
import type { Recovery } from '../recovery/recovery.ts'
import type { Engine } from '../engine.ts'
import type { Opening } from '../opening.ts'
import type { Quarantine } from '../quarantine/quarantine.ts'

/**
 * Performs one type of action on a session. Each step must be safe to repeat: an owner may die at any point, and the next owner
 * starts the action over. `Session` lists the only parts that the handler uses.
 */
export interface ActionHandler<Session = ActionSession> {
  /** Runs once per owner, before the first `advance`. A result ends the action. */
  begin?(session: Session, action: RunningAction): Promise<ActionResult | void>
  /**
   * Does the next step. Returns the result when the action ends, and null while the action waits. The session's loop calls it
   * after every change.
   *
   * @throws HoldfastError when the action failed; its code and message become the result.
   */
  advance(session: Session, action: RunningAction): Promise<ActionResult | null>
}

/** The parts of an owned session that actions use. */
export interface ActionSession {
  readonly opening: Opening
  readonly quarantine: Quarantine
  readonly reconnection: Reconnection
  readonly keeper: ConnectionKeeper
  /** Null while no state is in memory. */
  readonly engine: () => Engine | null
  /** Closes the connection and drops the state in memory, which the caller replaces at once. */
  readonly discard: () => Promise<void>
  /** Makes the session continue with a state that was just restored. */
  readonly adopt: (engine: Engine) => void
  readonly recovery: Recovery
  readonly runnerId: string
  /** Whether this runner is giving the session away. */
  readonly isMoving: () => boolean
}

/** The running action, as its handler sees it. */
export interface RunningAction {
  readonly id: string
  /** The loss that the operator approved. Null except for a restore. */
  readonly approved: RecoveryAction['approved']
  /** For a restore: the backup to return to. Null: what is left of a damaged state. */
  readonly restoreTo: RecoveryAction['restoreTo']
  /** For a backup: how it is kept. */
  readonly backup: RecoveryAction['backup']
  /** For a recovery: the step that was asked for. Null: the ladder decides. */
  readonly step: RecoveryAction['step']
  /** For a clean-up: what was asked for. */
  readonly cleanUp?: RecoveryAction['cleanUp']
  readonly requestedBy: string
  /** The runner that began the action before this one did. Null: none did. */
  readonly begunBy: string | null
  /** False when the time to connect is over. The action then ends, connected or not. */
  readonly isInTime: boolean
  /** Whether this owner, or one that died over the action, has noted the step. */
  hasTaken?(step: RecoveryStep): boolean
  /** Adds a line to the steps that the action's document lists. */
  note(what: string, step?: RecoveryAction['step']): void
}

/** The outcome of an action: a code for programs and a sentence for people. */
export interface ActionResult {
  readonly code: string
  readonly sentence: string
  /** True when nothing was done, because it could have done harm. */
  readonly isVetoed?: boolean
  /** Of a clean-up. */
  readonly report?: CleanUpReport
}

/** How far a session has got: it is connected, waits for a phone, is on its way to either, or waits for an operator. */
export type Reach = 'connected' | 'pairing' | 'on-its-way' | 'halted'

export const reachOf = (session: {
  readonly reconnection: Pick<Reconnection, 'isHalted'>
  readonly keeper: Pick<ConnectionKeeper, 'reach'>
}): Reach => (session.reconnection.isHalted ? 'halted' : session.keeper.reach)
