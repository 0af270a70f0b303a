import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { ObjectStore, StoredObject } from '../platform/ports.ts'
import { SessionCipher } from '../security/envelope.ts'
import { readCheckpoint, writeCheckpoint } from './checkpoint.ts'
import type { Mutation } from './mutation.ts'
import { openGroup, sealGroup } from './record-codec.ts'
import { StateImage } from './state-image.ts'

const cipher = new SessionCipher('default.shop', new Map([[1, randomBytes(32)]]), 1)

/** Returns a mutation of a later version, which has one more kind. */
const later = (values: Record<string, string | null>): Mutation => ({ keys: { 'kind-of-a-later-version': values } as object })

describe('a kind of a later version', () => {
  test('is read from the journal, changed by it, and counted', () => {
    const image = new StateImage()
    for (const mutation of throughRecord([later({ a: '1', b: '2', c: '3' }), later({ b: null, c: '4' })])) image.apply(mutation)
    expect(image.toMutation()).toEqual(later({ a: '1', c: '4' }))
    expect(image.counts()).toEqual({ 'kind-of-a-later-version': 2 })
  })

  test('is kept in the next checkpoint', async () => {
    const image = new StateImage()
    image.apply({ creds: '{}', keys: { session: { 'ana.0': '{}' } } })
    image.apply(later({ a: '1' }))
    const objects = memoryObjects()
    const cut = { sequence: 3, hash: 'hash', epoch: 1, image: image.toMutation() }
    const checkpoint = await readCheckpoint(objects, cipher, await writeCheckpoint(objects, cipher, cut))
    expect(checkpoint.image.toMutation()).toEqual(image.toMutation())
    expect(checkpoint.image.counts()).toEqual({ session: 1, 'kind-of-a-later-version': 1 })
  })
})

test('a checkpoint whose data key the session lacks is no damage', async () => {
  const image = new StateImage()
  image.apply({ creds: '{}' })
  const objects = memoryObjects()
  const first = randomBytes(32)
  const later = new SessionCipher(
    'default.shop',
    new Map([
      [1, first],
      [2, randomBytes(32)],
    ]),
    2,
  )
  const pointer = await writeCheckpoint(objects, later, { sequence: 3, hash: 'hash', epoch: 1, image: image.toMutation() })
  const earlier = new SessionCipher('default.shop', new Map([[1, first]]), 1)
  await expect(readCheckpoint(objects, earlier, pointer)).rejects.toMatchObject({ code: 'data-key-missing' })
  const altered = { ...pointer, sha256: 'another' }
  await expect(readCheckpoint(objects, earlier, altered)).rejects.toMatchObject({ code: 'checkpoint-corrupt' })
})

function throughRecord(mutations: readonly Mutation[]): Mutation[] {
  const head = { sequence: 1, epoch: 1, hash: '' }
  return openGroup(sealGroup({ kind: 'data', mutations, head, runnerId: 'runner', nonce: 'nonce', cipher }), cipher)
}

function memoryObjects(): ObjectStore {
  const stored = new Map<string, StoredObject>()
  return {
    placeOf: (name) => name,
    list: async () => [...stored.keys()],
    describe: async () => [],
    read: async (name) => stored.get(name) ?? null,
    create: async (name, bytes) => {
      stored.set(name, { bytes, generation: '1' })
      return { generation: '1' }
    },
  }
}
