import { Curve, WA_CERT_DETAILS, generateSignalPubKey } from '@whiskeysockets/baileys'
import { verifySignature } from 'libsignal/src/curve.js'

/**
 * Baileys 7.0.0-rc14 ignores the result of libsignal's `verifySignature` (Utils/crypto.js): its `Curve.verify` is true for every
 * signature of the right length, so neither WhatsApp's certificate chain nor the phone's signature at pairing is checked. Here it
 * is. `log` only tells, since no chain of the real service has been seen by this code yet; `enforce` refuses.
 */
export type SignatureCheck = 'enforce' | 'log'

export function mendSignatureCheck(mode: SignatureCheck, onInvalid: () => void): void {
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

function isValid(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    return verifySignature(generateSignalPubKey(publicKey), message, signature)
  } catch {
    return false
  }
}
