import type { RecoveryAction } from '@holdfast/core/operations/recovery-action-document'
import type { ConnectionKeeper } from '../connection/connection-keeper.ts'
import type { Reconnection } from '../connection/reconnection.ts'
import type { Engine } from '../engine.ts'
import type { Opening } from '../opening.ts'
import type { Quarantine } from '../quarantine/quarantine.ts'

/**
 * Performs one type of action on a session. An owner may die at any point of it, and the next owner begins again: each step has to be
 * safe to repeat. `Session` names the parts that the handler works on, and no others.
 */
export interface ActionHandler<Session = ActionSession> {
  /** Runs once per owner, before the first `advance`. */
  begin?(session: Session): Promise<void>
  /**
   * Does the next step. Returns the result at the end of the action, null while it waits for something. The session's loop calls it
   * whenever something has changed.
   *
   * @throws HoldfastError when the action has failed; its code and message become the result.
   */
  advance(session: Session, action: RunningAction): Promise<ActionResult | null>
}

/** The parts of an owned session that actions work on. */
export interface ActionSession {
  readonly opening: Opening
  readonly quarantine: Quarantine
  readonly reconnection: Reconnection
  readonly keeper: ConnectionKeeper
  /** Null while no state is in memory. */
  readonly engine: () => Engine | null
  /** Continues with a state that has just been put together. */
  readonly adopt: (engine: Engine) => void
}

/** What a handler knows of the action that it performs. */
export interface RunningAction {
  /** What the operator agreed to lose. Null except for a restore. */
  readonly approved: RecoveryAction['approved']
  /** False when the time for connecting is up: the action ends with what there is. */
  readonly isInTime: boolean
  /** Adds a line to the steps that the action's document lists. */
  note(what: string): void
}

/** The outcome of an action: a code for programs and a sentence for people. */
export interface ActionResult {
  readonly code: string
  readonly sentence: string
}

/** How far a session has got: it speaks to WhatsApp, waits for a phone, is about to do either, or waits for an operator. */
export type Reach = 'connected' | 'pairing' | 'on-its-way' | 'halted'

export const reachOf = (session: {
  readonly reconnection: Pick<Reconnection, 'isHalted'>
  readonly keeper: Pick<ConnectionKeeper, 'reach'>
}): Reach => (session.reconnection.isHalted ? 'halted' : session.keeper.reach)
