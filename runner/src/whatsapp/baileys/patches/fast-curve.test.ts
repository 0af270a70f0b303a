import nodeCrypto, { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import { Curve } from '@whiskeysockets/baileys'
import { systemRandom } from '@holdfast/core/platform/system-clock'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { silenceConsole } from './console-guard.ts'
import { patchCurve } from './fast-curve.ts'

type Bytes = Uint8Array
type LibsignalCurve = {
  generateKeyPair(): { pubKey: Buffer; privKey: Buffer }
  getPublicFromPrivateKey(privateKey: Bytes): Buffer
  calculateAgreement(publicKey: Bytes, privateKey: Bytes): Buffer
  calculateSignature(privateKey: Bytes, message: Bytes): Buffer
  verifySignature(publicKey: Bytes, message: Bytes, signature: Bytes): boolean
}
type InJavaScript = { sign(key: Bytes, message: Bytes): Bytes; verify(key: Bytes, message: Bytes, signature: Bytes): boolean }

// libsignal prints a warning for each key without a type.
silenceConsole()

const load = createRequire(import.meta.url)
const curve = load('libsignal/src/curve.js') as LibsignalCurve
const stock = { ...(createRequire(load.resolve('libsignal/src/curve.js'))('curve25519-js') as InJavaScript) }

const seed = systemRandom.bytes(4).toString('hex')
let drawn = 0
const draw = (): Buffer => createHash('sha256').update(`${seed} ${drawn++}`).digest()
const messageOf = (length: number): Buffer => Buffer.alloc(length, draw())

/** Flips one bit below the last one: the last bit of a key has no meaning. */
const flipped = (bytes: Bytes): Buffer => {
  const copy = Buffer.from(bytes)
  const bit = draw().readUInt32BE() % (bytes.length * 8 - 1)
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return copy
}

const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n

/** The same signature with its second half, a number below the curve's order, written some orders higher. */
const raised = (signature: Bytes, times: bigint): Buffer => {
  const half = Buffer.from(signature.subarray(32)).toReversed()
  const sign = (half[0] ?? 0) & 0x80
  half[0] = (half[0] ?? 0) & 0x7f
  const higher = Buffer.from(
    (BigInt(`0x${Buffer.from(half).toString('hex')}`) + times * ORDER).toString(16).padStart(64, '0'),
    'hex',
  )
  higher[0] = (higher[0] ?? 0) | sign
  return Buffer.concat([signature.subarray(0, 32), higher.toReversed()])
}

/** Keys of small order: the two coordinates 0 and 1, one of order 8, and their forms above the prime. */
const SMALL = [
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  ...['ec', 'ed', 'ee'].map((first) => `${first}${'ff'.repeat(30)}7f`),
].map((hex) => Buffer.concat([Buffer.of(5), Buffer.from(hex, 'hex')]))

const signer = Curve.generateKeyPair()
const message = messageOf(100)

const outcomeOf = (call: () => unknown): unknown => {
  try {
    return call()
  } catch (error) {
    return String(error)
  }
}

const key = Buffer.concat([Buffer.of(5), signer.public])
const signature = stock.sign(signer.private, message)

/** Calls with input that libsignal refuses, or should. */
const wrongCalls = (): unknown[] =>
  [
    () => curve.calculateSignature(undefined as never, message),
    () => curve.calculateSignature(new Uint8Array(32), message),
    () => curve.calculateSignature(Buffer.alloc(31), message),
    () => curve.calculateSignature(Buffer.from(signer.private), undefined as never),
    () => curve.calculateSignature(Buffer.from(signer.private), 'text' as never),
    () => curve.verifySignature(new Uint8Array(33), message, signature),
    () => curve.verifySignature(Buffer.concat([Buffer.of(6), signer.public]), message, signature),
    () => curve.verifySignature(key.subarray(2), message, signature),
    () => curve.verifySignature(key, undefined as never, signature),
    () => curve.verifySignature(key, 'text' as never, signature),
    () => curve.verifySignature(key, message, signature.subarray(1)),
    () => curve.verifySignature(key, message, new Uint16Array(32) as never),
    () => curve.verifySignature(Buffer.from(signer.public), message, signature),
    () => curve.getPublicFromPrivateKey(Buffer.alloc(31)),
    () => curve.calculateAgreement(key.subarray(2), Buffer.from(signer.private)),
    ...SMALL.map((small) => () => curve.calculateAgreement(small, Buffer.from(signer.private))),
  ].map(outcomeOf)

// The tests need this order: the first describes libsignal as it is, and the patch is for the rest of the process.

test('libsignal without the patch computes signatures in JavaScript', () => {
  const made = vi.spyOn(nodeCrypto, 'generateKeyPairSync')
  const twice = [Curve.sign(signer.private, message), Curve.sign(signer.private, message)]
  expect(twice[0], 'libsignal signs in another way now: measure it, and remove fast-curve.ts if it is fast.').toEqual(twice[1])
  expect(curve.verifySignature(key, message, raised(signature, 2n))).toBe(true)
  Curve.generateKeyPair()
  expect(made.mock.lastCall?.[1]).toBeDefined()
})

describe(`libsignal and Baileys with the patch (seed ${seed})`, () => {
  let refusals: unknown[]

  beforeAll(() => {
    refusals = wrongCalls()
    patchCurve()
  })

  test('sign and verify in WebAssembly', () => {
    // The bridge draws random bytes for each signature; the JavaScript does not.
    expect(curve.calculateSignature(Buffer.from(signer.private), message)).not.toEqual(Buffer.from(signature))
    expect(Curve.sign(signer.private, message)).not.toEqual(Buffer.from(signature))
    // The JavaScript takes this signature.
    expect(curve.verifySignature(key, message, raised(signature, 2n))).toBe(false)
  })

  test('make key pairs without DER', () => {
    const made = vi.spyOn(nodeCrypto, 'generateKeyPairSync')
    curve.generateKeyPair()
    Curve.generateKeyPair()
    expect(made.mock.calls).toEqual([['x25519'], ['x25519']])
  })

  test('make pairs whose halves belong together, and which agree with each other', () => {
    const base = Buffer.concat([Buffer.of(5, 9), Buffer.alloc(31)])
    let other = curve.generateKeyPair()
    for (let round = 0; round < 1000; round++) {
      const pair = curve.generateKeyPair()
      expect([pair.pubKey.length, pair.pubKey[0], pair.privKey.length]).toEqual([33, 5, 32])
      expect(curve.calculateAgreement(base, pair.privKey).equals(pair.pubKey.subarray(1))).toBe(true)
      const shared = curve.calculateAgreement(pair.pubKey, other.privKey)
      expect(shared.equals(curve.calculateAgreement(other.pubKey, pair.privKey))).toBe(true)
      if (round % 100 === 0) expect(curve.getPublicFromPrivateKey(pair.privKey)).toEqual(pair.pubKey)
      other = pair
    }
    const ours = Curve.generateKeyPair()
    expect(Buffer.from(ours.public)).toEqual(curve.calculateAgreement(base, Buffer.from(ours.private)).subarray(0, 32))
  })

  test('sign what the JavaScript verifies, and verify what it signs', () => {
    for (let round = 0; round < 15; round++) {
      const privateKey = draw()
      const publicKey = curve.getPublicFromPrivateKey(privateKey)
      const text = messageOf(round * 7 + 1)
      expect(stock.verify(publicKey.subarray(1), text, curve.calculateSignature(privateKey, text))).toBe(true)
      expect(curve.verifySignature(publicKey, text, stock.sign(privateKey, text))).toBe(true)
    }
  })

  test('refuse what the JavaScript refuses: one other bit in the key, the message or the signature', () => {
    const publicKey = Buffer.from(signer.public)
    for (let round = 0; round < 10; round++) {
      const text = messageOf(round + 1)
      const valid = curve.calculateSignature(Buffer.from(signer.private), text)
      const forged = [
        [flipped(publicKey), text, valid],
        [publicKey, flipped(text), valid],
        [publicKey, text, flipped(valid)],
      ] as const
      for (const [by, said, sealed] of forged) {
        expect(stock.verify(by, said, sealed)).toBe(false)
        expect(curve.verifySignature(Buffer.concat([Buffer.of(5), by]), said, sealed)).toBe(false)
      }
    }
  })

  test('refuse every other bit of a thousand signatures', () => {
    for (let round = 0; round < 1000; round++) {
      const { pubKey, privKey } = curve.generateKeyPair()
      const text = messageOf((round % 200) + 1)
      const valid = curve.calculateSignature(privKey, text)
      expect(curve.verifySignature(pubKey, text, valid)).toBe(true)
      expect(curve.verifySignature(pubKey, text, flipped(valid))).toBe(false)
      expect(curve.verifySignature(pubKey, flipped(text), valid)).toBe(false)
    }
  })

  test('accept no odd form of a signature or a key that the JavaScript refuses', () => {
    const odd = [
      ...[1n, 2n, 3n, 6n].map((times) => [key, raised(signature, times)] as const),
      ...SMALL.flatMap((small) => [[small, Buffer.alloc(64)] as const, [small, Buffer.of(1, ...Buffer.alloc(63))] as const]),
    ]
    const accepted = odd.filter(([by, form]) => curve.verifySignature(by, message, form))
    for (const [by, form] of accepted) expect(stock.verify(by.subarray(1), message, form)).toBe(true)
    expect(accepted.length).toBeLessThan(odd.length)
  })

  test('refuse wrong input with the same errors', () => {
    expect(wrongCalls()).toEqual(refusals)
    expect(refusals.filter((outcome) => typeof outcome === 'string')).toHaveLength(refusals.length - 1)
  })
})
