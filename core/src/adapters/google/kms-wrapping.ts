import type { KeyManagementServiceClient } from '@google-cloud/kms'
import { CRC32C } from '@google-cloud/storage'
import { HoldfastError } from '../../platform/errors.ts'
import { keyOfVersion } from '../../platform/kms-names.ts'

/** gRPC's codes. */
const INVALID_ARGUMENT = 3
const DEADLINE_EXCEEDED = 4
const NOT_FOUND = 5
const PERMISSION_DENIED = 7
const FAILED_PRECONDITION = 9
const INTERNAL = 13
const UNAVAILABLE = 14

/** The client repeats no encryption by itself. Ours may be repeated, because nothing is stored there. */
const CALL = {
  retry: {
    retryCodes: [DEADLINE_EXCEEDED, INTERNAL, UNAVAILABLE],
    backoffSettings: {
      initialRetryDelayMillis: 100,
      retryDelayMultiplier: 2,
      maxRetryDelayMillis: 1000,
      initialRpcTimeoutMillis: 2000,
      rpcTimeoutMultiplier: 1,
      maxRpcTimeoutMillis: 2000,
      totalTimeoutMillis: 5000,
    },
  },
}

/** How often bytes that were damaged on their way are sent again. */
const ATTEMPTS = 3

interface Wrapped {
  readonly wrapped: Buffer
  readonly wrappedBy: string
}

/** What is encrypted to see the primary version. */
const PROBE = Buffer.from('holdfast')

/**
 * A `KeyWrapping` (core/src/security) by Cloud KMS. The wrapping key never leaves it. A stored key names the version that wrapped it. Bytes are checked by
 * CRC-32C in both directions, as Google recommends. The place is bound as additional authenticated data.
 */
export class KmsWrapping {
  readonly #client: () => Promise<KeyManagementServiceClient>
  readonly #key: string

  /** `key` is the full name of a symmetric key, whose primary version wraps. */
  constructor(client: () => Promise<KeyManagementServiceClient>, key: string) {
    this.#client = client
    this.#key = key
  }

  /** Asks for an encryption, because that shows the primary version without a right to look at keys. */
  async currentAt(place: string): Promise<string> {
    return (await this.wrap(PROBE, place)).wrappedBy
  }

  async wrap(dataKey: Buffer, place: string): Promise<Wrapped> {
    const additional = Buffer.from(place)
    const request = {
      name: this.#key,
      plaintext: dataKey,
      plaintextCrc32c: { value: checksum(dataKey) },
      additionalAuthenticatedData: additional,
      additionalAuthenticatedDataCrc32c: { value: checksum(additional) },
    }
    return await this.#whole(this.#key, async (client) => {
      const [{ name, ciphertext, ...answer }] = await client.encrypt(request, CALL)
      const wrapped = Buffer.from((ciphertext ?? '') as Uint8Array)
      const arrived = answer.verifiedPlaintextCrc32c === true && answer.verifiedAdditionalAuthenticatedDataCrc32c === true
      const isWhole = arrived && Number(answer.ciphertextCrc32c?.value) === checksum(wrapped)
      return isWhole && name && keyOfVersion(name) === this.#key ? { wrapped, wrappedBy: name } : null
    })
  }

  async unwrap(wrapped: Uint8Array, wrappedBy: string, place: string): Promise<Buffer> {
    const name = keyOfVersion(wrappedBy)
    if (name === null)
      throw new HoldfastError('data-key-damaged', `${place} was wrapped by ${wrappedBy}, which is no key of Cloud KMS.`)
    const additional = Buffer.from(place)
    const request = {
      name,
      ciphertext: wrapped,
      ciphertextCrc32c: { value: checksum(wrapped) },
      additionalAuthenticatedData: additional,
      additionalAuthenticatedDataCrc32c: { value: checksum(additional) },
    }
    return await this.#whole(wrappedBy, async (client) => {
      const [{ plaintext, plaintextCrc32c }] = await client.decrypt(request, CALL)
      const opened = Buffer.from((plaintext ?? '') as Uint8Array)
      return Number(plaintextCrc32c?.value) === checksum(opened) ? opened : null
    }).catch((error: unknown) => {
      if (codeOf((error as Error).cause) !== INVALID_ARGUMENT) throw error
      throw new HoldfastError('data-key-damaged', `${place} does not open with the key that wrapped it.`, { cause: error })
    })
  }

  /** Asks again while an answer, or the request that it is to, was damaged on its way. */
  async #whole<Answer>(key: string, ask: (client: KeyManagementServiceClient) => Promise<Answer | null>): Promise<Answer> {
    try {
      const client = await this.#client()
      for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
        const answer = await ask(client)
        if (answer !== null) return answer
      }
    } catch (cause) {
      throw inOurWords(key, cause)
    }
    throw unavailable(`Bytes to or from Cloud KMS were damaged on their way ${ATTEMPTS} times.`, {})
  }
}

/** As Cloud KMS has it: an unsigned number. */
function checksum(bytes: Uint8Array): number {
  const crc = new CRC32C()
  crc.update(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  return crc.valueOf() >>> 0
}

const codeOf = (error: unknown): unknown => (error as { code?: unknown } | null)?.code

const unavailable = (message: string, options: { advice?: string; cause?: unknown }): HoldfastError =>
  new HoldfastError('wrapping-key-unavailable', message, options)

/** Each of them is waited for. A key that cannot be used is never replaced by another one. */
function inOurWords(key: string, cause: unknown): HoldfastError {
  switch (codeOf(cause)) {
    case FAILED_PRECONDITION:
      return unavailable(`A version of ${key} is disabled or destroyed.`, {
        advice:
          'Enable the version, or restore it while it is scheduled for destruction: gcloud kms keys versions enable | restore.',
        cause,
      })
    case NOT_FOUND:
      return unavailable(`Cloud KMS has no ${key}.`, {
        advice: 'Set KMS_KEY, or `kmsKey` of the tenant, to the full name of a symmetric key that exists.',
        cause,
      })
    case PERMISSION_DENIED:
      return unavailable(`This process may not use ${key}.`, {
        advice: 'Enable Cloud KMS, and give its service account roles/cloudkms.cryptoKeyEncrypterDecrypter on the key.',
        cause,
      })
    case INVALID_ARGUMENT:
      return unavailable(`Cloud KMS does not encrypt with ${key}.`, {
        advice: 'The key has to be a symmetric one, made for encryption and decryption.',
        cause,
      })
    default:
      return unavailable(`Cloud KMS did not answer about ${key}.`, { cause })
  }
}
