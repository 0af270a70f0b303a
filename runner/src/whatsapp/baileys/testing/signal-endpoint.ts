import {
  Curve,
  DEFAULT_CONNECTION_CONFIG,
  addTransactionCapability,
  generateSignalPubKey,
  initAuthCreds,
  type AuthenticationCreds,
  type SignalDataTypeMap,
} from '@whiskeysockets/baileys'
import { createLogger } from '@holdfast/core/platform/logging'
import { MemoryKeys } from './memory-keys.ts'
import { patchCurve } from '../patches/fast-curve.ts'

// As in a runner. In JavaScript, each signature takes 5 to 30 ms.
patchCurve()

const SILENT = createLogger('endpoint', 'silent')

type Repository = ReturnType<typeof DEFAULT_CONNECTION_CONFIG.makeSignalRepository>

export interface SignalMessage {
  type: 'pkmsg' | 'msg'
  ciphertext: Uint8Array
}

/** One end of a chat: Baileys' own Signal repository over keys in memory, without a socket, a server or code of ours. */
export class SignalEndpoint {
  readonly jid: string
  readonly #creds: AuthenticationCreds = initAuthCreds()
  readonly #keys: MemoryKeys
  readonly #signal: Repository
  #lastPreKey = 0

  /** @param encode encodes a value for the store; each read returns a fresh copy, as a read from a disk does */
  constructor(phone: string, encode?: (kind: keyof SignalDataTypeMap, value: unknown) => string) {
    this.jid = `${phone}@s.whatsapp.net`
    this.#keys = new MemoryKeys(encode)
    const keys = addTransactionCapability(this.#keys, SILENT, { maxCommitRetries: 1, delayBetweenTriesMs: 1 })
    this.#signal = DEFAULT_CONNECTION_CONFIG.makeSignalRepository({ creds: this.#creds, keys }, SILENT)
  }

  /** Opens a new session with the peer and closes the old one, as every device query does whose answer has a LID. */
  async openSession(peer: SignalEndpoint): Promise<void> {
    const session = await peer.#bundle()
    await nextMillisecond()
    await this.#signal.injectE2ESession({ jid: peer.jid, session })
  }

  async encrypt(peer: SignalEndpoint, text: string): Promise<SignalMessage> {
    return this.#signal.encryptMessage({ jid: peer.jid, data: Buffer.from(text) })
  }

  async decrypt(peer: SignalEndpoint, { type, ciphertext }: SignalMessage): Promise<string> {
    return Buffer.from(await this.#signal.decryptMessage({ jid: peer.jid, type, ciphertext })).toString()
  }

  /** The stored session record. Each message of the chat writes all of it. */
  sessionRecord(peer: SignalEndpoint): string {
    return this.#keys.values.get(`session|${peer.jid.split('@')[0]}.0`) ?? ''
  }

  async #bundle() {
    const keyId = ++this.#lastPreKey
    const pair = Curve.generateKeyPair()
    await this.#keys.set({ 'pre-key': { [keyId]: pair } })
    const { registrationId, signedIdentityKey, signedPreKey } = this.#creds
    return {
      registrationId,
      identityKey: generateSignalPubKey(signedIdentityKey.public),
      signedPreKey: {
        keyId: signedPreKey.keyId,
        publicKey: generateSignalPubKey(signedPreKey.keyPair.public),
        signature: signedPreKey.signature,
      },
      preKey: { keyId, publicKey: generateSignalPubKey(pair.public) },
    }
  }
}

/** Starts a chat in which each side has heard the other, so that further messages need no pre-key. */
export async function startChat(
  encode?: (kind: keyof SignalDataTypeMap, value: unknown) => string,
): Promise<[SignalEndpoint, SignalEndpoint]> {
  const [ours, theirs] = [new SignalEndpoint('5511900000001', encode), new SignalEndpoint('5511900000002')]
  await ours.openSession(theirs)
  await exchange(ours, theirs, 'hello')
  await exchange(theirs, ours, 'hello back')
  await exchange(ours, theirs, 'how are you')
  return [ours, theirs]
}

/** Sends a text and returns the text that the receiver decrypts. */
export async function exchange(sender: SignalEndpoint, receiver: SignalEndpoint, text: string): Promise<string> {
  return receiver.decrypt(sender, await sender.encrypt(receiver, text))
}

/** Waits for another millisecond: libsignal orders a contact's sessions by the millisecond of their last use. */
async function nextMillisecond(): Promise<void> {
  const before = performance.now()
  while (performance.now() < before + 2) await new Promise((resolve) => setImmediate(resolve))
}
