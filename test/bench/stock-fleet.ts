// A program that runs many sessions of Baileys in one process, used as its documentation shows, with keys in memory or in files.
// Its parent sends commands on stdin and reads events from stdout.
import { createInterface } from 'node:readline'
import { join } from 'node:path'
import {
  DisconnectReason,
  WA_CERT_DETAILS,
  initAuthCreds,
  makeWASocket,
  useMultiFileAuthState,
  type AuthenticationState,
  type ConnectionState,
  type WASocket,
} from '@whiskeysockets/baileys'
import type { StockCommand, StockEvent, StockSetup } from './stock-subject.ts'
import { memoryKeys } from './memory-keys.ts'

// The console is off, because libsignal prints private keys.
for (const method of ['log', 'info', 'warn', 'error'] as const) console[method] = () => undefined

const setup = JSON.parse(process.argv[2] ?? '') as StockSetup
WA_CERT_DETAILS.PUBLIC_KEY = Buffer.from(setup.root, 'hex')

const tell = (event: StockEvent): void => void process.stdout.write(`${JSON.stringify(event)}\n`)

class Session {
  readonly #name: string
  #auth: Promise<{ state: AuthenticationState; saveCreds: () => Promise<void> }> | null = null
  #socket: WASocket | null = null
  #wanted = false
  #attempt = 0
  #whenOpen: (() => void)[] = []
  #isOpen = false

  constructor(name: string) {
    this.#name = name
  }

  async connect(): Promise<void> {
    this.#wanted = true
    const attempt = ++this.#attempt
    const { state, saveCreds } = await (this.#auth ??= this.#openAuth())
    // A newer attempt has begun meanwhile. Two sockets of one session would replace each other for ever.
    if (attempt !== this.#attempt) return
    const socket = makeWASocket({ waWebSocketUrl: setup.url, auth: state, shouldSyncHistoryMessage: () => false })
    this.#socket = socket
    socket.ev.on('creds.update', () => void saveCreds())
    // The end of an old socket may arrive after the start of the next one.
    socket.ev.on('connection.update', (update) => {
      if (socket === this.#socket) this.#onConnection(update)
    })
  }

  async disconnect(): Promise<void> {
    this.#wanted = false
    this.#isOpen = false
    this.#attempt++
    const socket = this.#socket
    this.#socket = null
    await socket?.end(undefined)
  }

  /** Sends messages one after the other, as for one contact. */
  async send(to: string, texts: readonly string[]): Promise<void> {
    if (!this.#isOpen) await new Promise<void>((resolve) => this.#whenOpen.push(resolve))
    for (const text of texts) await this.#socket?.sendMessage(to, { text })
  }

  async #openAuth(): Promise<{ state: AuthenticationState; saveCreds: () => Promise<void> }> {
    if (setup.folder !== null) return await useMultiFileAuthState(join(setup.folder, this.#name))
    return { state: { creds: initAuthCreds(), keys: memoryKeys() }, saveCreds: async () => undefined }
  }

  #onConnection({ qr, connection, lastDisconnect }: Partial<ConnectionState>): void {
    if (qr) tell({ session: this.#name, qr })
    if (connection === 'open') {
      this.#isOpen = true
      for (const resolve of this.#whenOpen.splice(0)) resolve()
    }
    if (connection !== 'close') return
    this.#isOpen = false
    const code = (lastDisconnect?.error as { output?: { statusCode?: number } } | undefined)?.output?.statusCode
    if (this.#wanted && code !== DisconnectReason.loggedOut) void this.connect()
  }
}

const sessions = new Map<string, Session>()

async function obey({ what, session: name, to, texts }: StockCommand): Promise<void> {
  const session = sessions.get(name) ?? new Session(name)
  sessions.set(name, session)
  if (what === 'connect') await session.connect()
  else if (what === 'disconnect') await session.disconnect()
  else await session.send(to, texts)
}

createInterface(process.stdin)
  .on('line', (line) => {
    obey(JSON.parse(line) as StockCommand).catch((error: unknown) => tell({ session: '', trouble: String(error) }))
  })
  .on('close', () => process.exit())
