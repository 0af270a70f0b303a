// Stock Baileys with its keys in memory. Keys survive the socket, as on a disk, and tests can tamper with them.
import { BufferJSON, initAuthCreds, makeWASocket, proto, WA_CERT_DETAILS } from '@whiskeysockets/baileys'
import type {
  AuthenticationCreds,
  BinaryNode,
  SignalDataSet,
  SignalKeyStore,
  UserFacingSocketConfig,
  WASocket,
} from '@whiskeysockets/baileys'
import pino from 'pino'
import { redirectMedia } from '../media/redirect.ts'
import type { SimulatorProcess } from './simulator-process.ts'
import { SyncEvents } from './sync-events.ts'

for (const method of ['info', 'warn', 'error'] as const) console[method] = () => undefined

const silent = pino({ level: 'silent' })

/** Longer than the 30 s for which Baileys may hold an event back. */
const PATIENCE_MS = 45_000

type KeyImage = { creds: string; keys: Map<string, string> }

type Received = {
  id: string
  text: string
  chat: string | null | undefined
  /** The author, in a group. */
  participant: string | null | undefined
  /** The way of arrival: `append` came while the client was away. */
  upsert: string
}

const freeze = (value: unknown): string => JSON.stringify(value, BufferJSON.replacer)

/** Baileys writes a protobuf here, and wants it back as one. */
const thaw = (type: string, value: string): unknown => {
  const plain: unknown = JSON.parse(value, BufferJSON.reviver)
  return type === 'app-state-sync-key' ? proto.Message.AppStateSyncKeyData.fromObject(plain as object) : plain
}

export class StockClient {
  creds: AuthenticationCreds = initAuthCreds()
  readonly keys = new Map<string, string>()
  readonly received: Received[] = []
  /** Attributes of every receipt. */
  readonly receipts: Record<string, string>[] = []
  readonly closeCodes: (number | undefined)[] = []
  /** The details of the last close. */
  closeData: unknown
  readonly sent = new Map<string, proto.IMessage>()
  socket: WASocket | undefined
  readonly sync = new SyncEvents(() => this.#look())
  readonly #simulator: SimulatorProcess
  readonly #options: Partial<UserFacingSocketConfig>
  readonly #watchers = new Set<() => void>()
  qr = ''
  isOpen = false

  /** Ignores history unless the options say otherwise. */
  constructor(simulator: SimulatorProcess, options: Partial<UserFacingSocketConfig> = {}) {
    this.#simulator = simulator
    this.#options = options
    redirectMedia(simulator.media)
    WA_CERT_DETAILS.PUBLIC_KEY = simulator.root as Buffer<ArrayBuffer>
  }

  /** The store under the sockets, for tests as well. */
  get store(): SignalKeyStore {
    return {
      get: async (type, ids) => {
        const found: Record<string, never> = {}
        for (const id of ids) {
          const value = this.keys.get(`${type}|${id}`)
          if (value !== undefined) found[id] = thaw(type, value) as never
        }
        return found
      },
      set: async (data: SignalDataSet) => {
        for (const [type, entries] of Object.entries(data)) {
          for (const [id, value] of Object.entries(entries)) {
            if (value) this.keys.set(`${type}|${id}`, freeze(value))
            else this.keys.delete(`${type}|${id}`)
          }
        }
        this.#look()
      },
    }
  }

  get image(): KeyImage {
    return { creds: freeze(this.creds), keys: new Map(this.keys) }
  }

  /** Puts back an earlier backup of everything. */
  restore({ creds, keys }: KeyImage): void {
    this.creds = JSON.parse(creds, BufferJSON.reviver) as AuthenticationCreds
    this.keys.clear()
    for (const [id, value] of keys) this.keys.set(id, value)
  }

  connect(): WASocket {
    this.isOpen = false
    const socket = makeWASocket({
      waWebSocketUrl: this.#simulator.url,
      auth: { creds: this.creds, keys: this.store },
      logger: silent,
      shouldSyncHistoryMessage: () => false,
      getMessage: async ({ id }) => this.sent.get(id ?? ''),
      ...this.#options,
    })
    this.socket = socket
    this.sync.follow(socket.ev)
    socket.ev.on('creds.update', (update) => {
      Object.assign(this.creds, update)
      this.#look()
    })
    socket.ev.on('messages.upsert', ({ messages, type }) => {
      for (const { key, message } of messages) {
        const text = message?.conversation ?? message?.extendedTextMessage?.text
        if (key.fromMe || !text) continue
        const { id, remoteJid: chat, participant } = key
        this.received.push({ id: id ?? '', text, chat, participant, upsert: type })
      }
      this.#look()
    })
    socket.ws.on('CB:receipt', ({ attrs }: BinaryNode) => {
      this.receipts.push(attrs)
      this.#look()
    })
    socket.ev.on('connection.update', ({ qr, connection, lastDisconnect }) => {
      if (qr) this.qr = qr
      if (connection === 'open') this.isOpen = true
      if (connection === 'close') {
        this.isOpen = false
        const error = lastDisconnect?.error as { output?: { statusCode: number }; data?: unknown } | undefined
        this.closeCodes.push(error?.output?.statusCode)
        this.closeData = error?.data
      }
      this.#look()
    })
    return socket
  }

  until(what: string, holds: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`the client never came to: ${what}`)), PATIENCE_MS)
      const look = (): void => {
        if (!holds()) return
        clearTimeout(timer)
        this.#watchers.delete(look)
        resolve()
      }
      this.#watchers.add(look)
      look()
    })
  }

  async showCode(): Promise<string> {
    this.qr = ''
    this.connect()
    await this.until('a code', () => this.qr !== '')
    return this.qr
  }

  /** Goes from nothing to an open, linked connection. */
  async link(phone: string): Promise<void> {
    const qr = await this.showCode()
    const closes = this.closeCodes.length
    await this.#simulator.post(`/phones/${phone}/scan`, { qr })
    await this.until('the restart after linking', () => this.closeCodes.length > closes)
    await this.open()
  }

  async open(): Promise<WASocket> {
    const socket = this.connect()
    await this.until('open', () => this.isOpen)
    return socket
  }

  /** Cuts the connection as a kill does: nothing more is said or saved. */
  async cut(): Promise<void> {
    const closed = this.#simulator.happens('disconnect', () => true, this.#simulator.now)
    const raw = this.socket?.ws as unknown as { socket: { terminate(): void } } | undefined
    raw?.socket.terminate()
    await closed
  }

  async say(to: string, text: string, messageId?: string): Promise<string> {
    return this.sayTo(`${to}@s.whatsapp.net`, text, messageId)
  }

  async sayTo(jid: string, text: string, messageId?: string): Promise<string> {
    const options = messageId === undefined ? {} : { messageId }
    const sent = await this.socket?.sendMessage(jid, { text }, options)
    const id = sent?.key.id ?? ''
    if (sent?.message) this.sent.set(id, sent.message)
    return id
  }

  #look(): void {
    for (const look of this.#watchers) look()
  }
}
