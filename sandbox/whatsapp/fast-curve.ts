// libsignal's signatures in WebAssembly: in JavaScript, one takes 5 to 30 ms.
import { createRequire } from 'node:module'
import { calculateSignature, verifySignature } from 'whatsapp-rust-bridge'

type Curve25519 = {
  sign: (privateKey: Uint8Array, message: Uint8Array) => Uint8Array
  verify: (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean
}

const require = createRequire(import.meta.url)
/** The module that libsignal computes signatures with, below its own checks of their input. */
const curve25519: Curve25519 = createRequire(require.resolve('libsignal/src/curve.js'))('curve25519-js')
const { sign, verify } = curve25519

const areBytes = (...values: unknown[]): boolean => values.every((value) => value instanceof Uint8Array)

/** Leaves input of another type to the JavaScript, which names the type in its error. */
export const speedUpSignatures = (): void => {
  curve25519.sign = (key, message) => (areBytes(key, message) ? calculateSignature(key, message) : sign(key, message))
  curve25519.verify = (key, message, signature) => {
    if (!areBytes(key, message, signature)) return verify(key, message, signature)
    return verifySignature(Buffer.concat([Buffer.of(5), key]), message, signature)
  }
}
