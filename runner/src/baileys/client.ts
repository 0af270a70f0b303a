import {
  Browsers,
  generateWAMessageFromContent,
  jidDecode,
  jidNormalizedUser,
  makeWASocket,
  proto,
  type AuthenticationCreds,
  type BinaryNode,
  type WASocket,
} from '@whiskeysockets/baileys'
import { createLogger } from '@holdfast/core/logging'
import type { Clock, Random } from '@holdfast/core/ports'
import type { Connect, Connection, ConnectionEvents } from '../session/connection.ts'
import { Gate, type RawSocket } from '../session/gate.ts'
import type { Inbox } from '../session/inbox.ts'
import type { SessionState } from '../session/session-state.ts'
import { decodeCreds, encodeCreds, newCreds } from './codec.ts'
import { DeviceCache } from './device-cache.ts'
import { KeepAlive } from './keep-alive.ts'
import { KeyStore } from './key-store.ts'
import { SerialQueue, makeSignalRepository } from './signal-repository.ts'
import { watchStanzas } from './stanza-events.ts'

/** Baileys logs stanzas with their content, so its logger stays silent. */
const SILENT = createLogger('baileys', 'silent')

/** setInterval's limit. Baileys' own pings would wait at the gate behind what they have nothing to do with. */
const NEVER_MS = 2 ** 31 - 1

/** How long an orderly close may wait for the server's side of it. */
const CLOSE_TIMEOUT_MS = 1500

/** One per owned session: what its connections share. */
export class BaileysClient {
  readonly #state: SessionState
  readonly #inbox: Inbox
  readonly #clock: Clock
  readonly #random: Random
  readonly #sentMessage: (messageId: string) => Promise<Uint8Array | null>
  readonly #locks = new Map<string, Promise<void>>()
  readonly #queue = new SerialQueue()
  readonly #devices: DeviceCache

  constructor(options: {
    state: SessionState
    inbox: Inbox
    clock: Clock
    random: Random
    /** The message as it was sent, for a contact that asks for it again. */
    sentMessage: (messageId: string) => Promise<Uint8Array | null>
  }) {
    this.#state = options.state
    this.#inbox = options.inbox
    this.#clock = options.clock
    this.#random = options.random
    this.#sentMessage = options.sentMessage
    this.#devices = new DeviceCache(options.state)
  }

  /** Who this device is; null until a phone has scanned its QR code. */
  get me(): { id: string; lid: string | null } | null {
    const { creds } = this.#state.image
    const me = creds === null ? undefined : decodeCreds(creds).me
    return me ? { id: jidNormalizedUser(me.id), lid: me.lid ? jidNormalizedUser(me.lid) : null } : null
  }

