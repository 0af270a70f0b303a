import { SignInCipher } from '@holdfast/core/security/sign-in-cipher'
import { describe, expect, it } from 'vitest'
import { cookieFor, cookieIn, noCookie, refuseOtherPages, requireOwnPage, SIGN_IN_COOKIE, signInOf } from './sign-in-cookie.ts'

const asked = (headers: Record<string, string> = {}, url = 'https://holdfast.example/api/sign-in') => ({
  url,
  header: (name: string) => headers[name.toLowerCase()],
})

const cipher = new SignInCipher([Buffer.from('a secret')])
const HOUR_MS = 60 * 60_000

describe('the cookie', () => {
  const { header } = cookieFor(cipher, asked(), { apiKey: 'hf_1', tenant: 'acme', now: 0 })
  const sent = asked({ cookie: `other=1; ${header.split(';')[0]}` })

  it('is for this address only, and no script reads it', () => {
    expect(header.replace(/=[^;]+/, '=…').split('; ')).toEqual(
      expect.arrayContaining([`${SIGN_IN_COOKIE}=…`, 'Max-Age=43200', 'Path=/', 'HttpOnly', 'Secure', 'SameSite=Strict']),
    )
    expect(noCookie(asked())).toContain('Max-Age=0')
  })

  it('holds the key and the tenant for twelve hours', () => {
    const text = cookieIn(sent) ?? ''
    expect(signInOf(cipher, text, 11 * HOUR_MS)).toMatchObject({ apiKey: 'hf_1', tenant: 'acme' })
    expect(signInOf(cipher, text, 12 * HOUR_MS)).toBeNull()
    expect(signInOf(new SignInCipher([Buffer.from('another')]), text, 0)).toBeNull()
  })

  it.each(['http://localhost:8080/', 'http://127.0.0.1/', 'http://[::1]:1/'])('goes without TLS to this machine: %s', (url) => {
    expect(noCookie(asked({}, url))).not.toContain('Secure')
  })

  it.each(['http://holdfast.example/', 'https://localhost/', 'http://localhost.example/', 'http://127.0.0.1.example/'])(
    'never goes without TLS to %s',
    (url) => expect(noCookie(asked({}, url))).toContain('Secure'),
  )
})

const csrf = { 'x-holdfast-csrf': '1' }
const own = { host: 'holdfast.example', origin: 'https://holdfast.example' }

describe('a change by cookie', () => {
  it.each([
    { ...csrf, 'sec-fetch-site': 'same-origin' },
    { ...csrf, ...own },
  ])('comes from a page of this address: %j', (headers) => {
    expect(() => requireOwnPage(asked(headers))).not.toThrow()
  })

  it.each<Record<string, string>>([
    { 'sec-fetch-site': 'same-origin' },
    csrf,
    { ...csrf, 'sec-fetch-site': 'same-site' },
    { ...csrf, 'sec-fetch-site': 'cross-site', ...own },
    { ...csrf, 'sec-fetch-site': 'none' },
    { ...csrf, ...own, origin: 'https://evil.example' },
    { ...csrf, ...own, origin: 'null' },
    { ...csrf, ...own, origin: 'https://holdfast.example:444' },
  ])('is refused otherwise: %j', (headers) => {
    expect(() => requireOwnPage(asked(headers))).toThrow('forbidden')
  })
})

describe('a sign-in', () => {
  it('may come from a program, and from a page of this address', () => {
    for (const headers of [{}, own, { 'sec-fetch-site': 'same-origin' }])
      expect(() => refuseOtherPages(asked(headers))).not.toThrow()
  })

  it('may come from no other page', () => {
    for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { ...own, origin: 'https://evil.example' }]) {
      expect(() => refuseOtherPages(asked(headers))).toThrow('forbidden')
    }
  })
})
