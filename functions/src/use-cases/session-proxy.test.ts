import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { proxyOf } from '@holdfast/core/operations/session-proxy'
import { SessionCipher } from '@holdfast/core/security/envelope'
import { storedProxyOf } from './session-proxy.ts'

const cipher = new SessionCipher('default.main', new Map([[1, randomBytes(32)]]), 1)
const config = { proxy: { server: 'proxy.example.org:3128', username: 'me', password: 'the password' }, debug: true }

describe('the proxy of a session', () => {
  test('is stored without its password, which only the session opens', () => {
    const stored = storedProxyOf(cipher, config, null)
    expect(stored.config).toEqual({ proxy: { server: 'proxy.example.org:3128', username: 'me' }, debug: true })
    expect(JSON.stringify(stored)).not.toContain('the password')
    expect(proxyOf(cipher, stored)).toEqual({
      scheme: 'http',
      host: 'proxy.example.org',
      port: 3128,
      username: 'me',
      password: 'the password',
    })
  })

  test('keeps its password while server and user name stay, and loses it with them', () => {
    const before = storedProxyOf(cipher, config, null)
    const again = { proxy: { server: 'proxy.example.org:3128', username: 'me' } }
    expect(storedProxyOf(cipher, again, before).proxyPassword).toEqual(before.proxyPassword)
    expect(storedProxyOf(cipher, { proxy: { ...again.proxy, username: 'you' } }, before).proxyPassword).toBeNull()
    expect(storedProxyOf(cipher, { proxy: { ...again.proxy, server: 'other:1' } }, before).proxyPassword).toBeNull()
    expect(storedProxyOf(cipher, {}, before)).toEqual({ config: {}, proxyPassword: null })
    const empty = { server: '', username: '', password: '' }
    for (const proxy of [null, '', empty]) expect(proxyOf(cipher, storedProxyOf(cipher, { proxy }, before))).toBeNull()
  })

  test.each([
    [{ server: 'socks5://localhost:1080' }, 'not-possible'],
    [{ server: 'me:secret@localhost:3128' }, 'contradictory-configuration'],
    [{ server: 3128 }, 'contradictory-configuration'],
    ['localhost:3128', 'contradictory-configuration'],
  ])('%j is refused as %s, and its words are not repeated', (proxy, code) => {
    let refusal: unknown
    try {
      storedProxyOf(cipher, { proxy }, null)
    } catch (error) {
      refusal = error
    }
    expect(refusal).toMatchObject({ code })
    expect(String(refusal)).not.toContain('secret')
  })

  test('that was changed by hand so that it cannot be used is no reason to connect without one', () => {
    expect(() => proxyOf(cipher, { config: { proxy: 'localhost' }, proxyPassword: null })).toThrow('cannot be used')
  })
})
