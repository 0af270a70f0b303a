// Tests the history that stock Baileys receives from the simulated phone: once, in pieces, in messages and in files.
import { proto } from '@whiskeysockets/baileys'
import type { WASocket } from '@whiskeysockets/baileys'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { SimulatorProcess } from '../testing/simulator-process.ts'
import { StockClient } from '../testing/stock-client.ts'

const listening = { shouldSyncHistoryMessage: () => true, syncFullHistory: false }

let simulator: SimulatorProcess
let client: StockClient
let phone = ''
let phones = 0

type Told = { id: string; chat: string; fromMe: boolean; participant?: string; text: string; timestamp: number }
type Chunk = {
  syncType: string
  chunkOrder: number
  progress: number | null
  messages: Told[]
  mappings: { pnJid: string; lidJid: string }[]
}
type Past = { chunks: Chunk[]; people: { pn: string; lid: string; name: string }[] }

beforeAll(async () => {
  simulator = await SimulatorProcess.start()
})

beforeEach(() => {
  phone = `55119000005${String(++phones).padStart(2, '0')}`
  client = new StockClient(simulator, listening)
})

afterAll(() => simulator.stop())

const haveHistory = (history: Record<string, unknown> = {}) => simulator.post('/phones', { phone, keyShare: true, history })
const past = async () => (await simulator.request('GET', `/phones/${phone}/history`)).body as Past
const account = async () => (await simulator.state()).accounts.find((other) => other.phone === phone)
const notices = async () => ((await account())?.peerMessages ?? []).filter(({ kind }) => kind === 'HISTORY_SYNC_NOTIFICATION')

const everyChunkBut = async (...syncTypes: string[]) =>
  (await past()).chunks.filter(({ syncType }) => !syncTypes.includes(syncType))
const idsOf = (chunks: Chunk[]) => chunks.flatMap(({ messages }) => messages.map(({ id }) => id))
const hasAll = (ids: string[]) =>
  client.until(`${ids.length} messages`, () => ids.every((id) => client.sync.historyIds.includes(id)))
const receipted = (id: string, receiptType: string, since = 0) =>
  simulator.happens('receipt', (happening) => happening.id === id && happening.receiptType === receiptType, since)

/** Pairs the client, and returns the socket of its first login before anything has arrived on it. */
const firstLogin = async () => {
  const qr = await client.showCode()
  await simulator.post(`/phones/${phone}/scan`, { qr })
  await client.until('the restart after linking', () => client.closeCodes.at(-1) === 515)
  return client.connect()
}

/** Kills the client, and continues with its saved state in a new one. (Whatever the old object still does has no effect.) */
const nextProcess = async () => {
  const { image } = client
  await client.cut()
  await simulator.request('DELETE', '/faults')
  client = new StockClient(simulator, listening)
  client.restore(image)
}

test('a new companion receives the history in the pieces in which WhatsApp sends it', async () => {
  await haveHistory({ chats: 2, groups: 1, bootstrap: 1, recent: 4, older: 2, recentChunks: 2 })
  await client.link(phone)
  const chunks = await everyChunkBut('FULL')
  await hasAll(idsOf(chunks))
  const notified = await notices()
  expect(notified.map(({ syncType, chunkOrder, progress }) => [syncType, chunkOrder, progress])).toEqual([
    ['INITIAL_BOOTSTRAP', 1, undefined],
    ['PUSH_NAME', 1, undefined],
    ['NON_BLOCKING_DATA', 1, undefined],
    ['RECENT', 1, 50],
    ['RECENT', 2, 100],
  ])
  expect(notified[0]).toMatchObject({ file: null, downloads: 0 })
  for (const one of notified) expect(one.receipts).toEqual(['peer_msg', 'hist_sync'])
  for (const one of notified.slice(1)) expect(one.downloads).toBe(1)
})

