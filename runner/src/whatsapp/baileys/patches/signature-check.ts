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

function isValid(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    return verifySignature(generateSignalPubKey(publicKey), message, signature)
  } catch {
    // A certificate may lack a part.
    return false
  }
}
