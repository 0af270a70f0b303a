import {
  Curve,
  DEFAULT_CONNECTION_CONFIG,
  addTransactionCapability,
  generateSignalPubKey,
  initAuthCreds,
  proto,
  unpadRandomMax16,
  writeRandomPadMax16,
  type AuthenticationCreds,
  type BinaryNode,
} from '@whiskeysockets/baileys'
import { createLogger } from '@holdfast/core/platform/logging'
import { OURS, OUR_LID, type DeviceUnderTest } from './device-under-test.ts'
import { MemoryKeys } from './memory-keys.ts'

const SILENT = createLogger('contact', 'silent')

type Repository = ReturnType<typeof DEFAULT_CONNECTION_CONFIG.makeSignalRepository>

/** A contact that writes to us, with a phone number and a LID. It uses Baileys' own Signal repository over keys in memory. */
export class Contact {
  readonly phone: string
  readonly pn: string
  readonly lid: string
  #creds: AuthenticationCreds
  #keys: MemoryKeys
  #signal: Repository
  #ids = 0
  #lastPreKey = 0

  constructor(phone = '5511900000002', lid = '200000000000002') {
    this.phone = phone
    this.pn = `${phone}@s.whatsapp.net`
    this.lid = `${lid}@lid`
    ;({ creds: this.#creds, keys: this.#keys, signal: this.#signal } = newInstall())
  }

  get identity(): Buffer {
    return Buffer.from(generateSignalPubKey(this.#creds.signedIdentityKey.public))
  }

  /** Replaces all keys, as another phone or a new installation of WhatsApp does. */
  reinstall(): void {
    ;({ creds: this.#creds, keys: this.#keys, signal: this.#signal } = newInstall())
  }

  async openSession(device: Pick<DeviceUnderTest, 'bundle'>): Promise<void> {
    await this.#signal.injectE2ESession({ jid: OUR_DEVICE, session: await device.bundle() })
  }

  /** The pre-key bundle that the server hands out for a first message to the contact. */
  async bundle() {
    const keyId = ++this.#lastPreKey
    const pair = Curve.generateKeyPair()
    await this.#keys.set({ 'pre-key': { [keyId]: pair } })
    const { registrationId, signedPreKey } = this.#creds
    return {
      registrationId,
      identityKey: this.identity,
      signedPreKey: {
        keyId: signedPreKey.keyId,
        publicKey: generateSignalPubKey(signedPreKey.keyPair.public),
        signature: signedPreKey.signature,
      },
      preKey: { keyId, publicKey: generateSignalPubKey(pair.public) },
    }
  }

  /** A message to us, addressed by phone number unless the attributes say otherwise. */
  async message(message: proto.IMessage, attrs: Record<string, string> = {}): Promise<BinaryNode> {
    return this.stanza([await this.encrypted(proto.Message.encode(message).finish())], attrs)
  }

  async text(conversation: string, attrs: Record<string, string> = {}): Promise<BinaryNode> {
    return this.message({ conversation }, attrs)
  }

  stanza(content: BinaryNode[], attrs: Record<string, string> = {}): BinaryNode {
    const named = { id: `M${++this.#ids}`, from: this.pn, sender_lid: this.lid, t: '1700000000', type: 'text' }
    return { tag: 'message', attrs: { ...named, ...attrs }, content }
  }

  /** Encrypts any bytes for our device. */
  async encrypted(bytes: Uint8Array, padding = true): Promise<BinaryNode> {
    const data = padding ? writeRandomPadMax16(bytes) : bytes
    const { type, ciphertext } = await this.#signal.encryptMessage({ jid: OUR_DEVICE, data })
    return { tag: 'enc', attrs: { v: '2', type }, content: ciphertext }
  }

  /** A message to a group, encrypted with the contact's sender key. `withKey` adds that key, encrypted for us. */
  async toGroup(
    group: string,
    conversation: string,
    options: { withKey: boolean; attrs?: Record<string, string> },
  ): Promise<BinaryNode> {
    const data = writeRandomPadMax16(proto.Message.encode({ conversation }).finish())
    const sent = await this.#signal.encryptGroupMessage({ group, meId: this.lid, data })
    const distribution = { groupId: group, axolotlSenderKeyDistributionMessage: sent.senderKeyDistributionMessage }
    const key = proto.Message.encode({ senderKeyDistributionMessage: distribution }).finish()
    const content = [
      ...(options.withKey ? [await this.encrypted(key)] : []),
      { tag: 'enc', attrs: { v: '2', type: 'skmsg' }, content: sent.ciphertext },
    ]
    const attrs = { from: group, participant: this.lid, participant_pn: this.pn, addressing_mode: 'lid', ...options.attrs }
    return this.stanza(content, attrs)
  }

  /** Drops the contact's sender keys, as a client does when a member has left the group. */
  dropGroupKeys(): void {
    for (const name of this.#keys.values.keys()) if (name.startsWith('sender-key|')) this.#keys.values.delete(name)
  }

  /** Decrypts a text that our device encrypted for the contact. */
  async read({ type, ciphertext }: { type: 'pkmsg' | 'msg'; ciphertext: Uint8Array }): Promise<string> {
    const plain = await this.#signal.decryptMessage({ jid: OUR_DEVICE, type, ciphertext })
    return proto.Message.decode(unpadRandomMax16(plain)).conversation ?? ''
  }

  /** Takes our device's key of a group out of a message for the contact alone. */
  async takeGroupKey({ type, ciphertext }: { type: 'pkmsg' | 'msg'; ciphertext: Uint8Array }): Promise<void> {
    const plain = await this.#signal.decryptMessage({ jid: OUR_DEVICE, type, ciphertext })
    const item = proto.Message.decode(unpadRandomMax16(plain)).senderKeyDistributionMessage ?? {}
    await this.#signal.processSenderKeyDistributionMessage({ item, authorJid: OUR_DEVICE })
  }

  /** Decrypts a text that our device encrypted for a group. */
  async readFromGroup(group: string, msg: Uint8Array): Promise<string> {
    const plain = await this.#signal.decryptGroupMessage({ group, authorJid: OUR_DEVICE, msg })
    return proto.Message.decode(unpadRandomMax16(plain)).conversation ?? ''
  }
}

/** Contacts know our device by its LID. */
const OUR_DEVICE = `${OUR_LID}:1@lid`

/** Our own phone, the only sender whose protocol messages count. */
export class Phone extends Contact {
  constructor() {
    super(OURS, OUR_LID)
  }

  async tell(protocolMessage: proto.Message.IProtocolMessage, attrs: Record<string, string> = {}): Promise<BinaryNode> {
    return this.message({ protocolMessage }, { category: 'peer', ...attrs })
  }
}

function newInstall() {
  const creds = initAuthCreds()
  const keys = new MemoryKeys()
  const withTransactions = addTransactionCapability(keys, SILENT, { maxCommitRetries: 1, delayBetweenTriesMs: 1 })
  return { creds, keys, signal: DEFAULT_CONNECTION_CONFIG.makeSignalRepository({ creds, keys: withTransactions }, SILENT) }
}

/** The padded plaintext of a text message. */
export const textFor = (conversation: string): Uint8Array => writeRandomPadMax16(proto.Message.encode({ conversation }).finish())
