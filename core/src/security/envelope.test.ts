import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { SessionKeyDocument } from './session-key-document.ts'
import { SessionCipher, WrappingKey, newSessionKeys, unwrapSessionKeys } from './envelope.ts'

const key = randomBytes(32)
const cipherOf = (sessionId: string, dataKey = key) => new SessionCipher(sessionId, new Map([[1, dataKey]]), 1)

const plain = Buffer.from('ratchet')
const cipher = cipherOf('default.main')
const sealed = cipher.seal('journal', plain, 'journal/7')
const damaged = expect.objectContaining({ code: 'data-key-damaged' })
const refused = expect.objectContaining({ code: 'cannot-decrypt' })

describe('sealed bytes', () => {
  it('open in the place that they were sealed for', () => {
    expect(cipher.open('journal', sealed, 'journal/7')).toEqual(plain)
    expect(cipher.open('journal', cipher.seal('journal', Buffer.alloc(0), 'p'), 'p')).toEqual(Buffer.alloc(0))
  })

  it('differ at each sealing, and do not show their content', () => {
    expect(cipher.seal('journal', plain, 'journal/7')).not.toEqual(sealed)
    expect(sealed.includes(plain)).toBe(false)
  })

  it('do not open in another place, for another purpose, in another session or under another key', () => {
    expect(() => cipher.open('journal', sealed, 'journal/8')).toThrow(refused)
    expect(() => cipher.open('checkpoint', sealed, 'journal/7')).toThrow(refused)
    expect(() => cipherOf('default.other').open('journal', sealed, 'journal/7')).toThrow(refused)
    expect(() => cipherOf('default.main', randomBytes(32)).open('journal', sealed, 'journal/7')).toThrow(refused)
  })

  it('do not open in another session with the same data key, not even as content', () => {
    const content = cipher.sealContent(plain, 'place')
    expect(() => cipherOf('default.other').openContent(content, 'place')).toThrow(refused)
  })

  it('do not open truncated, at any length', () => {
    for (let length = 0; length < sealed.length; length++) {
      expect(() => cipher.open('journal', sealed.subarray(0, length), 'journal/7'), String(length)).toThrow(refused)
    }
    expect(() => cipher.open('journal', Buffer.concat([sealed, Buffer.of(0)]), 'journal/7')).toThrow(refused)
  })

  it('do not open with any bit changed', () => {
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = Buffer.from(sealed)
      changed[bit >> 3]! ^= 1 << (bit & 7)
      expect(() => cipher.open('journal', changed, 'journal/7'), `bit ${bit}`).toThrow(refused)
    }
  })
})

describe('content', () => {
  it('carries its key version, so that it opens after a key rotation', () => {
    const content = cipher.sealContent(plain, 'place')
    const rotated = new SessionCipher(
      'default.main',
      new Map([
        [1, key],
        [2, randomBytes(32)],
      ]),
      2,
    )
    expect(rotated.openContent(content, 'place')).toEqual(plain)
    const renewed = rotated.sealContent(plain, 'place')
    expect(renewed.readUInt16BE()).toBe(2)
    expect(() => cipher.openContent(renewed, 'place')).toThrow(refused)
  })

  it('with a forged key version does not open', () => {
    const both = new SessionCipher(
      'default.main',
      new Map([
        [1, key],
        [2, randomBytes(32)],
      ]),
      1,
    )
    const content = both.sealContent(plain, 'place')
    content.writeUInt16BE(2)
    expect(() => both.openContent(content, 'place')).toThrow(refused)
  })

  it('of a byte or two is refused, and so is a view with a wrong offset into a larger buffer', () => {
    for (const length of [0, 1, 2]) expect(() => cipher.openContent(Buffer.alloc(length), 'place')).toThrow(refused)
    const content = cipher.sealContent(plain, 'place')
    const larger = Buffer.concat([randomBytes(5), content])
    expect(cipher.openContent(larger.subarray(5), 'place')).toEqual(plain)
    expect(() => cipher.openContent(larger.subarray(4), 'place')).toThrow(refused)
  })
})

