import { describe, expect, it } from 'vitest'
import { splitChannels } from './channel-secrets.ts'

const telegram = { name: 'ops', type: 'telegram', chatId: '7' } as const
const webhook = { name: 'hook', type: 'webhook', url: 'https://example.com' } as const
const refused = expect.objectContaining({ code: 'contradictory-configuration' })

const split = (given: Parameters<typeof splitChannels>[0], stored: readonly string[] = []) => {
  const { channels, secrets } = splitChannels(given, stored)
  return { channels, secrets: Object.fromEntries(secrets) }
}

describe('the secret of a channel', () => {
  it('is taken out of the configuration', () => {
    expect(
      split([
        { ...telegram, token: '1:A' },
        { ...webhook, key: 'K' },
      ]),
    ).toEqual({
      channels: [telegram, webhook],
      secrets: { 'channel.ops.token': '1:A', 'channel.hook.key': 'K' },
    })
  })

  it('stays when it is left out, or given as it was shown', () => {
    for (const given of [telegram, { ...telegram, token: { set: true } }]) {
      expect(split([given], ['channel.ops.token'])).toEqual({ channels: [telegram], secrets: {} })
    }
  })

  it('is removed with its channel, when the type changes, and on request', () => {
    const stored = ['channel.hook.key', 'channel.ops.token', 'free']
    expect(split([telegram], stored).secrets).toEqual({ 'channel.hook.key': null })
    expect(split([{ ...webhook, name: 'ops' }], stored).secrets).toEqual({ 'channel.hook.key': null, 'channel.ops.token': null })
    expect(split([{ ...webhook, key: null }, telegram], stored).secrets).toEqual({ 'channel.hook.key': null })
  })

  it('is required where the channel does not work without it', () => {
    expect(() => split([telegram])).toThrow(refused)
    expect(() => split([{ ...telegram, token: null }], ['channel.ops.token'])).toThrow(refused)
    expect(() => split([{ name: 'chat', type: 'slack' }], ['channel.ops.token'])).toThrow(refused)
    expect(split([webhook, { name: 'mail', type: 'email', to: ['a@example.com'] }]).secrets).toEqual({})
  })
})

it('two channels of one name are refused', () => {
  expect(() => split([webhook, webhook])).toThrow(refused)
})
