import type { Agent } from 'node:https'
import { jidNormalizedUser, type AuthenticationCreds, type BinaryNode } from '@whiskeysockets/baileys'
import type { MediaReader } from '../media.ts'
import type { Client, ClientOptions, Connect } from '../port.ts'
import type { HistoryReader } from '../history.ts'
import type { ReceivedMessage } from '../received-message.ts'
import type { SessionState } from '../session-state.ts'
import type { SessionProxy } from '@holdfast/core/session/proxy-settings'
import type { KeyChanges } from '@holdfast/core/journal/mutation'
import { AppState } from './receive/app-state.ts'
import { BaileysConnection } from './baileys-connection.ts'
import { decodeCreds, encodeCreds } from './signal/codec.ts'
import { DeviceCache } from './send/device-cache.ts'
import { GroupMembers } from './send/group-members.ts'
import { FromPhone } from './receive/from-phone.ts'
import { KeyStore } from './signal/key-store.ts'
import { changesOf, usersOf, type HistoryContacts } from './receive/history-contacts.ts'
import { mappingChanges, ownDeviceOf } from './signal/lid-moves.ts'
import { LidMap } from './signal/lid-map.ts'
import { downloadMedium } from './media/download.ts'
import { mediumIn } from './media/medium.ts'
import { isNewChat } from './send/new-chat.ts'
import { offeredPreKeysOf } from './signal/offered-pre-keys.ts'
import { MissingLids } from './signal/missing-lids.ts'
import type { Reader } from './receive/reader.ts'
import { Receiving } from './receive/receiving.ts'
import { renewedIdentity } from './signal/renewed-identity.ts'
import { SerialQueue } from './signal/serial-queue.ts'
import { assertSocket } from './compatibility.ts'
import { openSocket, type ClientSettings } from './open-socket.ts'
import { secretOf } from './receive/kept-secrets.ts'
import { describeSent } from './receive/sent-message.ts'
import { PhoneReader } from './receive/history-reader.ts'

export interface BaileysClientOptions extends ClientOptions {
  readonly settings: ClientSettings
  /** Returns what makes connections through a proxy. */
  readonly agentFor: (proxy: SessionProxy) => Agent
}

/** The Baileys client of one owned session. It holds the parts that the session's connections share. */
export class BaileysClient implements Client {
  readonly #options: BaileysClientOptions
  readonly #state: SessionState
  readonly #names: LidMap
  readonly #devices: DeviceCache
  readonly #missingLids: MissingLids
  readonly historyReader: HistoryReader
  readonly media: MediaReader
  /** The queue of the last connection. Contacts are learned in it, so that they do not come between two steps of an operation. */
  #queue = new SerialQueue()

