import nodeCrypto from 'node:crypto'
import { createRequire } from 'node:module'
import { Curve } from '@whiskeysockets/baileys'
import { calculateSignature, verifySignature } from 'whatsapp-rust-bridge'

type Curve25519 = {
  sign: (privateKey: Uint8Array, message: Uint8Array, random?: Uint8Array) => Uint8Array
  verify: (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean
}

type LibsignalCurve = { generateKeyPair(): { pubKey: Buffer; privKey: Buffer } }

const KEY_BYTES = 32
const SIGNATURE_BYTES = 64
const KEY_TYPE = Buffer.of(5)

const load = createRequire(import.meta.url)
const curve = load('libsignal/src/curve.js') as LibsignalCurve
// Not a dependency of ours: this is the very module that libsignal loads.
const curve25519 = createRequire(load.resolve('libsignal/src/curve.js'))('curve25519-js') as Curve25519

const { sign, verify } = curve25519

/**
 * Computes signatures in WebAssembly, and makes key pairs without DER.
 *
 * libsignal 6.0.0 computes signatures in JavaScript. One takes 5 to 8 ms, the first ones 30, and all sessions of the process wait.
 * `whatsapp-rust-bridge`, which Baileys loads anyway, takes 0.1 ms. The patch goes below libsignal, so libsignal's own checks of its
 * input and their errors stay. Input that those checks let through by mistake goes on to the JavaScript, for its errors.
 *
 * Key agreement stays libsignal's: it is Node's, and refuses the keys of small order that the bridge takes. The bridge's
 * `getPublicFromPrivateKey` is wrong in 0.5.4, so nothing here calls it.
 */
export function patchCurve(): void {
  if (curve25519.sign === fastSign) return
  Object.assign(curve25519, { sign: fastSign, verify: fastVerify })
  Object.assign(curve, { generateKeyPair: makeKeyPair })
  // Baileys took libsignal's function when it was loaded.
  Curve.generateKeyPair = () => {
    const { pubKey, privKey } = makeKeyPair()
    return { private: privKey, public: pubKey.subarray(KEY_TYPE.length) }
  }
}

function fastSign(privateKey: Uint8Array, message: Uint8Array, random?: Uint8Array): Uint8Array {
  const isUsual = random === undefined && isBytes(privateKey, KEY_BYTES) && isBytes(message)
  return isUsual ? calculateSignature(privateKey, message) : sign(privateKey, message, random)
}

function fastVerify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const isUsual = isBytes(publicKey, KEY_BYTES) && isBytes(message) && isBytes(signature, SIGNATURE_BYTES)
  if (!isUsual) return verify(publicKey, message, signature)
  return verifySignature(Buffer.concat([KEY_TYPE, publicKey]), message, signature)
}

const isBytes = (value: unknown, length?: number): boolean =>
  value instanceof Uint8Array && (length === undefined || value.length === length)

/** Makes a key pair of Node's own randomness. Node writes it as JWK in half of the time of libsignal's DER. */
function makeKeyPair(): { pubKey: Buffer; privKey: Buffer } {
  const { privateKey } = nodeCrypto.generateKeyPairSync('x25519')
  const { x, d } = privateKey.export({ format: 'jwk' }) as { x: string; d: string }
  return { pubKey: Buffer.concat([KEY_TYPE, Buffer.from(x, 'base64url')]), privKey: Buffer.from(d, 'base64url') }
}
