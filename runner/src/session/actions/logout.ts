import { HoldfastError } from '@holdfast/core/platform/errors'
import { ConnectionEnded } from '../../whatsapp/port.ts'
import type { ConnectionKeeper } from '../connection/connection-keeper.ts'
import type { Reconnection } from '../connection/reconnection.ts'
import type { Engine } from '../engine.ts'
import { type ActionHandler, type ActionResult, reachOf } from './action-handler.ts'

export interface LogoutSession {
  readonly reconnection: Pick<Reconnection, 'isHalted'>
  readonly keeper: Pick<ConnectionKeeper, 'reach' | 'unlink'>
  readonly engine: () => Engine | null
}

/** Backs up the state, then unlinks the device from its phone. Waits for a connection first: no other device can be unlinked. */
export const logout: ActionHandler<LogoutSession> = {
  async advance(session, action) {
    const engine = session.engine()
    if (engine?.memory.loggedOut) return LOGGED_OUT
    const reach = reachOf(session)
    if (reach === 'halted') throw unreachable('The session is not connected and waits for an operator.')
    if (reach === 'pairing') throw unreachable('No phone is linked.')
    if (reach === 'on-its-way' || !engine) {
      if (action.isInTime) return null
      throw unreachable('The session could not connect in time.')
    }
    const checkpoint = await engine.checkpointer.backup({ why: 'logged-out' })
    action.note('The state was backed up.')
    try {
      // Named once the device is unlinked: whoever finds it named gives up every backup of before.
      await session.keeper.unlink(engine, () => engine.checkpointer.keepAside('logged-out', checkpoint))
      return LOGGED_OUT
    } catch (error) {
      if (!(error instanceof ConnectionEnded)) throw error
      // WhatsApp may or may not have unlinked the device: the next login shows it.
      if (action.isInTime) return null
      throw unreachable('The connection ended before WhatsApp confirmed it.')
    }
  },
}

const LOGGED_OUT: ActionResult = {
  code: 'logged-out',
  sentence: 'The device is unlinked. The old credentials are put aside.',
}

const unreachable = (what: string): HoldfastError =>
  new HoldfastError('not-connected', `${what} Only a connected device can be unlinked from here; the phone can always unlink it.`)
