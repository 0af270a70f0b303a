import { SessionError } from 'libsignal/src/errors.js'
import SessionCipher, { type SignalSession } from 'libsignal/src/session_cipher.js'

/**
 * libsignal 6.0.0 tries a message on each session of a contact, the latest first, and steps a session's ratchet *before* the
 * message's MAC is checked. When a later session fits, the record is stored with the earlier ones stepped as well: whatever is
 * then sent on them is undecryptable, for ever, and no crash is needed. A message in flight on an old session while a new one is
 * made is enough.
 *
 * Mended by trying each session on a copy and taking over only the one that fits.
 */
export function patchSessionTrials(): void {
  SessionCipher.prototype.decryptWithSessions = async function (data: Buffer, sessions: SignalSession[]) {
    for (const session of sessions) {
      const copy = session.constructor.deserialize(session.serialize())
      let plaintext: Buffer
      try {
        plaintext = await this.doDecryptWhisperMessage(data, copy)
      } catch {
        continue
      }
      if (copy.pendingPreKey === undefined) delete session.pendingPreKey
      Object.assign(session, copy)
      session.indexInfo.used = currentMillisecond()
      return { session, plaintext }
    }
    throw new SessionError('No matching sessions found for message')
  }
}

/** libsignal orders sessions by this and reads the machine's clock for it everywhere else. */
const currentMillisecond = (): number => new Date().getTime()
