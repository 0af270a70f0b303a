import type { ConnectionKeeper } from '../connection/connection-keeper.ts'
import type { Reconnection } from '../connection/reconnection.ts'
import type { Engine } from '../engine.ts'
import type { Opening } from '../opening.ts'
import type { Quarantine } from '../quarantine/quarantine.ts'
import { type ActionHandler, type Reach, reachOf } from './action-handler.ts'

export interface RestartSession {
  readonly opening: Pick<Opening, 'hasten'>
  readonly quarantine: Pick<Quarantine, 'forgive'>
  readonly reconnection: Pick<Reconnection, 'isHalted' | 'resume'>
  readonly keeper: Pick<ConnectionKeeper, 'reach' | 'close'>
  readonly engine: () => Engine | null
}

/** Ends every wait of the session and closes its connection in order. The session's loop then connects again. */
export const restart: ActionHandler<RestartSession> = {
  async begin({ opening, quarantine, reconnection, keeper, engine }) {
    quarantine.forgive()
    reconnection.resume(engine()?.memory ?? null)
    opening.hasten()
    await keeper.close(engine())
  },

  async advance(session, { isInTime }) {
    const reach = reachOf(session)
    if (reach === 'on-its-way' && isInTime) return null
    return { code: 'restarted', sentence: SENTENCES[reach] }
  },
}

const SENTENCES: Record<Reach, string> = {
  connected: 'The session has reconnected.',
  pairing: 'The session has reconnected and waits for a phone.',
  'on-its-way': 'The session is reconnecting; it has not succeeded yet.',
  halted: 'The session has tried again and waits for an operator.',
}
