import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { newSessionKeys, newTenantKeys, unwrapSessionKeys, unwrapTenantKeys, WrappingKey } from './envelope.ts'
import { sessionKeyPath } from './session-key-document.ts'
import { WrappingKeys } from './wrapping-keys.ts'

const [older, newer] = [randomBytes(32), randomBytes(32)]
const plain = new WrappingKey(older)
const idOf = (key: Buffer): string => new WrappingKey(key).id
const both = new WrappingKeys([
  { label: 'v2', key: newer },
  { label: 'v1', key: older },
])

/** A document of the version before several keys: the data key is 32 bytes of 9, the wrapping key 32 bytes of 7. */
const STORED = {
  path: 'session_keys/default.main',
  wrappedBy: '4bb06f8e',
  wrapped: 'AfyI2MddpXtNLmD6TzGPxWXw3Cv90elZ1T8RGtAk7tsXjtA4SbbdHeIPKUp6BsauR6MAW9UbxXMKFzqazw==',
}

describe('several wrapping keys', () => {
  it('open what the plain key wrapped, for sessions and for tenants', async () => {
    const session = await newSessionKeys('default.main', plain)
    const sealed = (await unwrapSessionKeys('default.main', session, plain)).sealContent(Buffer.from('text'), 'place')
    const again = await unwrapSessionKeys('default.main', session, both)
    expect(again.openContent(sealed, 'place').toString()).toBe('text')
    const tenant = await newTenantKeys('acme', plain)
    const secret = (await unwrapTenantKeys('acme', tenant, plain)).seal('token', 'secret')
    expect((await unwrapTenantKeys('acme', tenant, both)).open('token', secret)).toBe('secret')
  })

  it('wrap with the first one, and name it in the document', async () => {
    const session = await newSessionKeys('default.main', both)
    expect(session.keys['1']?.wrappedBy).toBe(idOf(newer))
    expect([both.id, await both.currentAt()]).toEqual([idOf(newer), idOf(newer)])
    const alone = new WrappingKeys([{ label: '', key: newer }])
    await expect(unwrapSessionKeys('default.main', session, alone)).resolves.toBeDefined()
  })

  it('open the stored bytes of the version before', async () => {
    const key = new WrappingKeys([
      { label: 'v2', key: newer },
      { label: 'v1', key: Buffer.alloc(32, 7) },
    ])
    const opened = await key.unwrap(Buffer.from(STORED.wrapped, 'base64'), STORED.wrappedBy, `${STORED.path}/1`)
    expect(opened).toEqual(Buffer.alloc(32, 9))
  })

  it('name the key that is missing, the keys that are there, and what to do', async () => {
    const session = await newSessionKeys('default.main', new WrappingKey(randomBytes(32)))
    const wrappedBy = session.keys['1']?.wrappedBy
    await expect(unwrapSessionKeys('default.main', session, both)).rejects.toMatchObject({
      code: 'wrong-key',
      message: expect.stringMatching(`${wrappedBy}.*${idOf(newer)} \\(v2\\), ${idOf(older)} \\(v1\\)`),
      advice: expect.stringContaining('SESSION_ENCRYPTION_KEYS'),
    })
  })

  it('tell damage from a missing key', async () => {
    const { wrapped, wrappedBy } = await both.wrap(Buffer.alloc(32), `${sessionKeyPath('default.main')}/1`)
    wrapped[20]! ^= 1
    await expect(both.unwrap(wrapped, wrappedBy, `${sessionKeyPath('default.main')}/1`)).rejects.toMatchObject({
      code: 'data-key-damaged',
    })
  })
})
