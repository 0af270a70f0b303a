import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { API_KEY_FORM, API_KEY_ID, apiKeyHashOf, apiKeyIdOf, apiKeyOf, isKeyOfHash } from './api-key-document.ts'

const key = apiKeyOf(Buffer.alloc(32, 7))

describe('an API key', () => {
  it('has 256 bits behind a prefix', () => {
    for (let n = 0; n < 50; n++) expect(apiKeyOf(randomBytes(32))).toMatch(API_KEY_FORM)
    expect(key).toBe('hf_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc')
  })

  it('always has the same id and hash, because both are stored', () => {
    expect(apiKeyIdOf(key)).toBe('7a1966fd721578068dc1b29d')
    expect(apiKeyHashOf(key)).toBe('ecc6ff92ade7e6d66bf657b3e8b86c42f254532f2d1783f50b34e19231341e97')
  })

  it('has an id that tells nothing of the hash', () => {
    expect(apiKeyIdOf(key)).toMatch(API_KEY_ID)
    expect(apiKeyHashOf(key)).not.toContain(apiKeyIdOf(key))
  })

  it('is recognized by its hash, and by no other', () => {
    expect(isKeyOfHash(key, apiKeyHashOf(key))).toBe(true)
    for (const hash of [apiKeyHashOf(`${key}x`), '', 'zz', apiKeyHashOf(key).slice(2)]) expect(isKeyOfHash(key, hash)).toBe(false)
  })
})
