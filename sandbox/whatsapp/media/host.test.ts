// Tests the media host with the simulator's clients, and each of its faults.
import { createHash } from 'node:crypto'
import { downloadContentFromMessage, proto } from '@whiskeysockets/baileys'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { SimulatorProcess } from '../testing/simulator-process.ts'
import { StockClient } from '../testing/stock-client.ts'
import { sealMedia } from './encryption.ts'
import { redirectMedia } from './redirect.ts'

const { PUSH_NAME, RECENT } = proto.HistorySync.HistorySyncType

let simulator: SimulatorProcess
let client: StockClient
let phone = ''
let phones = 0

beforeAll(async () => {
  simulator = await SimulatorProcess.start()
})

beforeEach(async () => {
  phone = `55119000007${String(++phones).padStart(2, '0')}`
  client = new StockClient(simulator, { shouldSyncHistoryMessage: () => true, syncFullHistory: false })
  await simulator.post('/phones', { phone, history: { chats: 1, groups: 0, recent: 40, recentChunks: 1 } })
})

afterEach(() => simulator.request('DELETE', '/faults'))

afterAll(() => simulator.stop())

const fault = (order: Record<string, unknown>) => simulator.post('/faults', { account: phone, ...order })
const download = (nth = 1) => {
  let seen = 0
  return simulator.happens('media-request', (happening) => happening.phone === phone && ++seen === nth)
}
const notices = async () => (await simulator.state()).accounts.find((other) => other.phone === phone)?.peerMessages ?? []
const hasHistory = (syncType: proto.HistorySync.HistorySyncType) =>
  client.until(`history of type ${syncType}`, () => client.sync.history.some((set) => set.syncType === syncType))

test('Baileys opens a file that was sealed for history or app state with its key, and for no other purpose', async () => {
  const plain = Buffer.from('the past '.repeat(1000))
  const read = async (kind: 'history' | 'app-state', as: 'md-msg-hist' | 'md-app-state') => {
    const { bytes, ...sealed } = sealMedia(plain, kind)
    expect(sealed.fileEncSha256).toEqual(createHash('sha256').update(bytes).digest())
    expect(sealed.fileSha256).toEqual(createHash('sha256').update(plain).digest())
    const url = `data:application/octet-stream;base64,${bytes.toString('base64')}`
    const chunks: Buffer[] = []
    for await (const chunk of await downloadContentFromMessage({ mediaKey: sealed.mediaKey, url }, as)) chunks.push(chunk)
    return Buffer.concat(chunks)
  }
  expect(await read('history', 'md-msg-hist')).toEqual(plain)
  expect(await read('app-state', 'md-app-state')).toEqual(plain)
  // Decryption with the wrong key may succeed by chance, when its result looks padded.
  expect(await read('app-state', 'md-msg-hist').catch(() => null)).not.toEqual(plain)
})

test('only requests to the media host are redirected to the simulator', async () => {
  redirectMedia(simulator.media)
  expect((await fetch('https://mmg.whatsapp.net/v/nothing.enc?ccb=1')).status).toBe(404)
  expect((await fetch(new URL('https://mmg.whatsapp.net/v/nothing.enc'))).status).toBe(404)
  expect((await fetch(new Request('https://mmg.whatsapp.net/v/nothing.enc'))).status).toBe(404)
  expect(await (await fetch('data:text/plain,elsewhere')).text()).toBe('elsewhere')
})

test.each([404, 410, 503])('media-status answers with %i for the given number of requests', async (code) => {
  await fault({ kind: 'media-status', code, count: 1 })
  await client.link(phone)
  expect(await download()).toMatchObject({ answer: code })
  await hasHistory(RECENT)
  expect(client.sync.history.map(({ syncType }) => syncType)).not.toContain(PUSH_NAME)
})

test('media-hang answers when the fault ends', async () => {
  await fault({ kind: 'media-hang' })
  await client.link(phone)
  expect(await download()).toMatchObject({ answer: 'hanging' })
  await simulator.request('DELETE', '/faults')
  await hasHistory(RECENT)
  expect(client.sync.history.map(({ syncType }) => syncType)).toContain(PUSH_NAME)
})

test('media-slow delays the file, and delivers it complete', async () => {
  await fault({ kind: 'media-slow', ms: 300 })
  await client.link(phone)
  const { path, answer } = await download()
  expect(answer).toBe('media-slow')
  await hasHistory(RECENT)
  expect(client.sync.history.map(({ syncType }) => syncType)).toContain(PUSH_NAME)
  const started = Date.now()
  const slowly = await (await fetch(`${simulator.media}${String(path)}`)).arrayBuffer()
  expect(Date.now() - started).toBeGreaterThan(250)
  await simulator.request('DELETE', '/faults')
  expect(await (await fetch(`${simulator.media}${String(path)}`)).arrayBuffer()).toEqual(slowly)
})

test('media-corrupt changes a bit: stock Baileys checks no MAC, and fails on the decrypted content', async () => {
  await fault({ kind: 'media-corrupt', count: 1 })
  await client.link(phone)
  const { path } = await download()
  await hasHistory(RECENT)
  expect(client.sync.history.map(({ syncType }) => syncType)).not.toContain(PUSH_NAME)
  const notice = (await notices()).find(({ file }) => file === path)
  expect(notice).toMatchObject({ syncType: 'PUSH_NAME', receipts: ['peer_msg', 'hist_sync'] })
})

/** Resolves with the next uncaught exception, which then does not end the process. */
const uncaught = (): Promise<Error> => {
  const others = process.listeners('uncaughtException')
  process.removeAllListeners('uncaughtException')
  return new Promise((resolve) => {
    process.once('uncaughtException', (error) => {
      for (const listener of others) process.on('uncaughtException', listener)
      resolve(error)
    })
  })
}

test('media-cut breaks off a download: stock Baileys does not catch the error, which ends the process', async () => {
  await fault({ kind: 'media-cut', count: 1 })
  const died = uncaught()
  await client.link(phone)
  expect(await download()).toMatchObject({ answer: 'media-cut' })
  expect(await died).toMatchObject({ name: 'TypeError', message: 'terminated' })
})