  constructor(options: BaileysClientOptions) {
    this.#options = options
    this.#state = options.state
    this.#names = new LidMap(options.state.image)
    this.#devices = new DeviceCache({ state: options.state, names: this.#names, clock: options.clock })
    this.#missingLids = new MissingLids(options)
    this.media = {
      mediumIn,
      download: (medium, signal) => downloadMedium(medium, { clock: options.clock, signal, agent: this.#agent() }),
    }
    const reader = this.#readerFor(() => this.#storedMe ?? { id: '' })
    this.historyReader = new PhoneReader({
      reader,
      learn: (learned) => this.#learn(learned, reader),
      clock: options.clock,
      agent: () => this.#agent(),
    })
  }

  #agent(): Agent | null {
    const proxy = this.#options.proxy()
    return proxy && this.#options.agentFor(proxy)
  }

  /** The JIDs of this device. Null until a phone has scanned its QR code. */
  get me(): { id: string; lid: string | null; pushName: string | null } | null {
    const me = this.#storedMe
    if (!me) return null
    return { id: jidNormalizedUser(me.id), lid: me.lid ? jidNormalizedUser(me.lid) : null, pushName: me.name ?? null }
  }

  describeSent(sent: { chat: string; message: Uint8Array; messageId: string }): ReceivedMessage | null {
    return describeSent(
      sent,
      this.#readerFor(() => this.#storedMe ?? { id: '' }),
    )
  }

  /** Returns the same key for every name of a contact. */
  contactOf(chat: string): string {
    return this.#names.phoneOf(chat) ?? chat
  }

  isNewChat(chat: string): boolean {
    return isNewChat(this.#state.image, this.#names, chat, this.#options.clock.now())
  }

  /** Gives the state a fresh identity, to be linked by a new scan. The earlier credentials stay in the state as voided. */
  renewIdentity(): void {
    this.#state.change(renewedIdentity(this.#state.image))
  }

  readonly connect: Connect = (events) => {
    if (this.#state.image.creds === null) this.renewIdentity()
    const creds = decodeCreds(this.#state.image.creds ?? '')
    const changedCreds = (): string | undefined => {
      const encoded = encodeCreds(creds)
      return encoded === this.#state.image.creds ? undefined : encoded
    }
    const { clock, random, logger } = this.#options
    const keyStore = new KeyStore({ state: this.#state, archived: this.#options.archived, changedCreds })
    const gate = this.#options.openGate(() => keyStore.commitPending())
    const stanzas = new WeakMap<Uint8Array, BinaryNode>()
    const receiving = this.#receiving(creds, keyStore, stanzas)
    const members = new GroupMembers()
    this.#queue = new SerialQueue()
    const [names, devices, missingLids] = [this.#names, this.#devices, this.#missingLids]
    const queue = this.#queue
    const ours = { creds, keyStore, names, devices, missingLids, members, queue, receiving }
    const agent = this.#agent()
    const socket = openSocket({ ...this.#options, ...ours, agent })
    gate.attach(assertSocket(socket, keyStore))
    const hasKey = () => creds.myAppStateKeyId !== undefined
    const appState = new AppState({
      socket,
      state: this.#state,
      keyStore,
      clock,
      logger,
      hasKey,
      whenHeard: () => events.whenDirectoryHeard(),
    })
    return new BaileysConnection({
      socket,
      agent,
      gate,
      keyStore,
      devices,
      names,
      image: this.#state.image,
      missingLids,
      members,
      deliveries: this.#options.deliveries,
      receiving,
      onPreKeysOffered: (count) => this.#state.later(offeredPreKeysOf(this.#state.image, count)),
      appState,
      stanzas,
      events,
      clock,
      random,
      logger,
      qrLifeMs: this.#options.settings.qrLifeMs,
    })
  }

  #receiving(creds: AuthenticationCreds, keyStore: KeyStore, stanzas: WeakMap<Uint8Array, BinaryNode>): Receiving {
    const { deliveries, logger, wantsFullHistory, traceReceived } = this.#options
    const fromPhone = new FromPhone(creds, { wantsFullHistory })
    return new Receiving({
      keyStore,
      deliveries,
      stanzaOf: (ciphertext) => stanzas.get(ciphertext),
      reader: this.#readerFor(() => creds.me ?? { id: '' }),
      logger,
      fromPhone: fromPhone.take,
      ...(traceReceived ? { traceReceived } : {}),
    })
  }

  async #learn(learned: HistoryContacts, reader: Reader): Promise<void> {
    const { image } = this.#state
    await this.#queue.run(async () => {
      this.#change(mappingChanges(image, learned.lids.flatMap(usersOf), ownDeviceOf(this.#storedMe)))
      this.#change(changesOf(learned, image, reader))
    })
  }

  #change(keys: KeyChanges): void {
    if (Object.keys(keys).length > 0) this.#state.change({ keys })
  }

  #readerFor(me: () => Reader['me']): Reader {
    const { clock } = this.#options
    return {
      get me() {
        return me()
      },
      names: this.#names,
      now: () => clock.now(),
      secretOf: (message) => secretOf(this.#state.image, message),
    }
  }

  get #storedMe() {
    const { creds } = this.#state.image
    return creds === null ? undefined : decodeCreds(creds).me
  }
}
