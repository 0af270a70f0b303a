import type { KeyChanges, Mutation } from '@holdfast/core/journal/mutation'
import type { StateImage } from '@holdfast/core/journal/state-image'
import { IDENTITY_KINDS } from '@holdfast/core/journal/state-kinds'
import { decodeCreds, encodeCreds, newCreds } from './codec.ts'

/**
 * Gives the state a fresh identity, to be linked by a new scan, as one mutation. Keys and ratchets belong to the identity that made
 * them, so they go: a contact could not read what the new one sends with them. The credentials that were there before stay, aside.
 */
export function renewedIdentity(image: StateImage): Mutation {
  const dropped = IDENTITY_KINDS.map((kind) => [kind, Object.fromEntries([...image.entries(kind)].map(([id]) => [id, null]))])
  const keys: KeyChanges = { ...(Object.fromEntries(dropped) as KeyChanges), ...voided(image.creds) }
  return { creds: encodeCreds(newCreds()), keys }
}

const voided = (ended: string | null): KeyChanges =>
  ended === null ? {} : { 'voided-creds': { [String(decodeCreds(ended).registrationId)]: ended } }
