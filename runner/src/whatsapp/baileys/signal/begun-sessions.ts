import { createHash } from 'node:crypto'
import type { SignalRepositoryWithLIDStore } from '@whiskeysockets/baileys'

type Keys = Parameters<SignalRepositoryWithLIDStore['injectE2ESession']>[0]['session']

/**
 * A contact that asks for a message again sends keys for a session, and its request comes again when we died before we had answered
 * it. Its one-time key opens one session only: in a second one, begun with the same keys, it could read nothing.
 */
export const hashOfKeys = ({ identityKey, signedPreKey, preKey }: Keys): string => {
  const hash = createHash('sha256').update(identityKey).update(signedPreKey.publicKey)
  return (preKey ? hash.update(preKey.publicKey) : hash).digest('base64url')
}
