// A real Signal endpoint: the keys and sessions of a contact's phone, or of a linked account's phone.
import { encodeWAMessage, generateSignalPubKey, initAuthCreds, Curve, proto, unpadRandomMax16 } from '@whiskeysockets/baileys'
import type { KeyPair, SignedKeyPair } from '@whiskeysockets/baileys'
import { dropFinishedChains, hasHeard, loadRecord, newProtocolAddress, newSessionBuilder } from './libsignal.ts'
import { newSessionCipher, ratchetPosition } from './libsignal.ts'
import type { PeerBundle, SessionRecord, SignalKeyPair, SignalStorage, StoredRecord } from './libsignal.ts'

type EndpointBundle = {
  registrationId: number
  identity: Uint8Array
  signedPreKey: SignedKeyPair
  preKey: { id: number; pair: KeyPair }
}

/** A companion device, as an endpoint names it. */
export type PeerDevice = { user: string; device: number; takeBundle: () => PeerBundle }

export type Ciphertext = { type: 'pkmsg' | 'msg'; ciphertext: Buffer }

const signalPair = (pair: KeyPair): SignalKeyPair => ({
  privKey: Buffer.from(pair.private),
  pubKey: Buffer.from(generateSignalPubKey(pair.public)),
})

const addressOf = (peer: Pick<PeerDevice, 'user' | 'device'>): string => `${peer.user}.${peer.device}`

type Identity = { identity: KeyPair; signedPreKey: SignedKeyPair; registrationId: number }

const makeIdentity = (): Identity => {
  const { signedIdentityKey: identity, signedPreKey, registrationId } = initAuthCreds()
  return { identity, signedPreKey, registrationId }
}

export class Endpoint {
  #own = makeIdentity()
  readonly #sessions = new Map<string, StoredRecord>()
  readonly #preKeys = new Map<number, KeyPair>()
  readonly #storage: SignalStorage = this.#makeStorage()
  #nextPreKey = 1
  #turn: Promise<unknown> = Promise.resolve()

  get identity(): KeyPair {
    return this.#own.identity
  }

  get registrationId(): number {
    return this.#own.registrationId
  }

  /** Makes all keys anew. Numbers of one-time keys continue, so that an old key is never taken for a new one. */
  reinstall(): void {
    this.#own = makeIdentity()
    this.#sessions.clear()
    this.#preKeys.clear()
  }

  /**
   * Runs one operation at a time: encrypting while another message is still being decrypted would open a second session, which no real
   * phone does.
   */
  inTurn<T>(job: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(job)
    this.#turn = done.catch(() => undefined)
    return done
  }

  /** The bundle that the server hands to a writer. The one-time key is new each time. */
  makeBundle(): EndpointBundle {
    const id = this.#nextPreKey++
    const pair = Curve.generateKeyPair()
    this.#preKeys.set(id, pair)
    const { registrationId, identity, signedPreKey } = this.#own
    return { registrationId, identity: identity.public, signedPreKey, preKey: { id, pair } }
  }

  /** True if this endpoint would write in a session in which it has read a message of the peer. */
  hasHeard(peer: Pick<PeerDevice, 'user' | 'device'>): boolean {
    const known = this.#sessions.get(addressOf(peer))
    return known !== undefined && hasHeard(known)
  }

  /** True if the one-time key of this first message still exists here. */
  hasPreKeyOf(ciphertext: Uint8Array): boolean {
    const { preKeyId } = ratchetPosition('pkmsg', ciphertext)
    return preKeyId !== undefined && this.#preKeys.has(preKeyId)
  }

  forgetSessions(): void {
    this.#sessions.clear()
  }

  /** Begins a new session with a peer that answered with a bundle of its own. The old one stays readable. */
  async openSession(peer: Pick<PeerDevice, 'user' | 'device'>, bundle: PeerBundle): Promise<void> {
    await newSessionBuilder(this.#storage, newProtocolAddress(peer.user, peer.device)).initOutgoing(bundle)
  }

  /** The same identity without sessions: its new sessions do not disturb those of this endpoint. */
  twin(): Endpoint {
    const twin = new Endpoint()
    twin.#own = this.#own
    return twin
  }

  async encrypt(peer: PeerDevice, message: proto.IMessage): Promise<Ciphertext> {
    return this.encryptBytes(peer, encodeWAMessage(message))
  }

  async encryptBytes(peer: PeerDevice, padded: Buffer): Promise<Ciphertext> {
    const known = this.#sessions.get(addressOf(peer))
    if (!known || !loadRecord(known).haveOpenSession()) await this.openSession(peer, peer.takeBundle())
    const cipher = newSessionCipher(this.#storage, newProtocolAddress(peer.user, peer.device))
    const { type, body } = await cipher.encrypt(padded)
    return { type: type === 3 ? 'pkmsg' : 'msg', ciphertext: body }
  }

  async decrypt(peer: Pick<PeerDevice, 'user' | 'device'>, type: string, ciphertext: Uint8Array): Promise<proto.Message> {
    const cipher = newSessionCipher(this.#storage, newProtocolAddress(peer.user, peer.device))
    const bytes = Buffer.from(ciphertext)
    const padded = type === 'pkmsg' ? await cipher.decryptPreKeyWhisperMessage(bytes) : await cipher.decryptWhisperMessage(bytes)
    return proto.Message.decode(unpadRandomMax16(padded))
  }

  #makeStorage(): SignalStorage {
    return {
      loadSession: (address): SessionRecord | undefined => {
        const stored = this.#sessions.get(address)
        return stored && loadRecord(stored)
      },
      storeSession: (address, record) => void this.#sessions.set(address, dropFinishedChains(record.serialize())),
      // identity-proof.ts checks the owner of a key, where the stanza is.
      isTrustedIdentity: () => true,
      loadPreKey: (id) => {
        const pair = this.#preKeys.get(id)
        return pair && signalPair(pair)
      },
      removePreKey: (id) => void this.#preKeys.delete(id),
      loadSignedPreKey: () => signalPair(this.#own.signedPreKey.keyPair),
      getOurRegistrationId: () => this.#own.registrationId,
      getOurIdentity: () => signalPair(this.identity),
    }
  }
}
