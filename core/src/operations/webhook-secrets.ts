import { z } from 'zod'
import type { SessionCipher } from '../security/envelope.ts'
import { parseStored } from '../platform/parse.ts'
import { sessionPath } from '../session/session-document.ts'

/**
 * PERSISTED CONTRACT v1: the secrets of end points, by their ids. Those of a session are sealed with its data key in the field
 * `webhookSecrets` of its document, those of a tenant are its secret `webhooks`. New versions only add optional fields.
 */
const secretsSchema = z.record(
  z.string(),
  z.object({
    key: z.string().nullable().default(null),
    /** The key before, and until when it signs as well. */
    previous: z.object({ key: z.string(), untilMs: z.number() }).nullable().default(null),
    headers: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
  }),
)

export type WebhookSecrets = z.infer<typeof secretsSchema>

export type EndpointSecrets = WebhookSecrets[string]

export const NO_SECRETS: EndpointSecrets = { key: null, previous: null, headers: [] }

/** The name of a tenant's secret. Names that callers give have no dot. */
export const TENANT_WEBHOOK_SECRETS = 'tenant.webhooks'

const placeOf = (sessionId: string): string => `${sessionPath(sessionId)}/webhookSecrets`

export const sealWebhookSecrets = (cipher: SessionCipher, secrets: WebhookSecrets): Buffer =>
  cipher.sealContent(Buffer.from(JSON.stringify(secrets)), placeOf(cipher.sessionId))

export function openWebhookSecrets(cipher: SessionCipher, sealed: Uint8Array): WebhookSecrets {
  const place = placeOf(cipher.sessionId)
  return parseWebhookSecrets(cipher.openContent(sealed, place).toString(), place)
}

export const parseWebhookSecrets = (text: string, place: string): WebhookSecrets =>
  parseStored(secretsSchema, JSON.parse(text) as unknown, place)