test('the history holds every message with its writer, the LID mappings, and the names of people', async () => {
  await haveHistory({ chats: 2, groups: 2 })
  await client.link(phone)
  const chunks = await everyChunkBut('FULL')
  await hasAll(idsOf(chunks))
  const wanted = chunks
    .flatMap(({ messages }) => messages)
    .map(({ id, chat, fromMe, participant, text, timestamp }) => ({
      id,
      chat,
      fromMe,
      participant: participant ?? null,
      text,
      timestamp,
    }))
  const got = client.sync.history
    .flatMap(({ messages }) => messages)
    .map(({ key, message, messageTimestamp }) => ({
      id: key.id,
      chat: key.remoteJid,
      fromMe: key.fromMe,
      participant: key.participant ?? null,
      text: message?.conversation,
      timestamp: Number(messageTimestamp),
    }))
  expect(got).toEqual(wanted)
  const { people } = await past()
  const mapped = people.filter(({ pn, lid }) => client.keys.get(`lid-mapping|${pn.split('@')[0]}`) === `"${lid.split('@')[0]}"`)
  expect(mapped).toEqual(people)
  const names = client.sync.history.flatMap(({ contacts }) => contacts).filter(({ notify }) => notify)
  expect(names.map(({ id, notify }) => [id, notify])).toEqual(people.map(({ pn, name }) => [pn, name]))
  const [someone] = people
  const id = await client.say(someone?.pn.split('@')[0] ?? '', 'do you remember me?')
  await simulator.happens('contact-received', (happening) => happening.id === id)
})

test('the history is sent once: neither a second login nor other messages bring it again', async () => {
  await haveHistory()
  await client.link(phone)
  const ids = idsOf(await everyChunkBut('FULL'))
  await hasAll(ids)
  const notified = await notices()
  await receipted(notified.at(-1)?.id ?? '', 'hist_sync')
  await client.cut()
  await client.open()
  const since = simulator.now
  await simulator.post('/contacts', { phone: '5511800000009', name: 'Ana' })
  const [id = ''] = await simulator.send('5511800000009', phone, 'after the past')
  await receipted(id, 'delivery', since)
  expect((await notices()).map((notice) => notice.id)).toEqual(notified.map((notice) => notice.id))
  expect(client.sync.historyIds).toHaveLength(ids.length)
})

test('the full history is sent only to a client that requested it at its registration', async () => {
  client = new StockClient(simulator, { shouldSyncHistoryMessage: () => true, syncFullHistory: true })
  await haveHistory({ older: 5, fullChunks: 2 })
  await client.link(phone)
  await hasAll(idsOf(await everyChunkBut()))
  const full = (await notices()).filter(({ syncType }) => syncType === 'FULL')
  expect(full.map(({ progress }) => progress)).toEqual([50, 100])
})

