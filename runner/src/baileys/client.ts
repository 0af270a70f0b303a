import {
  Browsers,
  jidNormalizedUser,
  makeWASocket,
  proto,
  type AuthenticationCreds,
  type BinaryNode,
  type WASocket,
  type WAVersion,
} from '@whiskeysockets/baileys'
import { createLogger } from '@holdfast/core/logging'
import type { Clock, Random } from '@holdfast/core/ports'
import type { Connect } from '../session/connection.ts'
import { Gate, type RawSocket } from '../session/gate.ts'
import type { Inbox } from '../session/inbox.ts'
import type { KeyChanges } from '@holdfast/core/session-log/mutation'
import type { SessionState } from '../session/session-state.ts'
import { BaileysConnection } from './baileys-connection.ts'
import { decodeCreds, encodeCreds, newCreds } from './codec.ts'
import { DeviceCache } from './device-cache.ts'
import { KeyStore } from './key-store.ts'
import { SerialQueue, makeSignalRepository } from './signal-repository.ts'

/** Baileys logs stanzas with their content, so its logger stays silent. */
const SILENT = createLogger('baileys', 'silent')

/** setInterval's limit. Baileys' own pings would wait at the gate behind what they have nothing to do with. */
const NEVER_MS = 2 ** 31 - 1

const KINDS_OF_AN_IDENTITY = [
  'session',
  'pre-key',
  'sender-key',
  'sender-key-memory',
  'identity-key',
  'app-state-sync-key',
  'app-state-sync-version',
  'tctoken',
  'device-list',
  'device-cache',
]

/** What is the same for every session of a runner. */
export interface ClientSettings {
  /** The version of WhatsApp Web to announce; null for the one that Baileys knows. */
  readonly version: WAVersion | null
  /** How long each QR code is shown; null for WhatsApp's own timing. */
  readonly qrLifeMs: number | null
}

/** One per owned session: what its connections share. */
export class BaileysClient {
  readonly #state: SessionState
  readonly #inbox: Inbox
  readonly #clock: Clock
  readonly #random: Random
  readonly #sentMessage: (messageId: string) => Promise<Uint8Array | null>
  readonly #devices: DeviceCache
  readonly #settings: ClientSettings

  constructor(options: {
    state: SessionState
    inbox: Inbox
    clock: Clock
    random: Random
    /** The message as it was sent, for a contact that asks for it again. */
    sentMessage: (messageId: string) => Promise<Uint8Array | null>
    settings: ClientSettings
  }) {
    this.#state = options.state
    this.#inbox = options.inbox
    this.#clock = options.clock
    this.#random = options.random
    this.#sentMessage = options.sentMessage
    this.#devices = new DeviceCache(options.state)
    this.#settings = options.settings
  }

  /** Who this device is; null until a phone has scanned its QR code. */
  get me(): { id: string; lid: string | null } | null {
    const { creds } = this.#state.image
    const me = creds === null ? undefined : decodeCreds(creds).me
    return me ? { id: jidNormalizedUser(me.id), lid: me.lid ? jidNormalizedUser(me.lid) : null } : null
  }

  /** A fresh identity, to be linked by a new scan. The credentials that were there before stay in the state, aside. */
  renewIdentity(): void {
    const { image } = this.#state
    const ended = image.creds === null ? null : decodeCreds(image.creds)
    const aside = ended && image.creds !== null ? { 'voided-creds': { [String(ended.registrationId)]: image.creds } } : {}
    // Keys and ratchets belong to the identity that made them; a contact could not read what the new one sends with them.
    const gone = KINDS_OF_AN_IDENTITY.map((kind) => [
      kind,
      Object.fromEntries([...image.entries(kind)].map(([id]) => [id, null])),
    ])
    this.#state.change({ creds: encodeCreds(newCreds()), keys: { ...(Object.fromEntries(gone) as KeyChanges), ...aside } })
  }

  /** Dials. The caller has made sure that the attempt is recorded. */
  readonly connect: Connect = (events) => {
    if (this.#state.image.creds === null) this.renewIdentity()
    const creds = decodeCreds(this.#state.image.creds ?? '')
    const changedCreds = (): string | undefined => {
      const encoded = encodeCreds(creds)
      return encoded === this.#state.image.creds ? undefined : encoded
    }
    const keyStore = new KeyStore({ state: this.#state, changedCreds })
    const gate = new Gate({
      journal: this.#state.journal,
      commitPending: () => keyStore.commitPending(),
      now: () => this.#clock.monotonic(),
    })
    const stanzas = new WeakMap<Uint8Array, BinaryNode>()
    const socket = this.#open(creds, keyStore, stanzas)
    gate.attach((socket.ws as unknown as { socket: RawSocket }).socket)
    return new BaileysConnection({
      socket,
      gate,
      keyStore,
      devices: this.#devices,
      inbox: this.#inbox,
      stanzas,
      events,
      clock: this.#clock,
      random: this.#random,
      qrLifeMs: this.#settings.qrLifeMs,
    })
  }

  #open(creds: AuthenticationCreds, keyStore: KeyStore, stanzas: WeakMap<Uint8Array, BinaryNode>): WASocket {
    const { version, qrLifeMs } = this.#settings
    return makeWASocket({
      ...(version === null ? {} : { version }),
      ...(qrLifeMs === null ? {} : { qrTimeout: qrLifeMs }),
      auth: { creds, keys: keyStore.store },
      logger: SILENT,
      browser: Browsers.ubuntu('Chrome'),
      markOnlineOnConnect: false,
      emitOwnEvents: false,
      syncFullHistory: false,
      shouldSyncHistoryMessage: () => false,
      keepAliveIntervalMs: NEVER_MS,
      userDevicesCache: this.#devices,
      getMessage: async ({ id }) => {
        const sent = id ? await this.#sentMessage(id) : null
        return sent ? proto.Message.decode(sent) : undefined
      },
      makeSignalRepository: makeSignalRepository({
        keyStore,
        inbox: this.#inbox,
        queue: new SerialQueue(),
        stanzaOf: (ciphertext) => stanzas.get(ciphertext),
        now: () => this.#clock.now(),
      }),
    })
  }
}
