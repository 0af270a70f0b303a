import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { standardSignature, wahaHmac, webhookHeaders } from './webhook-signature.ts'

const BODY = Buffer.from('{"event":"message","session":"default","engine":"WEBJS"}')
const SIGNED = { id: 'evt_01', body: BODY, timestampMs: 1_700_000_000_999 }

describe('the signatures of a webhook', () => {
  test('WAHA’s is the one that its documentation shows', () => {
    expect(wahaHmac('my-secret-key', BODY)).toBe(
      '208f8a55dde9e05519e898b10b89bf0d0b3b0fdf11fdbf09b6b90476301b98d8097c462b2b17a6ce93b6b47a136cf2e78a33a63f6752c2c1631777076153fa89',
    )
  })

  test('that of Standard Webhooks covers id, time and body, with a key of base64 or of text', () => {
    const expected = (key: Buffer) =>
      `v1,${createHmac('sha256', key).update(`evt_01.1700000000.${BODY.toString()}`).digest('base64')}`

    expect(standardSignature('whsec_c2VjcmV0', SIGNED)).toBe(expected(Buffer.from('secret')))
    expect(standardSignature('my-secret-key', SIGNED)).toBe(expected(Buffer.from('my-secret-key')))
  })

  test('are two while a key is replaced, and none without a key', () => {
    const headers = webhookHeaders(['new', 'old'], SIGNED, 'r1')

    expect(headers).toMatchObject({
      'X-Webhook-Request-Id': 'r1',
      'X-Webhook-Timestamp': '1700000000999',
      'X-Webhook-Hmac': wahaHmac('new', BODY),
      'X-Webhook-Hmac-Algorithm': 'sha512',
      'X-Webhook-Hmac-Previous': wahaHmac('old', BODY),
      'webhook-id': 'evt_01',
      'webhook-timestamp': '1700000000',
      'webhook-signature': `${standardSignature('new', SIGNED)} ${standardSignature('old', SIGNED)}`,
    })
    expect(Object.keys(webhookHeaders([], SIGNED, 'r1')).join()).not.toMatch(/hmac|signature/i)
  })
})
