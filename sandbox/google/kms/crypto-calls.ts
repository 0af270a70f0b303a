import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { crc32c } from '../storage/checksums.ts'
import { invalid, missing, notEnabled } from './errors.ts'
import type { KeyFile, StoredKey } from './key-file.ts'

/** The real service takes 64 KiB. */
const LARGEST = 64 * 1024
const NONCE_BYTES = 12
const TAG_BYTES = 16

interface Checksum {
  readonly value?: string
}

interface EncryptRequest {
  readonly name: string
  readonly plaintext?: Buffer
  readonly additionalAuthenticatedData?: Buffer
  readonly plaintextCrc32c?: Checksum | null
  readonly additionalAuthenticatedDataCrc32c?: Checksum | null
}

interface DecryptRequest {
  readonly name: string
  readonly ciphertext?: Buffer
  readonly additionalAuthenticatedData?: Buffer
  readonly ciphertextCrc32c?: Checksum | null
  readonly additionalAuthenticatedDataCrc32c?: Checksum | null
}

/**
 * Encryption and decryption with symmetric keys. Bytes of a ciphertext: the version's number (4), nonce, text, tag. As in the service, a caller
 * of `decrypt` names the key and not the version.
 */
export const cryptoCalls = (file: KeyFile) => ({
  Encrypt(request: EncryptRequest) {
    const { name, plaintext = Buffer.alloc(0), additionalAuthenticatedData = Buffer.alloc(0) } = request
    if (plaintext.length > LARGEST) throw invalid('The plaintext is too large.')
    assertChecksum('plaintext_crc32c', plaintext, request.plaintextCrc32c)
    assertChecksum('additional_authenticated_data_crc32c', additionalAuthenticatedData, request.additionalAuthenticatedDataCrc32c)
    const key = keyNamed(file, name)
    const version = key.primary
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv('aes-256-gcm', secretOf(key, name, version), nonce)
    cipher.setAAD(additionalAuthenticatedData)
    const number = Buffer.alloc(4)
    number.writeUInt32BE(version)
    const ciphertext = Buffer.concat([number, nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
    return {
      name: `${name}/cryptoKeyVersions/${version}`,
      ciphertext,
      ciphertextCrc32c: { value: checksumOf(ciphertext) },
      verifiedPlaintextCrc32c: request.plaintextCrc32c != null,
      verifiedAdditionalAuthenticatedDataCrc32c: request.additionalAuthenticatedDataCrc32c != null,
      protectionLevel: 'SOFTWARE',
    }
  },

  Decrypt(request: DecryptRequest) {
    const { name, ciphertext = Buffer.alloc(0), additionalAuthenticatedData = Buffer.alloc(0) } = request
    assertChecksum('ciphertext_crc32c', ciphertext, request.ciphertextCrc32c)
    assertChecksum('additional_authenticated_data_crc32c', additionalAuthenticatedData, request.additionalAuthenticatedDataCrc32c)
    const key = keyNamed(file, name)
    const failed = invalid('Decryption failed: the ciphertext is invalid.')
    if (ciphertext.length < 4 + NONCE_BYTES + TAG_BYTES) throw failed
    const version = ciphertext.readUInt32BE()
    if (!key.versions[version]) throw failed
    const secret = secretOf(key, name, version)
    const decipher = createDecipheriv('aes-256-gcm', secret, ciphertext.subarray(4, 4 + NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    })
    decipher.setAAD(additionalAuthenticatedData)
    decipher.setAuthTag(ciphertext.subarray(-TAG_BYTES))
    let plaintext: Buffer
    try {
      plaintext = Buffer.concat([decipher.update(ciphertext.subarray(4 + NONCE_BYTES, -TAG_BYTES)), decipher.final()])
    } catch {
      throw failed
    }
    return {
      plaintext,
      plaintextCrc32c: { value: checksumOf(plaintext) },
      usedPrimary: version === key.primary,
      protectionLevel: 'SOFTWARE',
    }
  },
})

function keyNamed(file: KeyFile, name: string): StoredKey {
  if (!/\/cryptoKeys\/[^/]+$/.test(name)) throw invalid(`${name} is no name of a key.`)
  const key = file.keys.get(name)
  if (!key) throw missing(`CryptoKey ${name}`)
  return key
}

function secretOf(key: StoredKey, name: string, number: number): Buffer {
  const version = key.versions[number]
  const full = `${name}/cryptoKeyVersions/${number}`
  if (!version) throw missing(`CryptoKeyVersion ${full}`)
  if (version.state !== 'ENABLED') throw notEnabled(full, version.state)
  return Buffer.from(version.secret, 'base64')
}

const checksumOf = (bytes: Uint8Array): string => String(Buffer.from(crc32c(bytes), 'base64').readUInt32BE())

function assertChecksum(field: string, bytes: Uint8Array, given: Checksum | null | undefined): void {
  if (given == null) return
  if ((given.value ?? '0') !== checksumOf(bytes)) throw invalid(`The checksum in field ${field} did not match the data.`)
}
