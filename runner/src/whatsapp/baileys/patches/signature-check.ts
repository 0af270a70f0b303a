import { createHash } from 'node:crypto'
import { Curve, WA_CERT_DETAILS, generateSignalPubKey } from '@whiskeysockets/baileys'
import { verifySignature } from 'libsignal/src/curve.js'

/**
 * The treatment of an invalid signature. `enforce` refuses it. `log` only reports it, for the day on which WhatsApp changes how
 * it signs.
 *
 * Baileys 7.0.0-rc14 ignores the result of libsignal's `verifySignature` (Utils/crypto.js): its `Curve.verify` is true for every
 * signature of the right length. So Baileys checks neither WhatsApp's certificate chain nor the phone's signature at pairing. The
 * patch in this file checks both.
 */
export type SignatureCheck = 'enforce' | 'log'

export function patchSignatureCheck(mode: SignatureCheck, onInvalid: () => void): void {
  const lenient = Curve.verify
  Curve.verify = (publicKey, message, signature) => {
    if (isValid(publicKey, message, signature)) return true
    onInvalid()
    return mode === 'enforce' ? false : lenient(publicKey, message, signature)
  }
  // From here on, no code can replace the pinned key or the check.
  Object.freeze(WA_CERT_DETAILS)
  Object.freeze(Curve)
}

/** The number of remembered valid signatures. Certificates are the same at each connection, and one check computes for 12 ms. */
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
    // A certificate may lack a part.
    return false
  }
}
