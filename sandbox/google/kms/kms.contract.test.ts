import type { KeyManagementServiceClient } from '@google-cloud/kms'
import { status } from '@grpc/grpc-js'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { crc32c } from '../storage/checksums.ts'
import { type KmsUnderTest, openKms } from './under-test.ts'

// The contract of Cloud KMS, as far as the product relies on it. The tests run against the sandbox's server, and against the real service
// when HOLDFAST_CONTRACT_KMS names a symmetric key of it on which the default credentials are roles/cloudkms.admin and
// roles/cloudkms.cryptoKeyEncrypterDecrypter. Each run leaves a version more there, which is disabled.

/** The real service needs a while until all of it knows the state of a version. */
const STATE_WITHIN_MS = 120_000

let under: KmsUnderTest
let client: KeyManagementServiceClient
let key: string

beforeAll(async () => {
  under = await openKms()
  ;({ client, key } = under)
})
afterAll(() => under?.close())

const plaintext = Buffer.from('a data key of thirty-two bytes..')
const place = Buffer.from('session_keys/default.main/1')
const sum = (bytes: Uint8Array) => ({ value: Buffer.from(crc32c(bytes), 'base64').readUInt32BE() })

const code = async (promise: Promise<unknown>): Promise<unknown> =>
  await promise.then(
    () => 'no error',
    (error: { code?: number }) => status[error.code ?? -1],
  )

const encrypt = async (more: object = {}) =>
  (await client.encrypt({ name: key, plaintext, additionalAuthenticatedData: place, ...more }))[0]
const decrypt = async (ciphertext: Uint8Array, more: object = {}) =>
  (await client.decrypt({ name: key, ciphertext, additionalAuthenticatedData: place, ...more }))[0]

describe('a symmetric key', () => {
  test('encrypts with its primary version, which the answer names, and decrypts', async () => {
    const [{ primary }] = await client.getCryptoKey({ name: key })
    const { name, ciphertext } = await encrypt()
    expect(name).toBe(primary?.name)
    const { plaintext: opened, usedPrimary } = await decrypt(ciphertext as Uint8Array)
    expect([Buffer.from(opened as Uint8Array), usedPrimary]).toEqual([plaintext, true])
  })

  test('says which checksums it has verified, and gives those of its answers', async () => {
    const sums = { plaintextCrc32c: sum(plaintext), additionalAuthenticatedDataCrc32c: sum(place) }
    const sealed = await encrypt(sums)
    expect(sealed).toMatchObject({ verifiedPlaintextCrc32c: true, verifiedAdditionalAuthenticatedDataCrc32c: true })
    const ciphertext = sealed.ciphertext as Uint8Array
    expect(Number(sealed.ciphertextCrc32c?.value)).toBe(sum(ciphertext).value)
    const opened = await decrypt(ciphertext, { ciphertextCrc32c: sum(ciphertext) })
    expect(Number(opened.plaintextCrc32c?.value)).toBe(sum(plaintext).value)
    expect((await encrypt()).verifiedPlaintextCrc32c).toBe(false)
  })

  test('refuses a checksum that is not that of the bytes', async () => {
    expect(await code(encrypt({ plaintextCrc32c: { value: 1 } }))).toBe('INVALID_ARGUMENT')
    const { ciphertext } = await encrypt()
    expect(await code(decrypt(ciphertext as Uint8Array, { ciphertextCrc32c: { value: 1 } }))).toBe('INVALID_ARGUMENT')
  })

  test('decrypts nothing that was altered, or bound to something else', async () => {
    const ciphertext = Buffer.from((await encrypt()).ciphertext as Uint8Array)
    expect(await code(decrypt(ciphertext, { additionalAuthenticatedData: Buffer.from('elsewhere') }))).toBe('INVALID_ARGUMENT')
    ciphertext[ciphertext.length - 1]! ^= 1
    expect(await code(decrypt(ciphertext))).toBe('INVALID_ARGUMENT')
    expect(await code(decrypt(Buffer.from('short')))).toBe('INVALID_ARGUMENT')
  })

  test('that does not exist is not found', async () => {
    expect(await code(client.encrypt({ name: `${key}-missing`, plaintext }))).toBe('NOT_FOUND')
  })
})

describe('a version', () => {
  test(
    'that is no longer the primary one still decrypts, and a disabled one does not',
    { timeout: STATE_WITHIN_MS },
    async () => {
      const { name: first, ciphertext } = await encrypt()
      const older = ciphertext as Uint8Array
      const [next] = await client.createCryptoKeyVersion({ parent: key, cryptoKeyVersion: {} })
      const id = next.name?.split('/').at(-1) ?? ''
      await client.updateCryptoKeyPrimaryVersion({ name: key, cryptoKeyVersionId: id })
      await vi.waitFor(async () => expect((await encrypt()).name).toBe(next.name), { timeout: STATE_WITHIN_MS })
      expect((await decrypt(older)).usedPrimary).toBe(false)
      const become = (state: 'ENABLED' | 'DISABLED') =>
        client.updateCryptoKeyVersion({ cryptoKeyVersion: { name: first ?? '', state }, updateMask: { paths: ['state'] } })
      const waitFor = (expected: string) =>
        vi.waitFor(async () => expect(await code(decrypt(older))).toBe(expected), { timeout: STATE_WITHIN_MS })
      await become('DISABLED')
      await waitFor('FAILED_PRECONDITION')
      await become('ENABLED')
      await waitFor('no error')
      await become('DISABLED')
    },
  )
})
