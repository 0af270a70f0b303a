// The only module that touches libsignal: its types are incomplete, two functions need care, and one needs a patch.
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

export type SignalKeyPair = { pubKey: Buffer; privKey: Buffer }

type Chain = { chainKey: { counter: number; key?: string }; messageKeys: Record<string, string> }

/** A stored session record: plain data, so that a failed attempt can never change it. */
export type StoredRecord = { _sessions: Record<string, StoredSession>; version: string }

type StoredSession = { _chains: Record<string, Chain>; indexInfo: { closed: number }; pendingPreKey?: unknown }

type SessionEntry = { pendingPreKey?: unknown; indexInfo: { used: number }; serialize(): object }
type EntryClass = { deserialize(stored: object): SessionEntry }

export interface SessionRecord {
  serialize(): StoredRecord
  haveOpenSession(): boolean
}

export type PeerBundle = {
  registrationId: number
  identityKey: Uint8Array
  signedPreKey: { keyId: number; publicKey: Uint8Array; signature: Uint8Array }
  preKey?: { keyId: number; publicKey: Uint8Array } | undefined
}

export interface SignalStorage {
  loadSession(address: string): SessionRecord | undefined
  storeSession(address: string, record: SessionRecord): void
  isTrustedIdentity(): boolean
  loadPreKey(id: number): SignalKeyPair | undefined
  removePreKey(id: number): void
  loadSignedPreKey(): SignalKeyPair
  getOurRegistrationId(): number
  getOurIdentity(): SignalKeyPair
}

interface SessionCipher {
  encrypt(data: Buffer): Promise<{ type: number; body: Buffer }>
  decryptWhisperMessage(data: Buffer): Promise<Buffer>
  decryptPreKeyWhisperMessage(data: Buffer): Promise<Buffer>
}

type CipherInternals = {
  decryptWithSessions(data: Buffer, sessions: SessionEntry[]): Promise<{ session: SessionEntry; plaintext: Buffer }>
  doDecryptWhisperMessage(data: Buffer, session: SessionEntry): Promise<Buffer>
}

type SignalMessage = { ephemeralKey: Uint8Array; counter: number }
type PreKeySignalMessage = { message: Uint8Array; preKeyId?: number; identityKey: Uint8Array; baseKey: Uint8Array }

const address: { ProtocolAddress: new (name: string, device: number) => object } = require('libsignal')
const record: {
  new (): SessionRecord
  deserialize(stored: StoredRecord): SessionRecord
} = require('libsignal/src/session_record.js')
const builder: new (
  storage: SignalStorage,
  address: object,
) => { initOutgoing(bundle: PeerBundle): Promise<void> } = require('libsignal/src/session_builder.js')
const cipher: {
  new (storage: SignalStorage, address: object): SessionCipher
  prototype: CipherInternals
} = require('libsignal/src/session_cipher.js')
const curve: {
  verifySignature(key: Buffer, message: Uint8Array, signature: Uint8Array): boolean
} = require('libsignal/src/curve.js')
const messages: {
  WhisperMessage: { decode(bytes: Uint8Array): SignalMessage }
  PreKeyWhisperMessage: { decode(bytes: Uint8Array): PreKeySignalMessage }
} = require('libsignal/src/protobufs.js')

export const newProtocolAddress = (user: string, device: number): object => new address.ProtocolAddress(user, device)
export const newSessionBuilder = (storage: SignalStorage, peer: object) => new builder(storage, peer)
export const newSessionCipher = (storage: SignalStorage, peer: object) => new cipher(storage, peer)
/** Whether the peer has answered in the record's open session. (Otherwise it still waits with its pre-key.) */
export const hasHeard = (stored: StoredRecord): boolean =>
  Object.values(stored._sessions).some(({ indexInfo, pendingPreKey }) => indexInfo.closed === -1 && pendingPreKey === undefined)

export const loadRecord = (stored: StoredRecord): SessionRecord => record.deserialize(stored)

/** True only for a good signature. (Baileys' own check only looks for an exception, and so accepts any 64 bytes.) */
export const isSignedBy = (key: Uint8Array, message: Uint8Array, signature: Uint8Array | null | undefined): boolean => {
  if (signature?.byteLength !== 64 || key.byteLength < 32) return false
  const prefixed = key.byteLength === 33 ? Buffer.from(key) : Buffer.concat([Buffer.of(5), key])
  return curve.verifySignature(prefixed, message, signature)
}

type RatchetPosition = {
  ratchetKey: string
  counter: number
  /** Present in first messages only, like all fields that follow. */
  identityKey?: Buffer
  baseKey?: string
  preKeyId?: number | undefined
}

/** The position of a ciphertext in its sending ratchet, readable without a key. */
export const ratchetPosition = (type: string, ciphertext: Uint8Array): RatchetPosition => {
  const outer = type === 'pkmsg' ? messages.PreKeyWhisperMessage.decode(ciphertext.subarray(1)) : undefined
  const inner = outer ? outer.message : ciphertext
  const { ephemeralKey, counter } = messages.WhisperMessage.decode(inner.subarray(1, -8))
  const ratchetKey = Buffer.from(ephemeralKey).toString('base64')
  if (!outer) return { ratchetKey, counter }
  const baseKey = Buffer.from(outer.baseKey).toString('base64')
  return { ratchetKey, counter, identityKey: Buffer.from(outer.identityKey), baseKey, preKeyId: outer.preKeyId }
}

/**
 * Tries each session of a record on a copy. libsignal tries them one after the other, and a failed attempt changes its session. When a
 * later one succeeds, libsignal stores the record with that damage, and the newest session becomes unusable.
 */
export const mendSessionCipher = (): void => {
  cipher.prototype.decryptWithSessions = async function tryOnCopies(data, sessions) {
    for (const session of sessions) {
      const copy = (session.constructor as unknown as EntryClass).deserialize(session.serialize())
      try {
        const plaintext = await this.doDecryptWhisperMessage(data, copy)
        if (!copy.pendingPreKey) delete session.pendingPreKey
        Object.assign(session, copy)
        session.indexInfo.used = Date.now()
        return { session, plaintext }
      } catch {
        // Not this session's message: the next session is tried on its own copy.
      }
    }
    throw new Error('no session of this contact can read the message')
  }
}

const KEPT_CLOSED_CHAINS = 5

/** Drops receiving chains that are closed and fully read, except the last few: a long chat would grow without bound. */
export const dropFinishedChains = (stored: StoredRecord): StoredRecord => {
  for (const session of Object.values(stored._sessions)) {
    const finished = Object.entries(session._chains).filter(
      ([, chain]) => chain.chainKey.key === undefined && Object.keys(chain.messageKeys).length === 0,
    )
    for (const [key] of finished.slice(0, -KEPT_CLOSED_CHAINS)) delete session._chains[key]
  }
  return stored
}
