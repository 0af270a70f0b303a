import { describe, expect, it } from 'vitest'
import { newSignInToken, SIGN_IN_TOKEN_FORM, signInTokenIdOf, SignInCipher } from './sign-in-cipher.ts'

const [older, newer] = [Buffer.from('an older secret'), Buffer.from('a newer secret')]
const signIn = { apiKey: 'hf_key', tenant: 'acme', expiresAt: new Date(1_800_000_000_000) }

describe('who signed in', () => {
  it('opens for the place that it was sealed for', () => {
    const cipher = new SignInCipher([newer])
    const sealed = cipher.seal(signIn, 'cookie')
    expect(sealed).toMatch(/^[A-Za-z0-9_-]+$/)
    expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain('hf_key')
    expect(cipher.open(sealed, 'cookie')).toEqual(signIn)
    expect(cipher.open(sealed, 'sign_in_tokens/one')).toBeNull()
  })

  it('opens while its secret is still one of several, and not after', () => {
    const sealed = new SignInCipher([older]).seal(signIn, 'cookie')
    expect(new SignInCipher([newer, older]).open(sealed, 'cookie')).toEqual(signIn)
    expect(new SignInCipher([newer]).open(sealed, 'cookie')).toBeNull()
  })

  it('opens only together with the token that it was sealed with', () => {
    const [cipher, place] = [new SignInCipher([newer, older]), 'sign_in_tokens/one']
    const [token, another] = [newSignInToken(), newSignInToken()]
    const sealed = cipher.seal(signIn, place, token)
    expect(cipher.open(sealed, place, token)).toEqual(signIn)
    expect([cipher.open(sealed, place), cipher.open(sealed, place, another), cipher.open(sealed, place, '')]).toEqual([
      null,
      null,
      null,
    ])
    expect(new SignInCipher([older]).open(sealed, place, token)).toBeNull()
    expect(cipher.open(cipher.seal(signIn, place), place, token)).toBeNull()
  })

  it('does not open when a single character is another one, or when it is nothing', () => {
    const cipher = new SignInCipher([newer])
    const sealed = cipher.seal(signIn, 'cookie')
    for (let at = 0; at < sealed.length - 1; at += 7) {
      const altered = `${sealed.slice(0, at)}${sealed[at] === 'A' ? 'B' : 'A'}${sealed.slice(at + 1)}`
      expect(cipher.open(altered, 'cookie')).toBeNull()
    }
    for (const nothing of ['', 'A', '%', 'x'.repeat(5000)]) expect(cipher.open(nothing, 'cookie')).toBeNull()
  })
})

it('a token has its form, and its id does not tell it', () => {
  const token = newSignInToken()
  expect(token).toMatch(SIGN_IN_TOKEN_FORM)
  expect(signInTokenIdOf(token)).toMatch(/^[0-9a-f]{64}$/)
})
