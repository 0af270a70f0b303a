import { SessionError } from 'libsignal/src/errors.js'
import SessionCipher, { type SignalSession } from 'libsignal/src/session_cipher.js'

/**
 * Makes libsignal try each session on a copy and keep only the copy that decrypts the message.
 *
 * libsignal 6.0.0 tries a message on each session of a contact, the latest first, and steps a session's ratchet *before* it
 * checks the message's MAC. When a session fits, libsignal stores the record with the sessions that it tried before stepped as
 * well, and every later message on those sessions is undecryptable for ever. No crash is needed: a message in flight on an old
 * session, while a new one is made, is enough.
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

/** The time by which libsignal orders sessions, from the machine's clock as everywhere in libsignal. */
const currentMillisecond = (): number => new Date().getTime()
