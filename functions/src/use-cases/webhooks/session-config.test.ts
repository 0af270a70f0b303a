import { SessionCipher } from '@holdfast/core/security/envelope'
import { expect, test } from 'vitest'
import { givenConfigOf, storedConfigOf } from './session-config.ts'

const cipher = new SessionCipher('default.shop', new Map([[1, Buffer.alloc(32, 1)]]), 1)
const config = {
  metadata: { user: '1' },
  webhooks: [{ url: 'https://receiver.example', events: ['*'], hmac: { key: 'the key' }, retries: null, customHeaders: null }],
}

test('a session’s configuration is stored without the keys of its webhooks, and comes back as it was given', () => {
  const stored = storedConfigOf(cipher, config, null, 0)

  expect(JSON.stringify(stored.config)).not.toContain('the key')
  expect(Buffer.from(stored.webhookSecrets ?? '').toString()).not.toContain('the key')
  expect(givenConfigOf(cipher, stored)).toEqual(config)
})

test('a configuration without webhooks has no secrets, and a wrong one is refused by name', () => {
  expect(storedConfigOf(cipher, { metadata: {} }, null, 0)).toEqual({
    config: { metadata: {} },
    proxyPassword: null,
    webhookSecrets: null,
  })
  expect(() => storedConfigOf(cipher, { webhooks: [{ url: 'ftp://x', events: [] }] }, null, 0)).toThrow(/webhooks\.0\.url/)
})
