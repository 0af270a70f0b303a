// Sender keys, which encrypt a group message once for all: one chain a sender, distributed to each device in its pairwise session.
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes, randomInt } from 'node:crypto'
import { Curve, generateSignalPubKey, proto } from '@whiskeysockets/baileys'
import type { KeyPair } from '@whiskeysockets/baileys'
import { isSignedBy } from './libsignal.ts'

const VERSION = 0x33
const SIGNATURE_BYTES = 64
const MAX_KEY_ID = 2 ** 31 - 1
/** The number of messages that a reader may skip, as on real phones. */
const MAX_AHEAD = 2000
const KEPT_KEYS = 5

type ChainKey = { iteration: number; key: Buffer }

const derive = (key: Buffer, seed: number): Buffer => createHmac('sha256', key).update(Buffer.of(seed)).digest()

const messageSeed = ({ key }: ChainKey): Buffer => derive(key, 1)

const next = ({ iteration, key }: ChainKey): ChainKey => ({ iteration: iteration + 1, key: derive(key, 2) })

const cipherKeys = (seed: Buffer): { iv: Buffer; key: Buffer } => {
  const derived = Buffer.from(hkdfSync('sha256', seed, Buffer.alloc(32), 'WhisperGroup', 48))
  return { iv: derived.subarray(0, 16), key: derived.subarray(16) }
}

/** One device's key for one group. */
export class SenderKey {
  readonly id = randomInt(1, MAX_KEY_ID)
  readonly #signing: KeyPair = Curve.generateKeyPair()
  #chain: ChainKey = { iteration: 0, key: randomBytes(32) }

  /** The distribution message, with which a recipient can read everything from here on. */
  distribution(): Buffer {
    const { iteration, key } = this.#chain
    const signingKey = generateSignalPubKey(this.#signing.public)
    const message = { id: this.id, iteration, chainKey: key, signingKey }
    return Buffer.concat([Buffer.of(VERSION), proto.SenderKeyDistributionMessage.encode(message).finish()])
  }

  encrypt(padded: Uint8Array): Buffer {
    const { iv, key } = cipherKeys(messageSeed(this.#chain))
    const cipher = createCipheriv('aes-256-cbc', key, iv)
    const ciphertext = Buffer.concat([cipher.update(padded), cipher.final()])
    const message = proto.SenderKeyMessage.encode({ id: this.id, iteration: this.#chain.iteration, ciphertext }).finish()
    const signed = Buffer.concat([Buffer.of(VERSION), message])
    this.#chain = next(this.#chain)
    return Buffer.concat([signed, Curve.sign(this.#signing.private, signed)])
  }
}

type ReadMessage = { keyId: number; iteration: number; ciphertext: Uint8Array; signed: Buffer; signature: Buffer }

const readMessage = (bytes: Uint8Array): ReadMessage => {
  const all = Buffer.from(bytes)
  const signed = all.subarray(0, -SIGNATURE_BYTES)
  const { id, iteration, ciphertext } = proto.SenderKeyMessage.decode(signed.subarray(1))
  if (signed[0] !== VERSION || !ciphertext) throw new Error('not a message of a sender key')
  return { keyId: id ?? 0, iteration: iteration ?? 0, ciphertext, signed, signature: all.subarray(-SIGNATURE_BYTES) }
}

/** The position of a ciphertext in its sender key's chain, readable without a key. */
export const senderKeyPosition = (bytes: Uint8Array): { keyId: number; iteration: number } => {
  const { keyId, iteration } = readMessage(bytes)
  return { keyId, iteration }
}

/** One sender's key in one group, as a recipient knows it. */
class KnownKey {
  readonly id: number
  readonly #signingKey: Uint8Array
  readonly #skipped = new Map<number, Buffer>()
  #chain: ChainKey

  constructor(distribution: Uint8Array) {
    const { id, iteration, chainKey, signingKey } = proto.SenderKeyDistributionMessage.decode(distribution.subarray(1))
    if (!chainKey || !signingKey) throw new Error('a sender key was distributed without its keys')
    this.id = id ?? 0
    this.#signingKey = signingKey
    this.#chain = { iteration: iteration ?? 0, key: Buffer.from(chainKey) }
  }

  decrypt({ iteration, ciphertext, signed, signature }: ReadMessage): Buffer {
    if (!isSignedBy(this.#signingKey, signed, signature)) throw new Error('the message is not signed with the sender key')
    const { iv, key } = cipherKeys(this.#seedAt(iteration))
    const decipher = createDecipheriv('aes-256-cbc', key, iv)
    return Buffer.concat([decipher.update(ciphertext), decipher.final()])
  }

  #seedAt(iteration: number): Buffer {
    const skipped = this.#skipped.get(iteration)
    if (skipped) {
      this.#skipped.delete(iteration)
      return skipped
    }
    if (iteration < this.#chain.iteration) throw new Error(`iteration ${iteration} of the sender key was used before`)
    if (iteration - this.#chain.iteration > MAX_AHEAD) throw new Error(`iteration ${iteration} is too far ahead`)
    for (; this.#chain.iteration < iteration; this.#chain = next(this.#chain)) {
      this.#skipped.set(this.#chain.iteration, messageSeed(this.#chain))
    }
    const seed = messageSeed(this.#chain)
    this.#chain = next(this.#chain)
    return seed
  }
}

/** All keys of one sender in one group that a recipient has received, the newest last. */
export class KnownKeys {
  #keys: KnownKey[] = []

  get isKnown(): boolean {
    return this.#keys.length > 0
  }

  /** Takes a key. A known key stays as it is: skipped messages stay readable, read ones stay unreadable. */
  learn(distribution: Uint8Array): void {
    const received = new KnownKey(distribution)
    const others = this.#keys.filter(({ id }) => id !== received.id)
    const known = this.#keys.find(({ id }) => id === received.id)
    this.#keys = [...others, known ?? received].slice(-KEPT_KEYS)
  }

  decrypt(bytes: Uint8Array): Buffer {
    const message = readMessage(bytes)
    const known = this.#keys.find(({ id }) => id === message.keyId)
    if (!known) throw new Error(`sender key ${message.keyId} is unknown`)
    return known.decrypt(message)
  }
}
