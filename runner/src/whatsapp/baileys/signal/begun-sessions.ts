import { createHash } from 'node:crypto'
import type { SignalRepositoryWithLIDStore } from '@whiskeysockets/baileys'

type Keys = Parameters<SignalRepositoryWithLIDStore['injectE2ESession']>[0]['session']

/**
 * Hashes the keys that a contact sends for a session when it asks for a message again. The request comes again after a crash
 * before our answer. The hash shows that its keys were used before: its one-time key opens only one session, and the contact
 * could not read a second session begun with the same keys.
 */
export const hashOfKeys = ({ identityKey, signedPreKey, preKey }: Keys): string => {
  const hash = createHash('sha256').update(identityKey).update(signedPreKey.publicKey)
  return (preKey ? hash.update(preKey.publicKey) : hash).digest('base64url')
}
