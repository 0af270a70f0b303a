import { createHmac } from 'node:crypto'

/** What is signed: the very bytes that are sent. */
interface Signed {
  readonly id: string
  readonly body: Uint8Array
  /** Of this attempt, ms since 1970. */
  readonly timestampMs: number
}

/** Returns WAHA's signature of a body: HMAC-SHA-512, hex. */
export const wahaHmac = (key: string, body: Uint8Array): string => createHmac('sha512', key).update(body).digest('hex')

/** The key as Standard Webhooks has it: base64 after `whsec_`, otherwise the text itself. */
const standardKey = (key: string): Buffer =>
  key.startsWith('whsec_') ? Buffer.from(key.slice('whsec_'.length), 'base64') : Buffer.from(key)

/** Returns the signature of Standard Webhooks: HMAC-SHA-256 of id, time in seconds and body. */
export function standardSignature(key: string, { id, body, timestampMs }: Signed): string {
  const hmac = createHmac('sha256', standardKey(key))
    .update(`${id}.${Math.floor(timestampMs / 1000)}.`)
    .update(body)
  return `v1,${hmac.digest('base64')}`
}

/**
 * Returns the headers that tell where a webhook comes from: WAHA's, and beside them those of Standard Webhooks.
 *
 * @param keys the present key, then the one before it while both count. Empty: nothing is signed
 */
export function webhookHeaders(keys: readonly string[], signed: Signed, requestId: string): Record<string, string> {
  const { id, body, timestampMs } = signed
  const [key, previous] = keys
  return {
    'X-Webhook-Request-Id': requestId,
    'X-Webhook-Timestamp': String(timestampMs),
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(timestampMs / 1000)),
    ...(key === undefined
      ? {}
      : {
          'X-Webhook-Hmac': wahaHmac(key, body),
          'X-Webhook-Hmac-Algorithm': 'sha512',
          'webhook-signature': keys.map((one) => standardSignature(one, signed)).join(' '),
        }),
    ...(previous === undefined ? {} : { 'X-Webhook-Hmac-Previous': wahaHmac(previous, body) }),
  }
}
