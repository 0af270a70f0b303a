import type { Mutation } from '@holdfast/core/journal/mutation'
import { StateImage } from '@holdfast/core/journal/state-image'
import { STATE_KINDS } from '@holdfast/core/journal/state-kinds'
import { describe, expect, test } from 'vitest'
import { decodeCreds, encodeCreds, newCreds } from './codec.ts'
import { renewedIdentity } from './renewed-identity.ts'

/** One entry of each kind, and of a kind from a later version. */
const everything = (): StateImage => {
  const image = new StateImage()
  const names = [...Object.keys(STATE_KINDS).filter((kind) => kind !== 'voided-creds'), 'kind-of-a-later-version']
  image.apply({ keys: Object.fromEntries(names.map((kind) => [kind, { id: 'value' }])) } satisfies Mutation)
  return image
}

describe('a device that is linked anew', () => {
  test('loses exactly the entries of its earlier identity that the new one cannot use', () => {
    const image = everything()
    image.apply(renewedIdentity(image))
    const left = Object.entries(image.counts()).filter(([, count]) => count > 0)
    expect(left.map(([kind]) => kind).toSorted()).toEqual([
      'contact',
      'delivery',
      'inbox',
      'kind-of-a-later-version',
      'lid-mapping',
      'message-secret',
      'meta',
      'missing-lid',
      'paced-recipient',
      'pacing',
      'receipt',
      'undecrypted',
    ])
  })

  test('has new credentials and keeps the earlier ones as voided', () => {
    const image = everything()
    const ended = newCreds()
    image.creds = encodeCreds(ended)
    image.apply(renewedIdentity(image))
    expect(decodeCreds(image.creds).registrationId).not.toBe(ended.registrationId)
    expect([...image.entries('voided-creds')]).toEqual([[String(ended.registrationId), encodeCreds(ended)]])
  })
})
