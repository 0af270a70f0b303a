// One companion device linked to a phone, as the server knows it: its keys, and what waits for it.
import type { Happenings } from './happenings.ts'
import type { PeerBundle } from './libsignal.ts'
import { OfflineQueue } from './offline-queue.ts'
import { SERVER, SERVER_JID, timestamp } from './stanzas.ts'
import { KeyUseGuard, PreKeyShelf } from './strictness.ts'
import { DirtyBits } from './sync/dirty-bits.ts'
import { PeerLog } from './sync/peer-log.ts'
import { WatchedStanzas } from './watched-stanzas.ts'

export type SignedKey = { keyId: number; publicKey: Buffer; signature: Buffer }

/** What a client wants to be told of the past. */
export type SyncWish = { requireFullSync: boolean; inlineInitialPayload: boolean }

/** What a client says about itself when it registers. */
export type Registration = {
  noiseKey: Buffer
  identity: Buffer
  registrationId: number
  signedPreKey: SignedKey
  syncWish: SyncWish
}

/** Below this the server asks for more one-time keys: the number at which Baileys acts on the notice. */
const LOW_PRE_KEYS = 5

const typed = (key: Uint8Array): Buffer => Buffer.concat([Buffer.of(5), key])

export class LinkedDevice {
  readonly phone: string
  readonly device: number
  readonly jid: string
  readonly lid: string
  readonly noiseKey: Buffer
  readonly identity: Buffer
  readonly watched = new WatchedStanzas()
  readonly queue: OfflineQueue
  readonly syncWish: SyncWish
  readonly peerLog = new PeerLog()
  readonly dirty = new DirtyBits()
  readonly keyUses = new KeyUseGuard()
  readonly preKeys = new PreKeyShelf()
  /** The serialised proofs of identity that were checked and found good. */
  readonly provenIdentities = new Set<string>()
  /** Messages whose re-encryption was asked for: the error ack that follows the request is about the first copy. */
  readonly retriesAsked = new Set<string>()
  /** What the client was told when it asked: the devices of people, the members of groups. It cannot know others. */
  readonly toldDevices = new Map<string, ReadonlySet<number>>()
  readonly toldMembers = new Map<string, ReadonlySet<string>>()
  registrationId: number
  signedPreKey: SignedKey
  logins = 0
  /** The phone has begun to tell it what a new companion is told. */
  isBriefed = false
  #lowNotice: string | undefined
  #notices = 0

  constructor(phone: string, lidUser: string, device: number, registration: Registration, happenings: Happenings) {
    this.phone = phone
    this.device = device
    this.jid = `${phone}:${device}@${SERVER}`
    this.lid = `${lidUser}:${device}@lid`
    this.noiseKey = registration.noiseKey
    this.identity = registration.identity
    this.registrationId = registration.registrationId
    this.signedPreKey = registration.signedPreKey
    this.syncWish = registration.syncWish
    this.queue = new OfflineQueue(phone, happenings, this.watched)
  }

  /** The name of this device in the sessions of those who write to it. */
  get peer(): { user: string; device: number; takeBundle: () => PeerBundle } {
    return { user: this.phone, device: this.device, takeBundle: () => this.takeBundle() }
  }

  takeBundle(): PeerBundle {
    const preKey = this.preKeys.take()
    this.#askForPreKeys()
    return this.bundleWith(preKey && { keyId: preKey.keyId, publicKey: typed(preKey.publicKey) })
  }

  bundleWith(preKey: PeerBundle['preKey']): PeerBundle {
    return {
      registrationId: this.registrationId,
      identityKey: typed(this.identity),
      signedPreKey: { ...this.signedPreKey, publicKey: typed(this.signedPreKey.publicKey) },
      preKey,
    }
  }

  preKeysArrived(): void {
    this.#lowNotice = undefined
  }

  /** A device that is not connected counts its keys itself when it logs in, so the notice is not queued. */
  #askForPreKeys(): void {
    if (this.preKeys.count >= LOW_PRE_KEYS || this.#lowNotice !== undefined || !this.queue.isLive) return
    this.#lowNotice = `low-pre-keys-${++this.#notices}`
    this.queue.line?.send({
      tag: 'notification',
      attrs: { from: SERVER_JID, type: 'encrypt', id: this.#lowNotice, t: timestamp() },
      content: [{ tag: 'count', attrs: { value: String(this.preKeys.count) } }],
    })
  }
}
