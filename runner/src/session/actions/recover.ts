import { LADDER_REASONS } from '@holdfast/core/session/recovery-ladder'
import type { ConnectionKeeper } from '../connection/connection-keeper.ts'
import type { Reconnection } from '../connection/reconnection.ts'
import type { Engine } from '../engine.ts'
import type { Opening } from '../opening.ts'
import type { Recovery } from '../recovery/recovery.ts'
import { type ActionHandler, type ActionResult, type Reach, reachOf } from './action-handler.ts'

export interface RecoverSession {
  readonly opening: Pick<Opening, 'hasten'>
  readonly reconnection: Pick<Reconnection, 'isHalted' | 'resume'>
  readonly keeper: Pick<ConnectionKeeper, 'reach'>
  readonly engine: () => Engine | null
  readonly recovery: Pick<Recovery, 'request'>
  readonly runnerId: string
  /** Whether this runner is giving the session away. */
  readonly isMoving: () => boolean
}

/** Who asks over these ways is a person. The sweep, and whatever comes later, is not. */
const PEOPLE: ReadonlySet<string> = new Set(['api', 'cli', 'dashboard'])

/**
 * Takes the step that was asked for, or the one that the ladder has next, and waits for the session. The ladder refuses what could do
 * harm.
 */
export const recover: ActionHandler<RecoverSession> = {
  async begin(session, action) {
    const { step, requestedBy, begunBy } = action
    // The owner before gave the session away as asked, or died over its step, which another owner has undone.
    if (step === 'move' && begunBy !== null && begunBy !== session.runnerId) return undefined
    const by = PEOPLE.has(requestedBy) ? 'person' : 'program'
    const decision = await session.recovery.request({ step, by })
    if (decision.do === 'veto') return { code: decision.why, sentence: LADDER_REASONS[decision.why], isVetoed: true }
    const reach = reachOf(session)
    if (decision.do === 'take') action.note(LADDER_REASONS[decision.why], decision.step)
    else if (reach !== 'on-its-way') return OUTCOMES[reach]
    else if (decision.why === 'outage') return { code: decision.why, sentence: LADDER_REASONS[decision.why], isVetoed: true }
    if (reach === 'on-its-way') endWaits(session)
    return undefined
  },

  async advance(session, { isInTime }) {
    const reach = reachOf(session)
    // The next owner tells how a move ended.
    if (session.isMoving() || (reach === 'on-its-way' && isInTime)) return null
    return OUTCOMES[reach]
  },
}

/** Ends the wait of a session that goes on by itself: whoever asks wants the next attempt now. */
function endWaits({ opening, reconnection, engine }: RecoverSession): void {
  reconnection.resume(engine()?.memory ?? null)
  opening.hasten()
}

const OUTCOMES: Record<Reach, ActionResult> = {
  connected: { code: 'connected', sentence: 'The session is connected.' },
  pairing: { code: 'waits-for-phone', sentence: 'The session waits for a phone.' },
  'on-its-way': { code: 'not-connected-yet', sentence: 'The session is reconnecting; it has not succeeded yet.' },
  halted: { code: 'waits-for-operator', sentence: 'The session waits for an operator.' },
}
