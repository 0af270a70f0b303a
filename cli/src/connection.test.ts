import { describe, expect, it } from 'vitest'
import { connectionOf } from './connection.ts'
import type { Profiles } from './profiles.ts'

const PROFILES: Profiles = {
  current: 'home',
  profiles: {
    home: { url: 'https://home.test', apiKey: 'home key', tenant: null },
    shop: { url: 'https://shop.test/', apiKey: 'shop key', tenant: 'acme' },
  },
}
const NOWHERE = { url: undefined, apiKey: undefined, tenant: undefined, profile: undefined, configFile: '' }

const of = (chosen: object, env: object = {}, profiles = PROFILES) => {
  const { url, apiKey, tenant } = connectionOf(chosen, { ...NOWHERE, ...env }, profiles)
  return [url, apiKey, tenant]
}

describe('which API is meant', () => {
  it.each([
    ['the current profile', {}, {}, ['https://home.test', 'home key', undefined]],
    ['a profile by name', { profile: 'shop' }, {}, ['https://shop.test', 'shop key', 'acme']],
    ['a profile of the environment', {}, { profile: 'shop' }, ['https://shop.test', 'shop key', 'acme']],
    ['the environment', {}, { url: 'https://env.test', apiKey: 'env key' }, ['https://env.test', 'env key', undefined]],
    [
      'a profile by name before it',
      { profile: 'shop' },
      { url: 'https://env.test', apiKey: 'k' },
      ['https://shop.test', 'shop key', 'acme'],
    ],
    ['--url before all', { url: 'https://x.test/base/' }, { apiKey: 'env key' }, ['https://x.test/base', 'env key', undefined]],
    ['--tenant before the profile', { profile: 'shop', tenant: 'other' }, {}, ['https://shop.test', 'shop key', 'other']],
    ['the key of the environment before the stored one', {}, { apiKey: 'env key' }, ['https://home.test', 'env key', undefined]],
    ['the stored key for its own address', { url: 'https://home.test/' }, {}, ['https://home.test', 'home key', undefined]],
  ])('%s', (_, chosen, env, expected) => {
    expect(of(chosen, env)).toEqual(expected)
  })

  it('a stored key goes to no other address, and neither does its tenant', () => {
    expect(() => of({ url: 'https://evil.test' })).toThrow('There is no API key for https://evil.test')
    expect(() => of({ url: 'https://evil.test', profile: 'shop' })).toThrow('There is no API key')
    expect(() => of({}, { url: 'https://evil.test' })).toThrow('There is no API key')
    expect(of({ url: 'https://evil.test', profile: 'shop' }, { apiKey: 'k' })).toEqual(['https://evil.test', 'k', undefined])
  })

  it('an unknown profile and a wrong address are wrong command lines', () => {
    expect(() => of({ profile: 'lost' })).toThrow('There is no profile "lost".')
    expect(() => of({ url: 'api.test' })).toThrow('is not the address of an API')
    expect(() => of({ url: 'ftp://api.test' })).toThrow('is not the address of an API')
  })
})
