// Runs Baileys as its documentation shows. The parent process sends the texts to send, and receives the QR code, as messages.
import { appendFileSync, closeSync, fsyncSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import {
  DisconnectReason,
  WA_CERT_DETAILS,
  makeWASocket,
  useMultiFileAuthState,
  type CacheStore,
  type ConnectionState,
  type SignalKeyStore,
  type WAMessage,
  type WASocket,
} from '@whiskeysockets/baileys'
import type { StockCommand, StockEvent, StockSetup } from './stock-process.ts'

// The console is silent, because libsignal prints private keys.
for (const method of ['log', 'info', 'warn', 'error'] as const) console[method] = () => undefined

const setup = JSON.parse(process.argv[2] ?? '') as StockSetup
WA_CERT_DETAILS.PUBLIC_KEY = Buffer.from(setup.root, 'hex')

/** The application's own database: a file to which each message is synced before it counts as stored. */
const database = openSync(setup.database, 'a')

async function persist(messages: WAMessage[]): Promise<void> {
  for (const { key, message } of messages) {
    const text = message?.conversation
    if (key.fromMe || !key.id || !text) continue
    if (setup.databaseMs > 0) await pause(setup.databaseMs)
    appendFileSync(database, `${JSON.stringify({ id: key.id, text })}\n`)
    fsyncSync(database)
  }
}

/**
 * Keeps the contacts' device lists across starts, as an application does that avoids spending pre-keys at each start. Baileys'
 * default keeps them in memory: the first message after a start then queries the devices again, and the answer makes a new
 * session, which hides that the old one is broken.
 */
function deviceCache(file: string): CacheStore {
  const read = (): Record<string, unknown> => {
    try {
      return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
    } catch {
      return {}
    }
  }
  const write = (devices: Record<string, unknown>): void => writeFileSync(file, JSON.stringify(devices))
  return {
    get: <T>(user: string) => read()[user] as T | undefined,
    set: (user, devices) => write({ ...read(), [user]: devices }),
    del: (user) => write({ ...read(), [user]: undefined }),
    flushAll: () => write({}),
  }
}

/** A key store on a slow disk. The order stays the same: code that waits for a write waits longer. */
function onSlowDisk(keys: SignalKeyStore): SignalKeyStore {
  return {
    ...keys,
    set: async (data) => {
      if (setup.diskMs > 0) await pause(setup.diskMs)
      await keys.set(data)
    },
  }
}

let socket: WASocket | undefined

async function connect(): Promise<void> {
  const { state, saveCreds } = await useMultiFileAuthState(setup.authFolder)
  socket = makeWASocket({
    waWebSocketUrl: setup.url,
    auth: { creds: state.creds, keys: onSlowDisk(state.keys) },
    shouldSyncHistoryMessage: () => false,
    userDevicesCache: deviceCache(setup.deviceCache),
  })
  socket.ev.on('creds.update', () => void saveCreds())
  socket.ev.on('messages.upsert', ({ messages }) => void persist(messages))
  socket.ev.on('connection.update', onConnection)
}

function onConnection({ qr, connection, lastDisconnect }: Partial<ConnectionState>): void {
  if (qr) process.send?.({ qr } satisfies StockEvent)
  if (connection !== 'close') return
  const code = (lastDisconnect?.error as { output?: { statusCode?: number } } | undefined)?.output?.statusCode
  if (code !== DisconnectReason.loggedOut) void connect()
}

process.on('message', (command: StockCommand) => {
  if ('diskMs' in command) Object.assign(setup, command)
  else void send(command)
})

/** A failed send is lost to the application. The test only asks whether the contact has the message. */
async function send({ to, text }: { to: string; text: string }): Promise<void> {
  await socket?.sendMessage(to, { text }).catch(() => undefined)
  process.send?.({ done: { to, text } } satisfies StockEvent)
}

process.on('disconnect', () => {
  closeSync(database)
  process.exit()
})
await connect()
