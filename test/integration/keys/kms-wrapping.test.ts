import type { KeyManagementServiceClient } from '@google-cloud/kms'
import { openKeyWrapping } from '@holdfast/core/adapters/key-wrapping'
import { KmsWrapping } from '@holdfast/core/adapters/google/kms-wrapping'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { newSessionKeys, unwrapSessionKeys } from '@holdfast/core/security/envelope'
import { WrappingKeys } from '@holdfast/core/security/wrapping-keys'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KmsServer } from '../../../sandbox/google/kms/under-test.ts'

let kms: KmsServer
beforeAll(async () => {
  kms = await KmsServer.start()
})
afterAll(() => kms.remove())

const PLACE = 'session_keys/default.main/1'
const dataKey = Buffer.alloc(32, 9)
const versionOf = (number: number): string => `${kms.key}/cryptoKeyVersions/${number}`
const kmsKey = () => new KmsWrapping(() => Promise.resolve(kms.client), kms.key)

const become = (number: number, state: 'ENABLED' | 'DISABLED') =>
  kms.client.updateCryptoKeyVersion({ cryptoKeyVersion: { name: versionOf(number), state }, updateMask: { paths: ['state'] } })

/** The real client, whose bytes are damaged on their way as often as said. */
function damaged(times: number, damage: (answer: Record<string, unknown>) => void) {
  let calls = 0
  const spoil = async (method: 'encrypt' | 'decrypt', ...given: unknown[]) => {
    const [answer] = await (
      kms.client[method].bind(kms.client) as unknown as (...given: unknown[]) => Promise<[Record<string, unknown>]>
    )(...given)
    if (++calls <= times) damage(answer)
    return [answer]
  }
  const client = {
    encrypt: (...given: unknown[]) => spoil('encrypt', ...given),
    decrypt: (...given: unknown[]) => spoil('decrypt', ...given),
  } as unknown as KeyManagementServiceClient
  return { wrapping: new KmsWrapping(() => Promise.resolve(client), kms.key), calls: () => calls }
}

describe('Cloud KMS', () => {
  it('wraps a data key, names the version, and opens it at its place only', async () => {
    const { wrapped, wrappedBy } = await kmsKey().wrap(dataKey, PLACE)
    expect([wrappedBy, await kmsKey().currentAt(PLACE)]).toEqual([versionOf(1), versionOf(1)])
    expect(await kmsKey().unwrap(wrapped, wrappedBy, PLACE)).toEqual(dataKey)
    const elsewhere = kmsKey().unwrap(wrapped, wrappedBy, 'session_keys/default.other/1')
    await expect(elsewhere).rejects.toMatchObject({ code: 'data-key-damaged' })
    await expect(kmsKey().unwrap(wrapped, 'deadbeef', PLACE)).rejects.toMatchObject({ code: 'data-key-damaged' })
  })

  it('asks again when bytes were damaged on their way, and gives up after three times', async () => {
    const flip = (answer: Record<string, unknown>) => {
      for (const field of ['ciphertext', 'plaintext']) if (answer[field]) (answer[field] as Buffer)[0]! ^= 1
    }
    const twice = damaged(2, flip)
    const { wrapped, wrappedBy } = await twice.wrapping.wrap(dataKey, PLACE)
    expect(twice.calls()).toBe(3)
    expect(await damaged(2, flip).wrapping.unwrap(wrapped, wrappedBy, PLACE)).toEqual(dataKey)
    const unverified = damaged(3, (answer) => (answer['verifiedPlaintextCrc32c'] = false))
    await expect(unverified.wrapping.wrap(dataKey, PLACE)).rejects.toMatchObject({ code: 'wrapping-key-unavailable' })
    await expect(damaged(3, flip).wrapping.unwrap(wrapped, wrappedBy, PLACE)).rejects.toMatchObject({
      code: 'wrapping-key-unavailable',
    })
  })

  it('names a disabled and a destroyed version, and opens what it wrapped when it is enabled again', async () => {
    const { wrapped, wrappedBy } = await kmsKey().wrap(dataKey, PLACE)
    const unavailable = { code: 'wrapping-key-unavailable', advice: expect.stringContaining('Enable the version') }
    await become(1, 'DISABLED')
    await expect(kmsKey().unwrap(wrapped, wrappedBy, PLACE)).rejects.toMatchObject(unavailable)
    await expect(kmsKey().wrap(dataKey, PLACE)).rejects.toMatchObject(unavailable)
    await kms.client.destroyCryptoKeyVersion({ name: versionOf(1) })
    await expect(kmsKey().unwrap(wrapped, wrappedBy, PLACE)).rejects.toMatchObject(unavailable)
    await kms.client.restoreCryptoKeyVersion({ name: versionOf(1) })
    await become(1, 'ENABLED')
    expect(await kmsKey().unwrap(wrapped, wrappedBy, PLACE)).toEqual(dataKey)
  })

  it('names a key that does not exist', async () => {
    const missing = new KmsWrapping(() => Promise.resolve(kms.client), `${kms.key}-missing`)
    await expect(missing.wrap(dataKey, PLACE)).rejects.toMatchObject({
      code: 'wrapping-key-unavailable',
      advice: expect.stringContaining('KMS_KEY'),
    })
  })
})

describe('a process with KMS_KEY', () => {
  const secret = { label: '', key: Buffer.alloc(32, 7) }
  const open = (keys: (typeof secret)[] = []) =>
    openKeyWrapping(
      { keys, kms: { projectId: 'demo-contract', key: kms.key, emulator: kms.address } },
      { clock: systemClock, documents: { read: () => Promise.resolve(null) } },
    )

  it('opens what the key of the environment wrapped, and wraps with Cloud KMS', async () => {
    const stored = await newSessionKeys('default.main', new WrappingKeys([secret]))
    const { wrappingKey, close } = open([secret])
    await expect(unwrapSessionKeys('default.main', stored, wrappingKey)).resolves.toBeDefined()
    expect((await newSessionKeys('default.main', wrappingKey)).keys['1']?.wrappedBy).toBe(versionOf(1))
    await close()
    const alone = open()
    await expect(unwrapSessionKeys('default.main', stored, alone.wrappingKey)).rejects.toMatchObject({ code: 'wrong-key' })
    await alone.close()
  })

  it('goes on with the keys that it has unwrapped while Cloud KMS is away, and opens others when it is back', async () => {
    const { wrappingKey, close } = open()
    const known = await newSessionKeys('default.known', wrappingKey)
    const other = await newSessionKeys('default.other', wrappingKey)
    await unwrapSessionKeys('default.known', known, wrappingKey)
    await kms.process.stop()
    await expect(unwrapSessionKeys('default.known', known, wrappingKey)).resolves.toBeDefined()
    // So long an outage that the pauses between attempts to connect would be longer than a request waits.
    for (let request = 0; request < 2; request++) {
      await expect(unwrapSessionKeys('default.other', other, wrappingKey)).rejects.toMatchObject({
        code: 'wrapping-key-unavailable',
      })
    }
    await kms.process.start()
    await expect(unwrapSessionKeys('default.other', other, wrappingKey)).resolves.toBeDefined()
    await close()
  })

  it('that lacks KMS_KEY says that it needs it', async () => {
    const { wrappingKey, close } = open()
    const stored = await newSessionKeys('default.main', wrappingKey)
    await close()
    await expect(unwrapSessionKeys('default.main', stored, new WrappingKeys([secret]))).rejects.toMatchObject({
      code: 'wrong-key',
      advice: expect.stringContaining('KMS_KEY'),
    })
  })
})
