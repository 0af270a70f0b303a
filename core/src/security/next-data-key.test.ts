import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { newSessionKeys, nextSessionKeys, SessionCipher, unwrapSessionKeys, WrappingKey } from './envelope.ts'
import type { KeyWrapping } from './key-wrapping.ts'
import { withNextKey } from './next-data-key.ts'
import { DATA_KEY_WAITS_MS, sessionKeyDocumentSchema, sessionKeyPath, versionOfCheckpoint } from './session-key-document.ts'

const SESSION = 'default.main'
const PATH = sessionKeyPath(SESSION)
const AT = new Date(1_700_000_000_000)
const wrapping = new WrappingKey(randomBytes(32))
const first = await newSessionKeys(SESSION, wrapping)
const added = await withNextKey(PATH, { ...first }, wrapping, AT)
const both = sessionKeyDocumentSchema.parse({ ...first, keys: added?.keys })

describe('a further data key', () => {
  it('is stored beside the others, which stay as they are', async () => {
    const stored = { ...first, keys: { 1: { ...first.keys['1'], ofLater: true } } }
    const next = await withNextKey(PATH, stored, wrapping, AT)
    expect(next).toMatchObject({ version: 2, keys: { 1: stored.keys[1], 2: { wrappedBy: wrapping.id, at: AT } } })
  })

  it('is not made while one waits, and not for a purged session', async () => {
    expect(await withNextKey(PATH, { ...both }, wrapping, AT)).toBeNull()
    const destroyed = { upTo: 1, at: AT, tombstone: { seq: 1, epoch: 1, hash: '' } }
    const purged = withNextKey(PATH, { v: 1, current: 1, keys: {}, destroyed }, wrapping, AT)
    await expect(purged).rejects.toMatchObject({ code: 'data-key-destroyed' })
  })

  it('is not returned when what wrapped it does not open it', async () => {
    const broken: KeyWrapping = {
      currentAt: () => wrapping.currentAt(),
      wrap: (dataKey, place) => wrapping.wrap(dataKey, place),
      unwrap: (_, wrappedBy, place) => wrapping.unwrap(randomBytes(61), wrappedBy, place),
    }
    await expect(withNextKey(PATH, { ...first }, broken, AT)).rejects.toMatchObject({ code: 'data-key-damaged' })
  })

  it('is used by the first checkpoint after it has waited', () => {
    const used = (ms: number, stored = both) => versionOfCheckpoint(stored, AT.getTime() + ms)
    expect([used(0), used(DATA_KEY_WAITS_MS - 1), used(DATA_KEY_WAITS_MS)]).toEqual([1, 1, 2])
    expect([used(0, { ...both, current: 2 }), used(0, first)]).toEqual([2, 1])
    // A rebuild found it in a checkpoint, which is older than the rebuild.
    const { at: _, ...found } = both.keys['2']!
    expect(used(0, { ...both, keys: { ...both.keys, 2: found } })).toBe(2)
  })

  it('has a number that the next session of the name does not get, although it never sealed anything', async () => {
    expect(Object.keys((await nextSessionKeys(SESSION, both, wrapping)).keys)).toEqual(['3'])
  })
})

describe('a cipher that is at work', () => {
  const before = unwrapSessionKeys(SESSION, first, wrapping)
  const later = unwrapSessionKeys(SESSION, both, wrapping)

  it('learns further keys, and seals as before until it is told', async () => {
    const cipher = await before
    expect(() => cipher.sealWith(2)).toThrow(expect.objectContaining({ code: 'cannot-decrypt' }))
    cipher.learn(await later)
    expect([cipher.currentVersion, cipher.wrapped]).toEqual([1, both])
    const sealed = cipher.sealContent(Buffer.from('one'), 'place')
    cipher.sealWith(2)
    const second = cipher.sealContent(Buffer.from('two'), 'place')
    expect([sealed, second].map((one) => one.readUInt16BE())).toEqual([1, 2])
    expect([sealed, second].map((one) => cipher.openContent(one, 'place').toString())).toEqual(['one', 'two'])
  })

  it('learns nothing from a document that has another key, or lacks one', async () => {
    const key = randomBytes(32)
    const cipher = new SessionCipher(SESSION, new Map([[1, key]]), 1)
    const others = [new Map([[1, randomBytes(32)]]), new Map([[2, key]])]
    for (const keys of others) {
      const learning = (): void => cipher.learn(new SessionCipher(SESSION, keys, 1))
      expect(learning).toThrow(expect.objectContaining({ code: 'data-key-damaged' }))
    }
    expect(cipher.has(2)).toBe(false)
  })
})
