import { type ActionHandler, type ActionResult, type Reach, reachOf } from './action-handler.ts'
import { logout, type LogoutSession } from './logout.ts'
import { restart, type RestartSession } from './restart.ts'

export type RotateSession = LogoutSession & RestartSession

/** The step that is noted once the old device is unlinked. An owner that finds it unlinks nothing: the device may be the new one. */
const UNLINKED = 'new-qr'

/**
 * Gives a session a new device: backs the state up, unlinks the old device, and has the session ask for a phone. What it has received, what
 * it may send and what it knows of contacts stays.
 */
export const rotate: ActionHandler<RotateSession> = {
  async advance(session, action) {
    // Without the state nobody knows whether the device is unlinked already.
    if (!session.engine() && action.isInTime) return null
    if (!action.hasTaken?.(UNLINKED)) {
      const unlinked = await logout.advance(session, action)
      if (!unlinked) return null
      // Before anything of the new device: the record of it is durable first.
      action.note('The old device is unlinked.', UNLINKED)
      await restart.begin?.(session, action)
      return null
    }
    // The owner before died right after the note.
    if (session.reconnection.isHalted && session.engine()?.memory.loggedOut) {
      await restart.begin?.(session, action)
      return null
    }
    const reach = reachOf(session)
    return reach === 'on-its-way' && action.isInTime ? null : rotated(reach)
  },
}

const rotated = (reach: Reach): ActionResult => ({ code: 'rotated', sentence: `The old device is unlinked. ${SENTENCES[reach]}` })

const SENTENCES: Record<Reach, string> = {
  pairing: 'The session waits for a phone: scan its QR code, or ask for a pairing code.',
  connected: 'A new one is linked already.',
  'on-its-way': 'The QR code follows as soon as WhatsApp answers.',
  halted: 'The session waits for an operator before it shows a QR code.',
}
