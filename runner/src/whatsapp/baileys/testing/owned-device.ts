import {
  Curve,
  addTransactionCapability,
  decryptMessageNode,
  generateSignalPubKey,
  proto,
  writeRandomPadMax16,
  type AuthenticationCreds,
  type BinaryNode,
} from '@whiskeysockets/baileys'
import { createLogger } from '@holdfast/core/platform/logging'
import { systemClock } from '@holdfast/core/platform/system-clock'
import type { ClientOptions } from '../../port.ts'
import { silenceConsole } from '../patches/console-guard.ts'
import { FromPhone } from '../receive/from-phone.ts'
import { secretOf } from '../receive/kept-secrets.ts'
import { Receiving } from '../receive/receiving.ts'
import { decodeCreds, encodeCreds } from '../signal/codec.ts'
import { KeyStore } from '../signal/key-store.ts'
import { LidMap } from '../signal/lid-map.ts'
import { MissingLids } from '../signal/missing-lids.ts'
import { renewedIdentity } from '../signal/renewed-identity.ts'
import { SerialQueue } from '../signal/serial-queue.ts'
import { makeSignalRepository } from '../signal/signal-repository.ts'
import { textFor, type Contact } from './contact.ts'
import { OURS, OUR_LID } from './device-under-test.ts'

const SILENT = createLogger('test', 'silent')

type Parts = Pick<ClientOptions, 'state' | 'archived' | 'deliveries'>

/**
 * The Signal side of a session that a real owner holds: its state and its inbox, without the socket. Contacts stand at its other side,
 * and each message between them is handed over by hand.
 */
export class OwnedDevice {
  readonly #state: ClientOptions['state']
  readonly #creds: AuthenticationCreds
  readonly #keyStore: KeyStore
  readonly #receiving: Receiving
  readonly #signal
  readonly #stanzas = new WeakMap<Uint8Array, BinaryNode>()
  /** True when the state had no identity, so that this made one, as the client does when it dials. */
  readonly isNew: boolean