describe('a fingerprint', () => {
  it('is equal only for equal bytes of one session under one key', () => {
    expect(cipher.fingerprint(plain)).toBe(cipherOf('default.main').fingerprint(plain))
    expect(cipher.fingerprint(plain)).toMatch(/^[0-9a-f]{64}$/)
    const others = [cipher.fingerprint(Buffer.from('ratchets')), cipherOf('default.other').fingerprint(plain)]
    others.push(cipherOf('default.main', randomBytes(32)).fingerprint(plain))
    expect(others).not.toContain(cipher.fingerprint(plain))
  })

  it('is known after a key rotation', () => {
    const keys = new Map([
      [1, key],
      [2, randomBytes(32)],
    ])
    const rotated = new SessionCipher('default.main', keys, 2)
    const before = cipher.fingerprint(plain)
    expect(rotated.fingerprint(plain)).not.toBe(before)
    for (const hash of [before, rotated.fingerprint(plain)]) expect(rotated.isFingerprint(hash, plain)).toBe(true)
    expect(rotated.isFingerprint(before, Buffer.from('ratchets'))).toBe(false)
    expect(cipher.isFingerprint(rotated.fingerprint(plain), plain)).toBe(false)
  })
})

describe('a pseudonym', () => {
  const name = '5511999990000@s.whatsapp.net'
  const pseudonym = cipher.pseudonym(name)

  it('is the same for the same name for good, whatever data key seals by then', () => {
    const second = randomBytes(32)
    const both = new SessionCipher('default.main', new Map([[2, second] as const, [1, key] as const]), 2)
    const later = cipherOf('default.main')
    later.learn(both)
    later.sealWith(2)
    expect([both.pseudonym(name), later.pseudonym(name)]).toEqual([pseudonym, pseudonym])
    // After a purge there is no earlier key, and no document that one has named.
    expect(new SessionCipher('default.main', new Map([[2, second]]), 2).pseudonym(name)).not.toBe(pseudonym)
  })

  it('shows nothing of the name, and is another one in another session, under another key and for another name', () => {
    expect(pseudonym).toMatch(/^#[\w-]{22}$/)
    const others = [cipher.pseudonym('551199999000'), cipherOf('default.other').pseudonym(name)]
    expect([...others, cipherOf('default.main', randomBytes(32)).pseudonym(name)]).not.toContain(pseudonym)
  })
})

describe('data keys', async () => {
  const wrappingKey = new WrappingKey(randomBytes(32))
  const stored = await newSessionKeys('default.main', wrappingKey)

  it('are stored wrapped, and give the same cipher when they are unwrapped', async () => {
    const content = (await unwrapSessionKeys('default.main', stored, wrappingKey)).sealContent(plain, 'place')
    expect((await unwrapSessionKeys('default.main', stored, wrappingKey)).openContent(content, 'place')).toEqual(plain)
  })

  it('differ for each session', async () => {
    const first = await unwrapSessionKeys('default.main', stored, wrappingKey)
    const second = await unwrapSessionKeys('default.main', await newSessionKeys('default.main', wrappingKey), wrappingKey)
    expect(() => second.openContent(first.sealContent(plain, 'place'), 'place')).toThrow(refused)
  })

  it('are not unwrapped by another wrapping key: the error names both keys by id, and the remedy', async () => {
    const other = new WrappingKey(randomBytes(32))
    await expect(unwrapSessionKeys('default.main', stored, other)).rejects.toThrow(
      expect.objectContaining({
        code: 'wrong-key',
        message: expect.stringMatching(`${wrappingKey.id}.*${other.id}`),
        advice: expect.stringContaining('SESSION_ENCRYPTION_KEY'),
      }),
    )
  })

  it('of another session or another version are refused', async () => {
    const [wrapped] = Object.values(stored.keys)
    await expect(unwrapSessionKeys('default.other', stored, wrappingKey)).rejects.toThrow(damaged)
    const moved: SessionKeyDocument = { v: 1, current: 2, keys: { '2': wrapped! } }
    await expect(unwrapSessionKeys('default.main', moved, wrappingKey)).rejects.toThrow(damaged)
  })

  it('without the current one are refused', async () => {
    await expect(unwrapSessionKeys('default.main', { ...stored, current: 3 }, wrappingKey)).rejects.toThrow(damaged)
  })

  it('are not wrapped by a key of a wrong length', () => {
    expect(() => new WrappingKey(randomBytes(16))).toThrow(expect.objectContaining({ code: 'bad-configuration' }))
  })
})
