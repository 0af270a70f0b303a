// A first message carries the proof that its sender belongs to the account. Recipients check it, as on the real service.
import { getBinaryNodeChild, proto, WA_ADV_ACCOUNT_SIG_PREFIX, WA_ADV_DEVICE_SIG_PREFIX } from '@whiskeysockets/baileys'
import { isSignedBy } from './libsignal.ts'
import type { LinkedDevice } from './linked-device.ts'
import type { Stanza } from './stanzas.ts'
import type { Account } from './account.ts'

const bytesOf = (value: Uint8Array | null | undefined): Uint8Array => value ?? new Uint8Array()

const faultOf = (proof: proto.ADVSignedDeviceIdentity, account: Account, device: LinkedDevice): string | undefined => {
  const details = bytesOf(proof.details)
  const accountKey = account.endpoint.identity.public
  if (!Buffer.from(accountKey).equals(bytesOf(proof.accountSignatureKey))) return 'is not for the key of this account'
  const byAccount = Buffer.concat([WA_ADV_ACCOUNT_SIG_PREFIX, details, device.identity])
  if (!isSignedBy(accountKey, byAccount, proof.accountSignature)) return 'is not signed by the account'
  const byDevice = Buffer.concat([WA_ADV_DEVICE_SIG_PREFIX, details, device.identity, accountKey])
  if (!isSignedBy(device.identity, byDevice, proof.deviceSignature)) return 'is not signed by the device'
  return undefined
}

/** The error of a message's proof of identity, if any. A good proof is checked once, because signatures are slow. */
export const identityFault = (stanza: Stanza, account: Account, device: LinkedDevice): string | undefined => {
  const content = getBinaryNodeChild(stanza, 'device-identity')?.content
  if (!(content instanceof Uint8Array)) return 'is missing'
  const known = Buffer.from(content).toString('base64')
  if (device.provenIdentities.has(known)) return undefined
  const fault = faultOf(proto.ADVSignedDeviceIdentity.decode(content), account, device)
  if (fault === undefined) device.provenIdentities.add(known)
  return fault
}
