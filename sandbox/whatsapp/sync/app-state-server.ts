// The server's half of the app state: it keeps sealed patches, hands them out, and notifies clients that lack them.
import { randomBytes } from 'node:crypto'
import { getBinaryNodeChild, getBinaryNodeChildren, proto } from '@whiskeysockets/baileys'
import type { LinkedDevice } from '../linked-device.ts'
import type { Services } from '../services.ts'
import { SERVER, timestamp } from '../stanzas.ts'
import type { Stanza } from '../stanzas.ts'
import type { Account } from '../account.ts'
import type { AppState } from './app-state.ts'
import type { Collection } from './collection.ts'
import { labelProblems } from './label-patches.ts'
import type { changesIn } from './phone-changes.ts'

/** Patches in one answer. The client asks again for more. */
const PATCHES_PER_ANSWER = 10
/** Patches after which a snapshot is made anew. Until then they follow it. */
const SNAPSHOT_LAG = 4

type Snapshot = { version: number; reference: Uint8Array }

export class AppStateServer {
  readonly #services: Services
  readonly #snapshots = new WeakMap<Collection, Snapshot>()

  constructor(services: Services) {
    this.#services = services
  }

  /** Answers `<sync>`: for each collection the patches that the client lacks, or whether its own patch was accepted. */
  answer(account: Account, device: LinkedDevice, sync: Stanza): Stanza {
    const content = getBinaryNodeChildren(sync, 'collection').map((asked) => this.#collection(account, device, asked))
    return { tag: 'sync', attrs: {}, content }
  }

  /** Makes the phone's own change. One notification covers all collections that it touches. */
  change(account: Account, changes: ReturnType<typeof changesIn>, external: boolean): void {
    const { appState, phone } = account
    const touched = appState.collections.filter(({ name }) => changes.some(({ collection }) => collection === name))
    for (const collection of touched) {
      const mutations = changes.filter((change) => change.collection === collection.name).map(({ mutation }) => mutation)
      const upload = external ? (bytes: Uint8Array) => this.#upload(phone, bytes) : undefined
      collection.change(mutations, appState.key, appState.keys, upload)
    }
    this.#notify(account, touched, undefined)
  }

  #collection(account: Account, device: LinkedDevice, asked: Stanza): Stanza {
    const { name = '', version = '0', return_snapshot: wantsSnapshot } = asked.attrs
    const collection = account.appState.find(name)
    if (!collection) return refusal(name, '404', 'not-found')
    const patch = getBinaryNodeChild(asked, 'patch')?.content
    if (patch instanceof Uint8Array) return this.#take(account, device, collection, Number(version), patch)
    return this.#give(account, device, collection, Number(version), wantsSnapshot === 'true')
  }

  #give(account: Account, device: LinkedDevice, collection: Collection, version: number, wantsSnapshot: boolean): Stanza {
    if (version > collection.version) {
      const claim = `${device.jid} claims version ${version} of ${collection.name}, which is at ${collection.version}`
      this.#services.violations.record('bad-app-state', claim)
    }
    const snapshot = wantsSnapshot && collection.version > 0 ? this.#snapshot(account, collection) : undefined
    const since = snapshot?.version ?? version
    const patches = collection.patchesSince(since, PATCHES_PER_ANSWER)
    const more = since + patches.length < collection.version ? { has_more_patches: 'true' } : {}
    const content: Stanza[] = []
    if (snapshot) content.push({ tag: 'snapshot', attrs: {}, content: snapshot.reference })
    if (patches.length > 0) {
      const list = patches.map((bytes) => ({ tag: 'patch', attrs: {}, content: bytes }))
      content.push({ tag: 'patches', attrs: {}, content: list })
    }
    return { tag: 'collection', attrs: { name: collection.name, version: String(collection.version), ...more }, content }
  }

  #take(account: Account, device: LinkedDevice, collection: Collection, base: number, bytes: Uint8Array): Stanza {
    const { name } = collection
    const { happenings, violations } = this.#services
    const patched = { phone: account.phone, collection: name, base }
    if (base !== collection.version) {
      happenings.tell('app-state-conflict', patched)
      return refusal(name, '409', 'conflict', base < collection.version)
    }
    const before = collection.entries
    try {
      collection.accept(proto.SyncdPatch.decode(bytes), account.appState.keys)
    } catch (error) {
      violations.record('bad-app-state', `${device.jid}: its patch on version ${base} of ${name}: ${String(error)}`)
      return refusal(name, '400', 'bad-request')
    }
    for (const problem of labelProblems(collection, before)) violations.record('bad-app-state', `${device.jid}: ${problem}`)
    happenings.tell('app-state-patch', patched)
    this.#notify(account, [collection], device)
    return { tag: 'collection', attrs: { name, version: String(collection.version) } }
  }

  /** Notifies all but the author of a change. */
  #notify(account: Account, touched: readonly Collection[], author: LinkedDevice | undefined): void {
    if (touched.length === 0) return
    const content = touched.map(({ name, version }) => ({ tag: 'collection', attrs: { name, version: String(version) } }))
    for (const device of account.companions.values()) {
      if (device === author) continue
      const id = randomBytes(8).toString('hex')
      device.queue.put({
        tag: 'notification',
        attrs: { from: SERVER, type: 'server_sync', id, t: timestamp() },
        content,
      })
    }
  }

  #snapshot(account: Account, collection: Collection): Snapshot {
    const known = this.#snapshots.get(collection)
    if (known && known.version + SNAPSHOT_LAG >= collection.version) return known
    const reference = this.#upload(account.phone, collection.snapshot(account.appState.key))
    const made = { version: collection.version, reference: proto.ExternalBlobReference.encode(reference).finish() }
    this.#snapshots.set(collection, made)
    return made
  }

  #upload(phone: string, bytes: Uint8Array): proto.IExternalBlobReference {
    const { fileLength, ...reference } = this.#services.media.put(phone, bytes, 'app-state')
    return { ...reference, fileSizeBytes: fileLength }
  }
}

const refusal = (name: string, code: string, text: string, hasMore = false): Stanza => ({
  tag: 'collection',
  attrs: { name, type: 'error', ...(hasMore ? { has_more_patches: 'true' } : {}) },
  content: [{ tag: 'error', attrs: { code, text } }],
})

/** The content of the collections, in the clear, as the phone knows it. */
export const appStateOf = ({ keys, key, collections }: AppState) => ({
  keys: [...keys].map(([id, one]) => ({ id, current: one === key })),
  collections: Object.fromEntries(
    collections.map(({ name, version, entries }) => [
      name,
      { version, entries: entries.map(({ index, value }) => ({ index, value })) },
    ]),
  ),
})
