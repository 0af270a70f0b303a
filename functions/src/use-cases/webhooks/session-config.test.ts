import { SessionCipher } from '@holdfast/core/security/envelope'
import { endpointsOf } from '@holdfast/core/session/webhooks'
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

test('a form that was left empty has no webhooks, and a webhook with empty fields has none of them', () => {
  expect(storedConfigOf(cipher, { webhooks: '' }, null, 0)).toMatchObject({ config: { webhooks: '' }, webhookSecrets: null })
  const address = { url: 'https://receiver.example', events: ['*'] }
  for (const empty of [{ hmac: '' }, { retries: '' }, { retries: { policy: '', attempts: '' } }, { customHeaders: '' }])
    expect(
      endpointsOf(storedConfigOf(cipher, { webhooks: [{ ...address, ...empty }] }, null, 0).config['webhooks'], 's'),
    ).toHaveLength(1)
})

test('a webhook keeps the fields that nobody here reads', () => {
  const webhooks = [{ ...config.webhooks[0], retries: { attempts: 3, jitter: true }, anything: { of: ['theirs'] } }]
  expect(givenConfigOf(cipher, storedConfigOf(cipher, { webhooks }, null, 0))).toEqual({ webhooks })
})

test('a configuration without webhooks has no secrets, and a wrong one is refused by name', () => {
  expect(storedConfigOf(cipher, { metadata: {} }, null, 0)).toEqual({
    config: { metadata: {} },
    proxyPassword: null,
    webhookSecrets: null,
  })
  expect(() => storedConfigOf(cipher, { webhooks: [{ url: 'ftp://x', events: [] }] }, null, 0)).toThrow(/webhooks\.0\.url/)
})
