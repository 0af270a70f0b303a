import { openWebhookSecrets, sealWebhookSecrets } from '@holdfast/core/operations/webhook-secrets'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import type { SessionDocument } from '@holdfast/core/session/session-document'
import { webhooksSchema } from '@holdfast/core/session/webhooks'
import { contradiction } from '../channel-secrets.ts'
import { storedProxyOf } from '../session-proxy.ts'
import { joinWebhooks, splitWebhooks } from './webhook-config.ts'

type Config = SessionDocument['config']

type StoredConfig = Pick<SessionDocument, 'config' | 'webhookSecrets' | 'proxyPassword'>

/**
 * Returns the fields of a session's document for a configuration that a caller gave: the secrets of its webhooks and the password of its
 * proxy are sealed.
 *
 * @param before what the document has; null for a new session
 * @throws Refusal `contradictory-configuration` when `webhooks` is no list of webhooks, or `proxy` no proxy; `not-possible` for a proxy that
 *   runners do not speak to
 */
export function storedConfigOf(
  cipher: SessionCipher,
  given: Config,
  before: StoredConfig | null,
  nowMs: number,
): Required<StoredConfig> {
  const { config, proxyPassword } = storedProxyOf(cipher, given, before)
  const { webhooks } = given
  if (webhooks === undefined || webhooks === null || webhooks === '') return { config, proxyPassword, webhookSecrets: null }
  const parsed = webhooksSchema.safeParse(webhooks)
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `webhooks.${path.join('.')}: ${message}`)
    throw contradiction(problems.join('; '))
  }
  const known = before?.webhookSecrets ? openWebhookSecrets(cipher, before.webhookSecrets) : {}
  const rules = { before: known, absent: 'remove', nowMs } as const
  const split = splitWebhooks(parsed.data, cipher.sessionId, rules)
  const isSecret = Object.keys(split.secrets).length > 0
  return {
    config: { ...config, webhooks: split.webhooks },
    proxyPassword,
    webhookSecrets: isSecret ? sealWebhookSecrets(cipher, split.secrets) : null,
  }
}

/** Returns the configuration as the caller gave it, with the secrets of its webhooks. */
export function givenConfigOf(cipher: SessionCipher, { config, webhookSecrets }: StoredConfig): Config {
  const parsed = webhooksSchema.safeParse(config['webhooks'])
  if (!parsed.success || !webhookSecrets) return config
  return { ...config, webhooks: joinWebhooks(parsed.data, cipher.sessionId, openWebhookSecrets(cipher, webhookSecrets)) }
}
