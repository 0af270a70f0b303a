import type { KeyChanges, Mutation } from '@holdfast/core/journal/mutation'
import type { StateImage } from '@holdfast/core/journal/state-image'
import { IDENTITY_KINDS } from '@holdfast/core/journal/state-kinds'
import { decodeCreds, encodeCreds, newCreds } from './codec.ts'

/**
 * Returns the mutation that gives the state a fresh identity, to be linked by a new scan. Keys and ratchets belong to the
 * identity that made them, so they are dropped: a contact could not read a message that the new identity sends with them. The
 * earlier credentials stay, as `voided-creds`.
 */
export function renewedIdentity(image: StateImage): Mutation {
  const dropped = IDENTITY_KINDS.map((kind) => [kind, Object.fromEntries([...image.entries(kind)].map(([id]) => [id, null]))])
  const keys: KeyChanges = { ...(Object.fromEntries(dropped) as KeyChanges), ...voided(image.creds) }
  return { creds: encodeCreds(newCreds()), keys }
}

const voided = (ended: string | null): KeyChanges =>
  ended === null ? {} : { 'voided-creds': { [String(decodeCreds(ended).registrationId)]: ended } }
