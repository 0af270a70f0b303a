// Tests the certificate chain with a client that really checks signatures. Stock Baileys does not, see isSignedBy.
import { Curve, generateSignalPubKey, WA_CERT_DETAILS } from '@whiskeysockets/baileys'
import { createRequire } from 'node:module'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { speedUpSignatures } from './fast-curve.ts'
import { isSignedBy } from './libsignal.ts'
import { SimulatorProcess } from './testing/simulator-process.ts'
import { StockClient } from './testing/stock-client.ts'

let simulator: SimulatorProcess

beforeAll(async () => {
  simulator = await SimulatorProcess.start()
  Object.assign(Curve, {
    verify: (key: Uint8Array, message: Uint8Array, signature: Uint8Array) => isSignedBy(key, message, signature),
  })
})

afterAll(() => simulator.stop())

test('a client that trusts the root is linked', async () => {
  await simulator.post('/phones', { phone: '5511900000401' })
  const client = new StockClient(simulator)
  await client.link('5511900000401')
  expect(client.isOpen).toBe(true)
})

test('a client that trusts another root disconnects', async () => {
  const client = new StockClient(simulator)
  WA_CERT_DETAILS.PUBLIC_KEY = Buffer.from(Curve.generateKeyPair().public)
  client.connect()
  await client.until('turning away', () => client.closeCodes.length > 0)
  expect(client.closeCodes).toEqual([400])
})

test('a signature is valid only for its key and its message', () => {
  const [key, other] = [Curve.generateKeyPair(), Curve.generateKeyPair()]
  const message = Buffer.from('message')
  const signature = Curve.sign(key.private, message)
  expect(isSignedBy(key.public, message, signature)).toBe(true)
  expect(isSignedBy(generateSignalPubKey(key.public), message, signature)).toBe(true)
  expect(isSignedBy(other.public, message, signature)).toBe(false)
  expect(isSignedBy(key.public, Buffer.from('another'), signature)).toBe(false)
  expect(isSignedBy(key.public, message, Buffer.alloc(64))).toBe(false)
  expect(isSignedBy(key.public, message, Buffer.alloc(10))).toBe(false)
})

test('a sped up signature is another one, and each side verifies and refuses what the other does', () => {
  const require = createRequire(import.meta.url)
  const curve25519 = createRequire(require.resolve('libsignal/src/curve.js'))('curve25519-js')
  const slow = { ...curve25519 }
  speedUpSignatures()
  const [key, other] = [Curve.generateKeyPair(), Curve.generateKeyPair()]
  const message = Buffer.from('message')
  const [inJavaScript, spedUp] = [slow.sign(key.private, message), Curve.sign(key.private, message)]
  expect(spedUp).not.toEqual(Buffer.from(inJavaScript))
  expect(isSignedBy(key.public, message, inJavaScript)).toBe(true)
  expect(slow.verify(key.public, message, spedUp)).toBe(true)
  expect(isSignedBy(other.public, message, inJavaScript)).toBe(false)
  expect(slow.verify(other.public, message, spedUp)).toBe(false)
  expect(() => Curve.sign(key.private, 'message' as never)).toThrow('unexpected type [object String]')
})
