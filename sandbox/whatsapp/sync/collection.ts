// One collection of the app state: its content, and the patches that led to it.
import { proto } from '@whiskeysockets/baileys'
import type { AppStateKey } from './app-state-keys.ts'
import { changeHash, EMPTY_HASH } from './lt-hash.ts'
import { decodeMutation, encodeMutation, keyFor, open, patchMac, seal, snapshotMac, valueMacOf } from './mutations.ts'
import type { KeyRing, Mutation, SealedMutation } from './mutations.ts'

/** The value under one index, sealed and in the clear. */
type Entry = { sealed: SealedMutation; mutation: Mutation }

type Contents = { version: number; hash: Buffer; entries: ReadonlyMap<string, Entry> }

/** Puts the mutations of a patch into a file. Returns its place. */
type Upload = (mutations: Uint8Array) => proto.IExternalBlobReference

const EMPTY: Contents = { version: 0, hash: EMPTY_HASH, entries: new Map() }

const after = ({ version, hash, entries }: Contents, changes: readonly Entry[]): Contents => {
  const next = new Map(entries)
  const [removed, added]: [Buffer[], Buffer[]] = [[], []]
  for (const change of changes) {
    const index = change.sealed.indexMac.toString('base64')
    const before = next.get(index)
    if (before) removed.push(valueMacOf(before.sealed))
    next.delete(index)
    if (change.sealed.remove) continue
    added.push(valueMacOf(change.sealed))
    next.set(index, change)
  }
  return { version: version + 1, hash: changeHash(hash, removed, added), entries: next }
}

const sameIndex = (one: string[], other: string[]): boolean => JSON.stringify(one) === JSON.stringify(other)

export class Collection {
  readonly name: string
  #contents = EMPTY
  /** Patch n leads from version n to n + 1. */
  readonly #patches: Uint8Array[] = []

  constructor(name: string) {
    this.name = name
  }

  get version(): number {
    return this.#contents.version
  }

  get entries(): Mutation[] {
    return [...this.#contents.entries.values()].map(({ mutation }) => mutation)
  }

  patchesSince(version: number, most: number): Uint8Array[] {
    return this.#patches.slice(version, version + most)
  }

  /** Makes the phone's own change. With `upload` the mutations lie in a file and not in the patch. */
  change(mutations: readonly Mutation[], key: AppStateKey, keys: KeyRing, upload: Upload | undefined): void {
    const changes = mutations.flatMap((mutation) => this.#resealed(mutation, key, keys))
    const contents = after(this.#contents, changes)
    const sealed = changes.map((change) => change.sealed)
    const encoded = sealed.map(encodeMutation)
    const snapshot = snapshotMac(contents.hash, contents.version, this.name, key)
    const external = upload?.(proto.SyncdMutations.encode({ mutations: encoded }).finish())
    this.#append(contents, {
      mutations: external ? [] : encoded,
      ...(external ? { externalMutations: external } : {}),
      snapshotMac: snapshot,
      patchMac: patchMac(snapshot, sealed, contents.version, this.name, key),
      keyId: { id: key.id },
    })
  }

  /** Takes a client's change. Throws, with the error, if its MACs do not match the resulting collection. */
  accept(patch: proto.ISyncdPatch, keys: KeyRing): void {
    const key = keyFor(keys, patch.keyId?.id)
    const sealed = (patch.mutations ?? []).map(decodeMutation)
    const changes = sealed.map((one) => ({ sealed: one, mutation: open(one, keyFor(keys, one.keyId)) }))
    const contents = after(this.#contents, changes)
    const snapshot = snapshotMac(contents.hash, contents.version, this.name, key)
    if (!snapshot.equals(patch.snapshotMac ?? Buffer.alloc(0))) throw new Error('the MAC of the snapshot is wrong')
    const whole = patchMac(snapshot, sealed, contents.version, this.name, key)
    if (!whole.equals(patch.patchMac ?? Buffer.alloc(0))) throw new Error('the MAC of the patch is wrong')
    this.#append(contents, patch)
  }

  /** A snapshot of everything, as of now. */
  snapshot(key: AppStateKey): Uint8Array {
    const { hash, version, entries } = this.#contents
    return proto.SyncdSnapshot.encode({
      version: { version },
      records: [...entries.values()].map(({ sealed }) => encodeMutation(sealed).record ?? {}),
      mac: snapshotMac(hash, version, this.name, key),
      keyId: { id: key.id },
    }).finish()
  }

  /** Removes the value under an older key: another key gives the same index another MAC. */
  #resealed(mutation: Mutation, key: AppStateKey, keys: KeyRing): Entry[] {
    const present = [...this.#contents.entries.values()].filter((entry) => sameIndex(entry.mutation.index, mutation.index))
    const gone = present.filter(({ sealed }) => mutation.remove || !sealed.keyId.equals(key.id))
    const removals = gone.map((entry) => ({ ...entry.mutation, value: mutation.value, remove: true }))
    const removed = removals.map((removal, n) => {
      const usedKey = keyFor(keys, gone[n]?.sealed.keyId)
      return { sealed: seal(removal, usedKey), mutation: removal }
    })
    return mutation.remove ? removed : [...removed, { sealed: seal(mutation, key), mutation }]
  }

  #append(contents: Contents, patch: proto.ISyncdPatch): void {
    this.#contents = contents
    this.#patches.push(proto.SyncdPatch.encode({ ...patch, version: { version: contents.version } }).finish())
  }
}
