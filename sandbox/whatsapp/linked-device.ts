// One companion device of a phone, as the server knows it: its keys and its queue.
import type { Names } from './names.ts'
import type { Happenings } from './happenings.ts'
import type { PeerBundle } from './libsignal.ts'
import { OfflineQueue } from './offline-queue.ts'
import { SERVER, SERVER_JID, timestamp } from './stanzas.ts'
import { KeyUseGuard, PreKeyShelf } from './strictness.ts'
import { DirtyBits } from './sync/dirty-bits.ts'
import { PeerLog } from './sync/peer-log.ts'
import { WatchedStanzas } from './watched-stanzas.ts'

export type SignedKey = { keyId: number; publicKey: Buffer; signature: Buffer }

/** The part of the past that a client asks for. */
export type SyncWish = { requireFullSync: boolean; inlineInitialPayload: boolean }

/** A client's registration. */
export type Registration = {
  noiseKey: Buffer
  identity: Buffer
  registrationId: number
  signedPreKey: SignedKey
  syncWish: SyncWish
}

/** The server asks for more one-time keys below this number, at which Baileys acts on the notice. */
const LOW_PRE_KEYS = 5

const typed = (key: Uint8Array): Buffer => Buffer.concat([Buffer.of(5), key])

export class LinkedDevice {
  readonly phone: string
  readonly device: number
  readonly jid: string
  readonly lid: string | undefined
  readonly noiseKey: Buffer
  readonly identity: Buffer
  readonly watched = new WatchedStanzas()
  readonly queue: OfflineQueue
  readonly syncWish: SyncWish
  readonly peerLog = new PeerLog()
  readonly dirty = new DirtyBits()
  readonly keyUses = new KeyUseGuard()
  readonly preKeys = new PreKeyShelf()
  /** Serialised proofs of identity that were found good. */
  readonly provenIdentities = new Set<string>()
  /** Messages with a retry under way: the error ack that follows the request is about the first copy. */
  readonly retriesAsked = new Set<string>()
  /** The devices of people and the members of groups that the client has heard of. It cannot know others. */
  readonly toldDevices = new Map<string, ReadonlySet<number>>()
  readonly toldMembers = new Map<string, ReadonlySet<string>>()
  registrationId: number
  signedPreKey: SignedKey
  logins = 0
  /** Set once the phone has begun to brief this new companion. */
  isBriefed = false
  #lowNotice: string | undefined
  #notices = 0

  constructor(phone: string, lidUser: string | undefined, device: number, registration: Registration, happenings: Happenings) {
    this.phone = phone
    this.device = device
    this.jid = `${phone}:${device}@${SERVER}`
    this.lid = lidUser === undefined ? undefined : `${lidUser}:${device}@lid`
    this.noiseKey = registration.noiseKey
    this.identity = registration.identity
    this.registrationId = registration.registrationId
    this.signedPreKey = registration.signedPreKey
    this.syncWish = registration.syncWish
    this.queue = new OfflineQueue(phone, happenings, this.watched)
  }

  get names(): Names {
    return { pn: this.jid, lid: this.lid }
  }

  /** The name of this device in its peers' sessions. */
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

  /** Asks for more keys. Not queued, because a device counts its keys itself at login. */
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
