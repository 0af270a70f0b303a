// Tests linking by a code: with a stock client, and with clients that break its rules.
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BinaryNode } from '@whiskeysockets/baileys'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SimulatorProcess } from './testing/simulator-process.ts'
import { StockClient } from './testing/stock-client.ts'

const PHONE = '5511900000031'
const OTHER = '5511900000032'

let simulator: SimulatorProcess
let client: StockClient
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-code-pairing-'))
  await setClock(0)
  simulator = await SimulatorProcess.start({ clockFile: clockFile() })
  client = new StockClient(simulator)
  for (const phone of [PHONE, OTHER]) await simulator.post('/phones', { phone })
})

afterAll(async () => {
  await simulator.stop()
  await rm(folder, { recursive: true })
})

const clockFile = () => join(folder, 'clock')
const setClock = (aheadMs: number) => writeFile(clockFile(), String(aheadMs))

const enter = (code: string, phone = PHONE) => simulator.request('POST', `/phones/${phone}/link-code`, { code })

/** Resolves with the code once the server knows of it. */
async function code(phone = PHONE): Promise<string> {
  const asked = simulator.happens('link-code-asked', (happening) => happening.phone === phone, simulator.now)
  const shown = await client.socket?.requestPairingCode(phone)
  await asked
  return shown ?? ''
}

test('a code that is typed in wrong links nothing and cannot be tried again', async () => {
  await client.showCode()
  expect(await enter('ABCDEFGH')).toMatchObject({ status: 404 })
  const shown = await code()
  expect(await enter(shown, OTHER)).toMatchObject({ status: 404 })
  const wrong = `${shown.startsWith('A') ? 'B' : 'A'}${shown.slice(1)}`
  expect(await enter(wrong)).toMatchObject({ status: 409, body: { error: expect.stringContaining('the code is wrong') } })
  expect(await enter(shown)).toMatchObject({ status: 404 })
  expect((await simulator.state()).accounts.find(({ phone }) => phone === PHONE)).toMatchObject({ registrations: 0 })
})

test('a code that is too old links nothing', async () => {
  const shown = await code()
  await setClock(181_000)
  await simulator.readClock()
  expect(await enter(shown)).toMatchObject({ status: 409, body: { error: expect.stringContaining('too old') } })
  expect((await simulator.state()).accounts.find(({ phone }) => phone === PHONE)).toMatchObject({ registrations: 0 })
})

test('a number without WhatsApp gets no code, which is no fault of the client', async () => {
  const refused = new Promise((resolve) => client.socket?.ws.once('CB:iq,type:error', resolve))
  await client.socket?.requestPairingCode('5511900000033')
  await refused
  expect(await simulator.violationKinds()).toEqual([])
})

test('the newest code links a stock client', async () => {
  await code()
  const shown = await code()
  const closes = client.closeCodes.length
  expect(await enter(`${shown.slice(0, 4)}-${shown.slice(4).toLowerCase()}`)).toMatchObject({ status: 200 })
  await client.until('the restart after linking', () => client.closeCodes.length > closes)
  expect(client.closeCodes.at(-1)).toBe(515)
  await client.open()
  expect((await simulator.state()).accounts.find(({ phone }) => phone === PHONE)).toMatchObject({ registrations: 1, logins: 1 })
  expect(await simulator.violationKinds()).toEqual([])
})

test('a client that asks with another key, or finishes what was not begun, is refused', async () => {
  const stranger = new StockClient(simulator)
  await stranger.showCode()
  const bytes = (tag: string, content: Uint8Array): BinaryNode => ({ tag, attrs: {}, content })
  const ask = (stage: string, content: BinaryNode[]) =>
    stranger.socket?.query({
      tag: 'iq',
      attrs: { to: 's.whatsapp.net', type: 'set', xmlns: 'md' },
      content: [{ tag: 'link_code_companion_reg', attrs: { jid: `${OTHER}@s.whatsapp.net`, stage }, content }],
    })
  const wrapped = bytes('link_code_pairing_wrapped_companion_ephemeral_pub', randomBytes(80))
  const foreign = bytes('companion_server_auth_key_pub', randomBytes(32))
  await expect(ask('companion_hello', [wrapped, foreign])).rejects.toThrow('bad-request')
  await expect(ask('companion_finish', [bytes('link_code_pairing_ref', randomBytes(32))])).rejects.toThrow('bad-request')
  expect(await simulator.violationKinds()).toEqual(['bad-content', 'bad-content'])
  await stranger.socket?.end(undefined)
})
