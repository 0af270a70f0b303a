// One change of the app state, in the clear and in the server's form: a blind index, a sealed value, and MACs.
import { createHmac } from 'node:crypto'
import { aesDecrypt, aesEncrypt, proto } from '@whiskeysockets/baileys'
import { keyName } from './app-state-keys.ts'
import type { AppStateKey } from './app-state-keys.ts'

const { SET, REMOVE } = proto.SyncdMutation.SyncdOperation

/** The index: the action first, then its object: `['archive', '5511…@s.whatsapp.net']`. */
export type Mutation = {
  remove: boolean
  index: string[]
  value: proto.ISyncActionValue
  /** The format version of this action. */
  version: number
}

export type SealedMutation = {
  remove: boolean
  indexMac: Buffer
  keyId: Buffer
  /** The ciphertext, followed by its MAC. */
  blob: Buffer
}

const MAC_BYTES = 32

export const valueMacOf = ({ blob }: SealedMutation): Buffer => blob.subarray(-MAC_BYTES)

const hmac = (key: Uint8Array, ...parts: Uint8Array[]): Buffer => createHmac('sha256', key).update(Buffer.concat(parts)).digest()

const valueMac = (ciphertext: Uint8Array, remove: boolean, key: AppStateKey): Buffer => {
  const about = Buffer.concat([Buffer.of(remove ? 2 : 1), key.id])
  const length = Buffer.alloc(8)
  length.writeUInt8(about.byteLength, 7)
  return createHmac('sha512', key.valueMac).update(about).update(ciphertext).update(length).digest().subarray(0, MAC_BYTES)
}

export const seal = ({ remove, index, value, version }: Mutation, key: AppStateKey): SealedMutation => {
  const indexBytes = Buffer.from(JSON.stringify(index))
  const plain = proto.SyncActionData.encode({ index: indexBytes, value, padding: Buffer.alloc(0), version }).finish()
  const ciphertext = aesEncrypt(Buffer.from(plain), key.encryption)
  const blob = Buffer.concat([ciphertext, valueMac(ciphertext, remove, key)])
  return { remove, indexMac: hmac(key.index, indexBytes), keyId: key.id, blob }
}

/** Throws, with the error, if a MAC is wrong. */
export const open = (sealed: SealedMutation, key: AppStateKey): Mutation => {
  const ciphertext = sealed.blob.subarray(0, -MAC_BYTES)
  if (!valueMac(ciphertext, sealed.remove, key).equals(valueMacOf(sealed))) throw new Error('the MAC of a value is wrong')
  const { index, value, version } = proto.SyncActionData.decode(aesDecrypt(ciphertext, key.encryption))
  const indexBytes = Buffer.from(index ?? [])
  if (!hmac(key.index, indexBytes).equals(sealed.indexMac)) throw new Error('the MAC of an index is wrong')
  return {
    remove: sealed.remove,
    index: JSON.parse(indexBytes.toString()) as string[],
    value: value ?? {},
    version: version ?? 0,
  }
}

export const encodeMutation = ({ remove, indexMac, keyId, blob }: SealedMutation): proto.ISyncdMutation => ({
  operation: remove ? REMOVE : SET,
  record: { index: { blob: indexMac }, value: { blob }, keyId: { id: keyId } },
})

export const decodeMutation = ({ operation, record }: proto.ISyncdMutation): SealedMutation => {
  const [indexMac, blob, keyId] = [record?.index?.blob, record?.value?.blob, record?.keyId?.id]
  if (!indexMac || !blob || !keyId) throw new Error('a mutation lacks its index, its value or its key id')
  return { remove: operation === REMOVE, indexMac: Buffer.from(indexMac), blob: Buffer.from(blob), keyId: Buffer.from(keyId) }
}

const version64 = (version: number): Buffer => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(version))
  return bytes
}

/** The MAC over everything that a collection holds at a version. */
export const snapshotMac = (hash: Buffer, version: number, collection: string, key: AppStateKey): Buffer =>
  hmac(key.snapshotMac, hash, version64(version), Buffer.from(collection))

/** The MAC over a patch's changes and the resulting collection. */
export const patchMac = (
  snapshot: Buffer,
  mutations: readonly SealedMutation[],
  version: number,
  collection: string,
  key: AppStateKey,
): Buffer => hmac(key.patchMac, snapshot, ...mutations.map(valueMacOf), version64(version), Buffer.from(collection))

export type KeyRing = ReadonlyMap<string, AppStateKey>

export const keyFor = (keys: KeyRing, id: Uint8Array | null | undefined): AppStateKey => {
  const key = keys.get(keyName(id ?? Buffer.alloc(0)))
  if (!key) throw new Error(`there is no app-state key ${keyName(id ?? Buffer.alloc(0))}`)
  return key
}