test('the first notification may have its content in a file', async () => {
  await haveHistory({ inline: false })
  await client.link(phone)
  await hasAll(idsOf(await everyChunkBut('FULL')))
  expect((await notices())[0]).toMatchObject({ syncType: 'INITIAL_BOOTSTRAP', file: expect.stringMatching(/^\//), downloads: 1 })
})

test('a history can be given message by message, also to an existing phone', async () => {
  const group = '120363000000000001@g.us'
  const conversations = [
    { chat: '5511800000011', name: 'Bea', messages: [{ text: 'are you there?', from: '5511800000011', id: 'OLD-1' }] },
    {
      chat: group,
      name: 'Family',
      participants: ['5511800000011', '5511800000012'],
      messages: [
        { text: 'lunch?', from: '5511800000012', id: 'OLD-2', timestamp: 1_700_000_000 },
        { text: 'yes', from: 'me', id: 'OLD-3', timestamp: 1_700_000_060 },
      ],
    },
  ]
  await simulator.post('/phones', { phone })
  await simulator.post(`/phones/${phone}/history`, { conversations, recentChunks: 1 })
  await client.link(phone)
  await hasAll(['OLD-1', 'OLD-2', 'OLD-3'])
  const lunch = client.sync.history.flatMap(({ messages }) => messages).find(({ key }) => key.id === 'OLD-2')
  expect(lunch).toMatchObject({
    key: { remoteJid: group, fromMe: false, participant: '5511800000012@s.whatsapp.net' },
    message: { conversation: 'lunch?' },
  })
  expect(Number(lunch?.messageTimestamp)).toBe(1_700_000_000)
})

type RawMessage = { attrs: Record<string, string>; content: { content: Uint8Array }[] }

/** Resolves with the messages that arrive, in their order, when there are `count` of them. */
const incoming = (socket: WASocket, count: number): Promise<{ id: string | undefined; ciphertext: string }[]> =>
  new Promise((resolve) => {
    const seen: { id: string | undefined; ciphertext: string }[] = []
    socket.ws.on('CB:message', ({ attrs, content }: RawMessage) => {
      seen.push({ id: attrs.id, ciphertext: Buffer.from(content[0]?.content ?? []).toString('base64') })
      if (seen.length === count) resolve(seen)
    })
  })

/** Kills a client that was sent everything and has processed nothing. Returns the messages. */
const diesUnheard = async () => {
  const socket = await firstLogin()
  socket.ws.removeAllListeners('CB:message')
  const [messages] = await Promise.all([
    incoming(socket, 6),
    simulator.happens('briefed', (notified) => notified.phone === phone),
  ])
  await client.cut()
  return messages
}

test('a client that dies before its receipts receives the same stanzas again, and their files still exist', async () => {
  await haveHistory()
  const before = await diesUnheard()
  expect(await account()).toMatchObject({ offlineQueue: 6, receipted: [] })
  const again = incoming(client.connect(), 6)
  await hasAll(idsOf(await everyChunkBut('FULL')))
  expect(await again).toEqual(before)
  expect((await notices()).map(({ receipts }) => receipts.length)).toEqual([2, 2, 2, 2, 2])
})

test('a client that dies right after its receipt does not receive the notification again, and stock Baileys loses what it had not downloaded', async () => {
  await haveHistory({ recentChunks: 1 })
  await simulator.post('/faults', { kind: 'media-hang', account: phone })
  await firstLogin()
  const fetching = await simulator.happens('media-request', (happening) => happening.phone === phone)
  const notified = (await notices()).find(({ file }) => file === fetching.path)
  expect(notified).toMatchObject({ syncType: 'PUSH_NAME', receipts: ['peer_msg', 'hist_sync'] })
  await nextProcess()
  await client.open()
  await hasAll(idsOf(await everyChunkBut('FULL', 'INITIAL_BOOTSTRAP')))
  const again = (await notices()).find(({ id }) => id === notified?.id)
  expect(again).toMatchObject({ receipts: ['peer_msg', 'hist_sync'], downloads: 1 })
  expect(client.sync.history.map(({ syncType }) => syncType)).not.toContain(proto.HistorySync.HistorySyncType.PUSH_NAME)
})

test('an expired file gives 410: stock Baileys receipts the notification all the same, and goes on without the file', async () => {
  await haveHistory({ recentChunks: 2 })
  await diesUnheard()
  const expired = (await notices())[3]
  await simulator.post(`/phones/${phone}/expire-files`, { id: expired?.id })
  await client.open()
  const lost = (await past()).chunks[3]?.messages.map(({ id }) => id) ?? []
  const ids = idsOf(await everyChunkBut('FULL')).filter((id) => !lost.includes(id))
  await hasAll(ids)
  expect(client.sync.historyIds.toSorted()).toEqual(ids.toSorted())
  expect(simulator.happenings).toContainEqual(
    expect.objectContaining({ type: 'media-request', path: expired?.file, answer: 410 }),
  )
  expect((await notices())[3]).toMatchObject({ receipts: ['peer_msg', 'hist_sync'], downloads: 1 })
})

test('older messages of a chat are sent on demand', async () => {
  await haveHistory({ chats: 1, groups: 0, bootstrap: 1, recent: 2, older: 4, recentChunks: 1 })
  await client.link(phone)
  const { chunks } = await past()
  const notified = chunks.filter(({ syncType }) => syncType !== 'FULL').flatMap(({ messages }) => messages)
  await hasAll(notified.map(({ id }) => id))
  const oldest = notified.at(-1)
  const key = { remoteJid: oldest?.chat ?? '', id: oldest?.id ?? '', fromMe: oldest?.fromMe ?? false }
  const request = await client.socket?.fetchMessageHistory(3, key, (oldest?.timestamp ?? 0) * 1000)
  const older = chunks.find(({ syncType }) => syncType === 'FULL')?.messages.slice(0, 3) ?? []
  await hasAll(older.map(({ id }) => id))
  const answer = client.sync.history.at(-1)
  expect(answer).toMatchObject({ peerDataRequestSessionId: request, syncType: proto.HistorySync.HistorySyncType.ON_DEMAND })
  expect(answer?.messages.map(({ key }) => key.id)).toEqual(older.map(({ id }) => id))
})

test('no client above broke a rule', async () => {
  expect((await simulator.state()).violations).toEqual([])
})
