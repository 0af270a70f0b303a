// A real Signal endpoint: what a contact's phone, or the phone of a linked account, has for keys and sessions.
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

/** A companion device as an endpoint names it. */
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

  /** All keys are new. Only the numbers of one-time keys go on, so that an old one is never taken for a new one. */
  reinstall(): void {
    this.#own = makeIdentity()
    this.#sessions.clear()
    this.#preKeys.clear()
  }

  /**
   * One thing at a time: a message encrypted while another is still being decrypted would open a second session,
   * which no real phone does.
   */
  inTurn<T>(job: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(job)
    this.#turn = done.catch(() => undefined)
    return done
  }

  /** What the server hands to somebody who wants to write to this endpoint. The one-time key is new each time. */
  makeBundle(): EndpointBundle {
    const id = this.#nextPreKey++
    const pair = Curve.generateKeyPair()
    this.#preKeys.set(id, pair)
    const { registrationId, identity, signedPreKey } = this.#own
    return { registrationId, identity: identity.public, signedPreKey, preKey: { id, pair } }
  }

  /** True if this endpoint would write in a session in which it has read something of the peer. */
  hasHeard(peer: Pick<PeerDevice, 'user' | 'device'>): boolean {
    const known = this.#sessions.get(addressOf(peer))
    return known !== undefined && hasHeard(known)
  }

  /** True if the one-time key with which this first message was made is still here. */
  hasPreKeyOf(ciphertext: Uint8Array): boolean {
    const { preKeyId } = ratchetPosition('pkmsg', ciphertext)
    return preKeyId !== undefined && this.#preKeys.has(preKeyId)
  }

  forgetSessions(): void {
    this.#sessions.clear()
  }

  /** A peer that answers with a bundle of its own wants a new session; the old one stays readable. */
  async openSession(peer: Pick<PeerDevice, 'user' | 'device'>, bundle: PeerBundle): Promise<void> {
    await newSessionBuilder(this.#storage, newProtocolAddress(peer.user, peer.device)).initOutgoing(bundle)
  }

  /** The same identity without any session: what it begins does not disturb what this one has. */
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
      // Who a key belongs to is checked where the stanza is: see identity-proof.ts.
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