  constructor({ state, archived, deliveries }: Parts) {
    silenceConsole()
    this.#state = state
    this.isNew = state.image.creds === null
    if (this.isNew) state.change(renewedIdentity(state.image))
    const creds = (this.#creds = decodeCreds(state.image.creds ?? ''))
    const names = new LidMap(state.image)
    this.#keyStore = new KeyStore({ state, archived, changedCreds: () => this.#changedCreds() })
    const reader = {
      get me() {
        return creds.me ?? { id: '' }
      },
      names,
      now: () => systemClock.now(),
      secretOf: (message: Parameters<typeof secretOf>[1]) => secretOf(state.image, message),
    }
    this.#receiving = new Receiving({
      keyStore: this.#keyStore,
      deliveries,
      stanzaOf: (bytes) => this.#stanzas.get(bytes),
      reader,
      logger: SILENT,
      fromPhone: new FromPhone(creds, { wantsFullHistory: () => false }).take,
    })
    const make = makeSignalRepository({
      state,
      keyStore: this.#keyStore,
      names,
      queue: new SerialQueue(),
      receiving: this.#receiving,
      missingLids: new MissingLids({ state, clock: systemClock }),
      askForLids: async () => null,
      me: () => creds.me,
    })
    const options = { maxCommitRetries: 1, delayBetweenTriesMs: 1 }
    this.#signal = make({ creds, keys: addTransactionCapability(this.#keyStore.store, SILENT, options) }, SILENT)
  }

  /** The public identity key, by which contacts know the device. */
  get identity(): string {
    return Buffer.from(this.#creds.signedIdentityKey.public).toString('hex')
  }

  /** Does what a scan of the QR code brings: the device has a name, and the phone has confirmed it. */
  link(): void {
    this.#creds.account = { details: Buffer.of(1), accountSignature: Buffer.of(1), deviceSignature: Buffer.of(1) }
    this.#creds.me = { id: `${OURS}:1@s.whatsapp.net`, lid: `${OUR_LID}:1@lid` }
    this.#saveCreds()
  }

  async knows({ lid, pn }: Pick<Contact, 'lid' | 'pn'>): Promise<void> {
    await this.#signal.lidMapping.storeLIDPNMappings([{ lid, pn }])
  }

  /** The pre-key bundle of the device, with the next number. */
  async bundle() {
    const creds = this.#creds
    const keyId = creds.nextPreKeyId++
    creds.firstUnuploadedPreKeyId = creds.nextPreKeyId
    const pair = Curve.generateKeyPair()
    await this.#keyStore.store.set({ 'pre-key': { [keyId]: pair } })
    this.#saveCreds()
    const { registrationId, signedIdentityKey, signedPreKey } = creds
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

  /** Delivers a stanza. Returns its text; null when the device could not read it. */
  async read(stanza: BinaryNode): Promise<string | null> {
    for (const { tag, content } of Array.isArray(stanza.content) ? stanza.content : []) {
      if (tag === 'enc' && content instanceof Uint8Array) this.#stanzas.set(content, stanza)
    }
    this.#receiving.arrived(stanza)
    const { id, lid = '' } = this.#creds.me ?? { id: '' }
    const message = decryptMessageNode(stanza, id, lid, this.#signal, SILENT)
    await message.decrypt()
    this.#saveCreds()
    return message.fullMessage.message?.conversation ?? null
  }

  /** Encrypts a text for a contact, in a new session when there is no open one, as a send does. */
  async write(contact: Contact, text: string): Promise<{ type: 'pkmsg' | 'msg'; ciphertext: Uint8Array }> {
    const { exists } = await this.#signal.validateSession(contact.lid)
    if (!exists) await this.#signal.injectE2ESession({ jid: contact.lid, session: await contact.bundle() })
    return this.#encrypt(contact, textFor(text))
  }

  /**
   * Encrypts a text for a group, and the device's key of that group for each of these members that the device has not given it to.
   */
  async writeToGroup(group: string, members: readonly Contact[], text: string) {
    const data = textFor(text)
    const { ciphertext, senderKeyDistributionMessage } = await this.#signal.encryptGroupMessage({
      group,
      meId: this.#creds.me?.lid ?? '',
      data,
    })
    const given = (await this.#keyStore.store.get('sender-key-memory', [group]))[group] ?? {}
    const distribution = { groupId: group, axolotlSenderKeyDistributionMessage: senderKeyDistributionMessage }
    const key = textless({ senderKeyDistributionMessage: distribution })
    const keys = new Map<Contact, { type: 'pkmsg' | 'msg'; ciphertext: Uint8Array }>()
    for (const member of members.filter(({ lid }) => !given[lid])) {
      const { exists } = await this.#signal.validateSession(member.lid)
      if (!exists) await this.#signal.injectE2ESession({ jid: member.lid, session: await member.bundle() })
      keys.set(member, await this.#encrypt(member, key))
    }
    const all = Object.fromEntries(members.map(({ lid }) => [lid, true]))
    await this.#keyStore.store.set({ 'sender-key-memory': { [group]: { ...given, ...all } } })
    return { ciphertext, keys }
  }

  /** Ends all use of the state. */
  close(): void {
    this.#keyStore.close()
  }

  async #encrypt({ lid }: Contact, data: Uint8Array): Promise<{ type: 'pkmsg' | 'msg'; ciphertext: Uint8Array }> {
    return this.#signal.encryptMessage({ jid: lid, data })
  }

  #saveCreds(): void {
    const creds = this.#changedCreds()
    if (creds !== undefined) this.#state.change({ creds })
  }

  #changedCreds(): string | undefined {
    const encoded = encodeCreds(this.#creds)
    return encoded === this.#state.image.creds ? undefined : encoded
  }
}

const textless = (message: proto.IMessage): Uint8Array => writeRandomPadMax16(proto.Message.encode(message).finish())
