// The server's own root, and the certificate chain that a client checks against it.
import { Curve, proto } from '@whiskeysockets/baileys'
import type { KeyPair } from '@whiskeysockets/baileys'

export type Trust = { rootPublic: Uint8Array; server: KeyPair; chain: Uint8Array }

const NOT_BEFORE = 0
const NOT_AFTER = 4_102_444_800

export const makeTrust = (): Trust => {
  const [root, intermediate, server] = [Curve.generateKeyPair(), Curve.generateKeyPair(), Curve.generateKeyPair()]
  const { Details } = proto.CertChain.NoiseCertificate
  const validity = { notBefore: NOT_BEFORE, notAfter: NOT_AFTER }
  const middle = Details.encode({ serial: 1, issuerSerial: 0, key: intermediate.public, ...validity }).finish()
  const leaf = Details.encode({ serial: 2, issuerSerial: 1, key: server.public, ...validity }).finish()
  const chain = proto.CertChain.encode({
    intermediate: { details: middle, signature: Curve.sign(root.private, middle) },
    leaf: { details: leaf, signature: Curve.sign(intermediate.private, leaf) },
  }).finish()
  return { rootPublic: root.public, server, chain }
}
