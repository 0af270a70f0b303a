import { createHash } from 'node:crypto'
import { Curve, WA_CERT_DETAILS, generateSignalPubKey } from '@whiskeysockets/baileys'
import { verifySignature } from 'libsignal/src/curve.js'

/**
 * Baileys 7.0.0-rc14 ignores the result of libsignal's `verifySignature` (Utils/crypto.js): its `Curve.verify` is true for every
 * signature of the right length, so neither WhatsApp's certificate chain nor the phone's signature at pairing is checked. Here it
 * is. `enforce` refuses what is not valid. `log` only tells: it is for the day on which WhatsApp changes how it signs.
 */
export type SignatureCheck = 'enforce' | 'log'

export function patchSignatureCheck(mode: SignatureCheck, onInvalid: () => void): void {
  const lenient = Curve.verify
  Curve.verify = (publicKey, message, signature) => {
    if (isValid(publicKey, message, signature)) return true
    onInvalid()
    return mode === 'enforce' ? false : lenient(publicKey, message, signature)
  }
  // Nothing may exchange the pinned key or the check from here on.
  Object.freeze(WA_CERT_DETAILS)
  Object.freeze(Curve)
}

/** Certificates are the same at each connection, and checking one takes 12 ms of pure computing. */
const REMEMBERED = 32
const known = new Set<string>()

function isValid(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    const lengths = `${publicKey.length} ${signature.length} `
    const question = createHash('sha256').update(lengths).update(publicKey).update(signature).update(message).digest('base64')
    if (known.has(question)) return true
    if (!verifySignature(generateSignalPubKey(publicKey), message, signature)) return false
    known.add(question)
    const [oldest] = known
    if (known.size > REMEMBERED && oldest !== undefined) known.delete(oldest)
    return true
  } catch {
    // A part of a certificate may be missing.
    return false
  }
}
