import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readDevice } from '../../whatsapp/baileys/moving/device-state.ts'
import { accountOf, movedImage } from '../../whatsapp/baileys/moving/moved-image.ts'
import { readSource } from './open-source.ts'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-whatsmeow-'))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

const FIXTURE = new URL('../../whatsapp/baileys/moving/signal-records.fixture.json', import.meta.url)

interface Fixture {
  readonly account: { readonly identityKey: string; readonly signedPreKey: string; readonly signedPreKeySignature: string }
  readonly contacts: readonly { readonly stored: string }[]
}

const PHONE = '5511900000001'
const JID = `${PHONE}:7@s.whatsapp.net`
const key = (byte: number, length = 32): Buffer => Buffer.alloc(length, byte)

/** A device with one of everything, as the tables of whatsmeow have it. */
async function tables(): Promise<Record<string, Record<string, string | number | Uint8Array>[]>> {
  const { account, contacts } = JSON.parse(await readFile(FIXTURE, 'utf8')) as Fixture
  const session = Buffer.from(contacts[0]?.stored ?? '', 'base64')
  const device = {
    jid: JID,
    lid: '777000000000001:7@lid',
    registration_id: 4711,
    noise_key: key(11),
    identity_key: Buffer.from(account.identityKey, 'base64'),
    signed_pre_key: Buffer.from(account.signedPreKey, 'base64'),
    signed_pre_key_id: 1,
    signed_pre_key_sig: Buffer.from(account.signedPreKeySignature, 'base64'),
    adv_key: key(1),
    adv_details: key(2, 20),
    adv_account_sig: key(3, 64),
    adv_account_sig_key: key(4),
    adv_device_sig: key(5, 64),
    platform: 'android',
    push_name: 'Shop',
  }
  // A protobuf: field 1 is 1.
  const fingerprint = Buffer.from([8, 1])
  const mine = { our_jid: JID }
  return {
    whatsmeow_device: [device],
    whatsmeow_identity_keys: [{ ...mine, their_id: '777000000000009_1:0', identity: key(6) }],
    whatsmeow_pre_keys: [1, 2].map((key_id) => ({ jid: JID, key_id, key: key(key_id), uploaded: key_id === 1 ? 1 : 0 })),
    whatsmeow_sessions: [
      { ...mine, their_id: '777000000000009_1:0', session },
      { ...mine, their_id: '5511900000008:2', session: session.subarray(0, 100) },
    ],
    whatsmeow_sender_keys: [],
    whatsmeow_app_state_sync_keys: [{ jid: JID, key_id: key(8, 6), key_data: key(9), timestamp: 1, fingerprint }],
    whatsmeow_privacy_tokens: [{ ...mine, their_jid: '777000000000009@lid', token: key(7, 16), timestamp: 1 }],
    whatsmeow_lid_map: [{ lid: '777000000000009', pn: '5511900000009' }],
  }
}

type Tables = Awaited<ReturnType<typeof tables>>

const COLUMNS: Record<string, string> = { whatsmeow_sender_keys: 'our_jid, chat_id, sender_id, sender_key' }

function sqliteFile(name: string, content: Tables): string {
  const path = join(folder, name)
  using database = new DatabaseSync(path)
  for (const [table, rows] of Object.entries(content)) {
    database.exec(`CREATE TABLE ${table} (${COLUMNS[table] ?? Object.keys(rows[0] ?? {}).join(', ')})`)
    for (const row of rows) {
      const insert = database.prepare(
        `INSERT INTO ${table} VALUES (${Object.keys(row)
          .map(() => '?')
          .join(', ')})`,
      )
      insert.run(...Object.values(row))
    }
  }
  return path
}

async function dump(name: string, content: Tables): Promise<string> {
  const value = (one: string | number | Uint8Array) =>
    one instanceof Uint8Array ? String.raw`\\x${Buffer.from(one).toString('hex')}` : String(one)
  const texts = Object.entries(content).map(([table, rows]) => {
    const columns = COLUMNS[table] ?? Object.keys(rows[0] ?? {}).join(', ')
    const lines = rows.map((row) => Object.values(row).map(value).join('\t'))
    return [`COPY public.${table} (${columns}) FROM stdin;`, ...lines, String.raw`\.`, ''].join('\n')
  })
  await writeFile(join(folder, name), texts.join('\n'))
  return join(folder, name)
}

test('a store of whatsmeow becomes a device with all its keys, from the SQLite file and from a dump alike', async () => {
  const content = await tables()
  const device = readDevice(await readSource(sqliteFile('store.db', content), null))
  expect(device.unreadable.map(({ name }) => name)).toEqual(['session-55…08.2'])
  expect(device.ignored).toEqual([])
  expect(accountOf(device)).toEqual({ id: `${PHONE}@s.whatsapp.net`, lid: '777000000000001@lid' })
  expect(device.creds).toMatchObject({
    noiseKey: { private: key(11) },
    registrationId: 4711,
    advSecretKey: key(1).toString('base64'),
    nextPreKeyId: 3,
    firstUnuploadedPreKeyId: 2,
    myAppStateKeyId: key(8, 6).toString('base64'),
  })
  const image = movedImage(device)
  expect(image.counts()).toMatchObject({
    session: 1,
    'pre-key': 2,
    'identity-key': 1,
    'app-state-sync-key': 1,
    tctoken: 1,
    'lid-mapping': 2,
  })
  const dumped = readDevice(await readSource(await dump('dump.sql', content), PHONE))
  expect(dumped.creds.noiseKey).toEqual(device.creds.noiseKey)
  expect([...dumped.keys].map(([kind, values]) => [kind, values.size])).toEqual(
    [...device.keys].map(([kind, values]) => [kind, values.size]),
  )
})

test('of a store with several devices one is named, by its JID or number', async () => {
  const content = await tables()
  const [device = {}] = content['whatsmeow_device'] ?? []
  const other = { ...device, jid: '5511900000002:1@s.whatsapp.net' }
  const path = sqliteFile('several.db', { ...content, whatsmeow_device: [device, other] })
  await expect(readSource(path, null)).rejects.toThrow('several sessions')
  await expect(readSource(path, '5511900000003')).rejects.toThrow('no rows of the session')
  for (const named of [PHONE, JID])
    expect(accountOf(readDevice(await readSource(path, named))).id).toBe(`${PHONE}@s.whatsapp.net`)
  const second = readDevice(await readSource(path, '5511900000002'))
  expect(second.keys.get('pre-key')).toBeUndefined()
})
