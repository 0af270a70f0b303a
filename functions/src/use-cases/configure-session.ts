import { isDeepStrictEqual } from 'node:util'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import { sessionPath, type SessionDocument } from '@holdfast/core/session/session-document'
import type { Principal } from '../app/principal.ts'
import type { Dependencies } from './dependencies.ts'
import { cipherOf, findSession, parseSession } from './find-session.ts'
import { storedConfigOf } from './webhooks/session-config.ts'

export type SessionConfig = SessionDocument['config']

/** What a session begins with: its configuration as its document has it. */
export function newConfig(cipher: SessionCipher, config: SessionConfig | undefined, nowMs: number) {
  if (config === undefined) return {}
  return storedConfigOf(cipher, config, null, nowMs)
}

/**
 * Replaces the configuration of a session, which takes effect without a new connection; only a proxy takes effect with the
 * next one.
 *
 * @throws Refusal `unknown-session`, `contradictory-configuration` or `not-possible`
 */
export async function configureSession(
  { documents, wrappingKey, clock, logger }: Pick<Dependencies, 'documents' | 'wrappingKey' | 'clock' | 'logger'>,
  principal: Principal,
  { name, config }: { readonly name: string; readonly config: SessionConfig },
): Promise<void> {
  const { id, snapshot } = await findSession(documents, principal, name)
  const before = parseSession(snapshot)
  const cipher = await cipherOf(documents, id, wrappingKey)
  const stored = storedConfigOf(cipher, config, before, clock.now())
  const hasSecrets = [stored, before].some(
    ({ webhookSecrets, proxyPassword }) => Boolean(webhookSecrets) || Boolean(proxyPassword),
  )
  if (isDeepStrictEqual(stored.config, before.config) && !hasSecrets) return
  await documents.commit([{ kind: 'update', path: sessionPath(id), fields: { ...stored } }])
  logger.info('A session was configured.')
}