  /** A fresh identity, for a device that was never linked. What was there before stays in the state, aside. */
  renewIdentity(): void {
    const { creds } = this.#state.image
    this.#state.change({
      creds: encodeCreds(newCreds()),
      ...(creds === null ? {} : { keys: { 'voided-creds': { last: creds } } }),
    })
  }

  /** Dials. The caller has made sure that the attempt is recorded. */
  readonly connect: Connect = (events) => {
    if (this.#state.image.creds === null) this.renewIdentity()
    const creds = decodeCreds(this.#state.image.creds ?? '')
    const changedCreds = (): string | undefined => {
      const encoded = encodeCreds(creds)
      return encoded === this.#state.image.creds ? undefined : encoded
    }
    const keyStore = new KeyStore({ state: this.#state, changedCreds, locks: this.#locks })
    const gate = new Gate({
      journal: this.#state.journal,
      commitPending: () => keyStore.commitPending(),
      now: () => this.#clock.monotonic(),
    })
    const stanzas = new WeakMap<Uint8Array, BinaryNode>()
    const socket = this.#open(creds, keyStore, stanzas)
    const raw = (socket.ws as unknown as { socket: RawSocket }).socket
    gate.attach(raw)
    return this.#wire(socket, gate, keyStore, stanzas, events)
  }

  #open(creds: AuthenticationCreds, keyStore: KeyStore, stanzas: WeakMap<Uint8Array, BinaryNode>): WASocket {
    return makeWASocket({
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
        queue: this.#queue,
        stanzaOf: (ciphertext) => stanzas.get(ciphertext),
        now: () => this.#clock.now(),
      }),
    })
  }

  #wire(
    socket: WASocket,
    gate: Gate,
    keyStore: KeyStore,
    stanzas: WeakMap<Uint8Array, BinaryNode>,
    events: ConnectionEvents,
  ): Connection {
    const keepAlive = new KeepAlive({
      clock: this.#clock,
      random: this.#random,
      ping: () => gate.sendUnbound(() => socket.sendNode(pingNode(socket.generateMessageTag()))),
      onSilence: () => void socket.end(connectionLost()),
    })
    let over = false
    const finish = (): boolean => {
      if (over) return false
      over = true
      keepAlive.stop()
      keyStore.close()
      return true
    }
    watchStanzas(socket, {
      stanzas,
      onFrame: () => {
        keepAlive.heard()
        events.onProofOfLife()
      },
      onLogin: () => events.onLogin(),
      onMessageAck: (id, error) => events.onMessageAck(id, error),
      onReceipt: (ids, type) => events.onReceipt(ids, type),
      onReceiptAcknowledged: (id) => this.#inbox.receiptAcknowledged(id),
    })
    socket.ev.on('creds.update', () => keyStore.commitCreds())
    socket.ev.on('connection.update', ({ qr, connection, lastDisconnect }) => {
      if (over) return
      if (qr) events.onQr(qr)
      if (connection === 'open') events.onOpen()
      if (connection === 'close' && finish()) events.onClose(codeOf(lastDisconnect?.error))
    })
    return {
      release: () => gate.release(),
      composeText: (chat, text, messageId) => this.#composeText(chat, text, messageId),
      relay: async (chat, message, messageId) => {
        await socket.relayMessage(chat, proto.Message.decode(message), { messageId })
      },
      isReachable: async (chat) => {
        const user = jidDecode(chat)?.user
        if (chat.endsWith('@lid') || (user && this.#devices.has(user))) return true
        const [found] = (await socket.onWhatsApp(chat)) ?? []
        return found?.exists === true
      },
      mute: (muted) => gate.mute(muted),
      heldForMs: () => (gate.heldSince === null ? 0 : this.#clock.monotonic() - gate.heldSince),
      close: async () => {
        if (over) return
        keepAlive.stop()
        const ended = socket.end(undefined)
        await Promise.race([ended, this.#clock.sleep(CLOSE_TIMEOUT_MS)])
        finish()
        gate.shut()
      },
      cut: () => {
        finish()
        gate.shut()
        void socket.end(undefined)
      },
    }
  }

  #composeText(chat: string, text: string, messageId: string): Uint8Array {
    const userJid = this.me?.id
    if (!userJid) throw new Error('A message can only be made by a linked device.')
    const { message } = generateWAMessageFromContent(chat, { extendedTextMessage: { text } }, { userJid, messageId })
    if (!message) throw new Error('Baileys made no message.')
    return proto.Message.encode(message).finish()
  }
}

const pingNode = (id: string): BinaryNode => ({
  tag: 'iq',
  attrs: { id, to: 's.whatsapp.net', type: 'get', xmlns: 'w:p' },
  content: [{ tag: 'ping', attrs: {} }],
})

/** As Baileys itself reports a server that has gone silent. */
const connectionLost = (): Error => Object.assign(new Error('Connection was lost'), { output: { statusCode: 408 } })

function codeOf(error: unknown): number | undefined {
  const output = (error as { output?: { statusCode?: unknown } } | undefined)?.output
  return typeof output?.statusCode === 'number' ? output.statusCode : undefined
}
