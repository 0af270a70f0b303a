import { HoldfastError } from '@holdfast/core/platform/errors'
import type { Engine } from '../engine.ts'
import { reportOf } from '../archive/clean-up-report.ts'
import { policyOf } from '../archive/record-watch.ts'
import type { Recovery } from '../recovery/recovery.ts'
import type { ActionHandler } from './action-handler.ts'

export interface CleanUpSession {
  readonly engine: () => Pick<Engine, 'checkpointer' | 'records' | 'archiving' | 'cleanUpSettings'> | null
  /** The cause is null while the session is not being recovered. */
  readonly recovery: Pick<Recovery, 'cause'>
  readonly isMoving: () => boolean
}

/**
 * Moves the Signal records that were not used for long to the archive. It backs the state up first, so that a mistake can be undone. No
 * other action of the session runs meanwhile, and no step of a recovery; it begins in no recovery, also in one that the owner makes by itself.
 */
export const cleanUp: ActionHandler<CleanUpSession> = {
  async advance(session, action) {
    const engine = session.engine()
    const isRecovering = session.recovery.cause !== null
    if (!engine || isRecovering || session.isMoving()) {
      if (action.isInTime) return null
      throw new HoldfastError('not-connected', isRecovering ? RECOVERING : 'The state of the session could not be read in time.')
    }
    const { dryRun = false, olderThanDays = null } = action.cleanUp ?? {}
    const plan = engine.records.plan(policyOf(engine.cleanUpSettings(), olderThanDays))
    if (dryRun) {
      const sentence = `${plan.records.length} records would go to the archive. Nothing was changed.`
      return { code: 'dry-run', sentence, report: reportOf(plan, plan.records) }
    }
    if (plan.records.length === 0) {
      engine.records.cleanedUp(0)
      return { code: 'nothing-to-clean-up', sentence: 'Every record was used within its time.', report: reportOf(plan, []) }
    }
    const { object } = await engine.checkpointer.backup({ why: 'clean-up' })
    action.note(`The state was backed up and verified: ${object}.`)
    const moved = await engine.archiving.move(plan.records)
    engine.records.cleanedUp(moved.length)
    const sentence = `${moved.length} records went to the archive. They come back by themselves when they are needed.`
    return { code: 'cleaned-up', sentence, report: reportOf(plan, moved) }
  },
}

const RECOVERING = 'The session is being recovered, and was not back in time. Ask again once it is.'
