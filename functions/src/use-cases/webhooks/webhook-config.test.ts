import { endpointIdOf } from '@holdfast/core/session/webhooks'
import { describe, expect, test } from 'vitest'
import { joinWebhooks, splitWebhooks } from './webhook-config.ts'

const URL = 'https://receiver.example/hook'
const ID = endpointIdOf('default.shop', URL)
const NOW = 1_700_000_000_000
const given = (more: object = {}) => ({ url: URL, events: ['*'], ...more })
const split = (more: object, before = {}, absent: 'keep' | 'remove' = 'remove') =>
  splitWebhooks([given(more)], 'default.shop', { before, absent, nowMs: NOW })

describe('the secrets of webhooks', () => {
  test('are not in what is stored, and come back whole', () => {
    const webhook = { hmac: { key: 'the key' }, customHeaders: [{ name: 'Authorization', value: 'Bearer 1' }] }
    const { webhooks, secrets } = split(webhook)

    expect(JSON.stringify(webhooks)).not.toMatch(/the key|Bearer/)
    expect(joinWebhooks(webhooks, 'default.shop', secrets)).toEqual([given(webhook)])
  })

  test('rotate: for a day the key before signs as well', () => {
    const { secrets } = split({ hmac: { key: 'one' } })
    const rotated = split({ hmac: { key: 'two' } }, secrets).secrets

    expect(rotated[ID]).toMatchObject({ key: 'two', previous: { key: 'one', untilMs: NOW + 86_400_000 } })
    expect(split({ hmac: { key: 'two' } }, rotated).secrets[ID]).toEqual(rotated[ID])
    expect(split({ hmac: null }, rotated).secrets).toEqual({})
  })

  test('stay when they are left out, where that means so', () => {
    const { secrets } = split({ hmac: { key: 'one' }, customHeaders: [{ name: 'A', value: 'b' }] })
    const again = { customHeaders: [{ name: 'A', value: '' }] }

    expect(split(again, secrets, 'keep').secrets).toEqual(secrets)
    expect(split({ ...again, hmac: {} }, secrets, 'keep').secrets).toEqual(secrets)
    expect(split(again, secrets, 'remove').secrets[ID]).toMatchObject({ key: null, headers: [{ name: 'A', value: '' }] })
    expect(split({ ...again, hmac: { key: '' } }, secrets, 'keep').secrets[ID]).toMatchObject({ key: null })
  })

  test('are those of one session and one address', () => {
    const { secrets } = split({ hmac: { key: 'one' } })

    expect(joinWebhooks([given()], 'other.shop', secrets)).toMatchObject([{ hmac: null }])
    expect(joinWebhooks([{ ...given(), url: `${URL}/2` }], 'default.shop', secrets)).toMatchObject([{ hmac: null }])
  })
})
