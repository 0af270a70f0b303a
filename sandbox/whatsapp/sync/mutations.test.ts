// Tests the simulator's own arithmetic of the app state against Baileys'.
import {
  decodePatches,
  decodeSyncdSnapshot,
  encodeSyncdPatch,
  LT_HASH_ANTI_TAMPERING,
  newLTHashState,
  proto,
} from '@whiskeysockets/baileys'
import type { ChatMutation, LTHashState, WAPatchCreate } from '@whiskeysockets/baileys'
import { randomBytes } from 'node:crypto'
import { beforeEach, expect, test } from 'vitest'
import { keyName, newAppStateKey } from './app-state-keys.ts'
import type { AppStateKey } from './app-state-keys.ts'
import { Collection } from './collection.ts'
import { changeHash, EMPTY_HASH } from './lt-hash.ts'
import type { Mutation } from './mutations.ts'

const NAME = 'regular_low'

let key: AppStateKey
let keys: Map<string, AppStateKey>
let collection: Collection

beforeEach(() => {
  key = newAppStateKey()
  keys = new Map([[keyName(key.id), key]])
  collection = new Collection(NAME)
})

const archive = (chat: string, archived = true): Mutation => ({
  remove: false,
  index: ['archive', chat],
  value: { timestamp: 1, archiveChatAction: { archived } },
  version: 3,
})

const change = (...mutations: Mutation[]) => collection.change(mutations, key, keys, undefined)

/** Returns a key in the form in which Baileys keeps it. */
const clientKey = async (id: string) => {
  const known = keys.get(id)
  return proto.Message.AppStateSyncKeyData.fromObject(known ? { keyData: known.data } : {})
}

const read = async (state: LTHashState) => {
  const patches = collection.patchesSince(state.version, 1000).map((bytes) => proto.SyncdPatch.decode(bytes))
  const warnings: string[] = []
  const logger = { warn: (_: unknown, text: string) => warnings.push(text), trace: () => {}, debug: () => {} }
  const result = await decodePatches(NAME, patches, state, clientKey, {}, undefined, logger as never, true)
  expect(warnings).toEqual([])
  return result
}

const indexesOf = (mutations: Record<string, ChatMutation>) => Object.values(mutations).map(({ index }) => index[1])

const fromClient = async (state: LTHashState, chat: string): Promise<proto.ISyncdPatch> => {
  const create: WAPatchCreate = {
    type: NAME,
    index: ['archive', chat],
    syncAction: { timestamp: 1, archiveChatAction: { archived: true } },
    apiVersion: 3,
    operation: proto.SyncdMutation.SyncdOperation.SET,
  }
  return (await encodeSyncdPatch(create, keyName(key.id), state, clientKey)).patch
}

test('the hash of a set is the same as in Baileys', () => {
  const [a, b, c] = [randomBytes(32), randomBytes(32), randomBytes(32)]
  const hash = changeHash(EMPTY_HASH, [], [a, b])
  expect(hash).toEqual(Buffer.from(LT_HASH_ANTI_TAMPERING.subtractThenAdd(EMPTY_HASH, [], [a, b])))
  const changed = changeHash(hash, [a], [c])
  expect(changed).toEqual(Buffer.from(LT_HASH_ANTI_TAMPERING.subtractThenAdd(hash, [a], [c])))
  expect(changeHash(changed, [b, c], [])).toEqual(EMPTY_HASH)
})

test("Baileys accepts every MAC of the phone's patches: set, set again, removed", async () => {
  change(archive('one'), archive('two'))
  change(archive('one', false))
  change({ ...archive('two'), remove: true })
  const { state, mutationMap } = await read(newLTHashState())
  expect(state.version).toBe(3)
  expect(Object.keys(state.indexValueMap)).toHaveLength(1)
  expect(indexesOf(mutationMap)).toEqual(['one', 'two'])
})

test('Baileys reads the snapshot, and accepts its MAC', async () => {
  change(archive('one'), archive('two'))
  change(archive('three'))
  const warnings: string[] = []
  const logger = { warn: (_: unknown, text: string) => warnings.push(text) }
  const snapshot = proto.SyncdSnapshot.decode(collection.snapshot(key))
  const { state, mutationMap } = await decodeSyncdSnapshot(NAME, snapshot, clientKey, undefined, true, logger as never)
  expect(indexesOf(mutationMap)).toEqual(['one', 'two', 'three'])
  expect(warnings).toEqual([])
  expect(state).toEqual((await read(newLTHashState())).state)
})

test('a change under a new key replaces the entry under the old key', async () => {
  change(archive('one'))
  key = newAppStateKey()
  keys.set(keyName(key.id), key)
  change(archive('one', false))
  expect(collection.entries).toEqual([archive('one', false)])
  const { state } = await read(newLTHashState())
  expect(Object.keys(state.indexValueMap)).toHaveLength(1)
})

test('a patch of Baileys is accepted, and its readers continue from it', async () => {
  change(archive('one'))
  const { state } = await read(newLTHashState())
  collection.accept(await fromClient(state, 'two'), keys)
  change(archive('three'))
  expect(collection.entries.map(({ index }) => index[1])).toEqual(['one', 'two', 'three'])
  expect(indexesOf((await read(state)).mutationMap)).toEqual(['two', 'three'])
})

type Wrong = [string, RegExp, (patch: proto.ISyncdPatch) => proto.ISyncdPatch]

const changedBlob = (patch: proto.ISyncdPatch, part: 'index' | 'value', at: number): proto.ISyncdPatch => {
  const copy = proto.SyncdPatch.decode(proto.SyncdPatch.encode(patch).finish())
  const blob = copy.mutations[0]?.record?.[part]?.blob
  if (blob) blob[at < 0 ? blob.length + at : at]! ^= 1
  return copy
}

test.each<Wrong>([
  ['an unknown key', /no app-state key/, (patch) => ({ ...patch, keyId: { id: randomBytes(6) } })],
  ['a changed value', /MAC of a value/, (patch) => changedBlob(patch, 'value', 20)],
  ['a changed MAC of a value', /MAC of a value/, (patch) => changedBlob(patch, 'value', -1)],
  ['a changed index', /MAC of an index/, (patch) => changedBlob(patch, 'index', 0)],
  ['the MAC of another snapshot', /MAC of the snapshot/, (patch) => ({ ...patch, snapshotMac: randomBytes(32) })],
  ['the MAC of another patch', /MAC of the patch/, (patch) => ({ ...patch, patchMac: randomBytes(32) })],
])('a patch with %s is refused', async (_, reason, spoil) => {
  change(archive('one'))
  const { state } = await read(newLTHashState())
  const patch = await fromClient(state, 'two')
  expect(() => collection.accept(spoil(patch), keys)).toThrow(reason)
  expect(collection.version).toBe(1)
  collection.accept(patch, keys)
  expect(collection.version).toBe(2)
})

test('a patch on a foreign hash is refused', async () => {
  change(archive('one'))
  const { state } = await read(newLTHashState())
  const patch = await fromClient({ ...state, hash: Buffer.alloc(128, 1) }, 'two')
  expect(() => collection.accept(patch, keys)).toThrow(/MAC of the snapshot/)
})
