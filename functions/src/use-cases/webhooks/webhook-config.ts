import { type EndpointSecrets, NO_SECRETS, type WebhookSecrets } from '@holdfast/core/operations/webhook-secrets'
import { endpointIdOf, type GivenWebhook } from '@holdfast/core/session/webhooks'

/** The key before signs beside the new one for so long, so that receivers can be changed one after the other. */
const ROTATES_FOR_MS = 24 * 60 * 60_000

interface Split {
  /** As a configuration stores them: without keys, and without the values of headers. */
  readonly webhooks: readonly GivenWebhook[]
  readonly secrets: WebhookSecrets
}

/**
 * Takes the secrets out of webhooks. A key that replaces another one signs beside it for a day.
 *
 * @param absent what a missing key or an empty value of a header means: `keep` the stored one, or none at all
 */
export function splitWebhooks(
  given: readonly GivenWebhook[],
  scope: string,
  { before, absent, nowMs }: { readonly before: WebhookSecrets; readonly absent: 'keep' | 'remove'; readonly nowMs: number },
): Split {
  const secrets: Record<string, EndpointSecrets> = {}
  const webhooks = given.map((webhook) => {
    const id = endpointIdOf(scope, webhook.url)
    const stored = before[id] ?? NO_SECRETS
    const key = keyOf(webhook.hmac, stored, absent)
    const headers = (webhook.customHeaders ?? []).map(({ name, value }) => ({
      name,
      value: value === '' && absent === 'keep' ? (stored.headers.find((header) => header.name === name)?.value ?? '') : value,
    }))
    const previous =
      key === stored.key ? stored.previous : key !== null && stored.key !== null ? replaced(stored.key, nowMs) : null
    if (key !== null || headers.length > 0) secrets[id] = { key, previous, headers }
    const customHeaders = headers.map(({ name }) => ({ name, value: '' }))
    return { ...webhook, hmac: key === null ? null : {}, customHeaders: webhook.customHeaders ? customHeaders : null }
  })
  return { webhooks, secrets }
}

const replaced = (key: string, nowMs: number) => ({ key, untilMs: nowMs + ROTATES_FOR_MS })

function keyOf(hmac: GivenWebhook['hmac'], stored: EndpointSecrets, absent: 'keep' | 'remove'): string | null {
  if (hmac?.key !== undefined && hmac.key !== null && hmac.key !== '') return hmac.key
  const isAbsent = hmac === undefined || (hmac !== null && hmac.key === undefined)
  return isAbsent && absent === 'keep' ? stored.key : null
}

/** Puts the secrets back into webhooks, for those who may see them. */
export function joinWebhooks(webhooks: readonly GivenWebhook[], scope: string, secrets: WebhookSecrets): readonly GivenWebhook[] {
  return webhooks.map((webhook) => {
    const { key, headers } = secrets[endpointIdOf(scope, webhook.url)] ?? NO_SECRETS
    const customHeaders = webhook.customHeaders?.map(({ name, value }) => ({
      name,
      value: headers.find((header) => header.name === name)?.value ?? value,
    }))
    return { ...webhook, hmac: key === null ? null : { key }, customHeaders: customHeaders ?? null }
  })
}
