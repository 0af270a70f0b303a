// The app state between a phone and stock Baileys, which checks every MAC here (by default it checks none).
import { encodeSyncdPatch, getBinaryNodeChild, newLTHashState, proto } from '@whiskeysockets/baileys'
import type { BinaryNode, LTHashState } from '@whiskeysockets/baileys'
import pino from 'pino'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Happening } from '../happenings.ts'
import { SimulatorProcess } from '../testing/simulator-process.ts'
import { StockClient } from '../testing/stock-client.ts'

const ANA = '5511800000001'
const ANA_JID = `${ANA}@s.whatsapp.net`

let simulator: SimulatorProcess
let client: StockClient
let phone = ''
let phones = 0
let since = 0
/** What Baileys complains of: it goes on although a MAC is wrong. */
let warnings: string[] = []

beforeAll(async () => {
  simulator = await SimulatorProcess.start()
  await simulator.post('/contacts', { phone: ANA, name: 'Ana' })
})

beforeEach(async () => {
  phone = `55119000008${String(++phones).padStart(2, '0')}`
  since = simulator.now
  warnings = []
  const messages = [{ text: 'long ago', from: ANA, part: 'bootstrap' }]
  await simulator.post('/phones', {
    phone,
    keyShare: true,
    history: { conversations: [{ chat: ANA, messages }], recentChunks: 0 },
  })
  client = makeClient()
})

afterAll(() => simulator.stop())

const makeClient = () => {
  const write = (line: string) => void warnings.push((JSON.parse(line) as { msg: string }).msg)
  return new StockClient(simulator, {
    shouldSyncHistoryMessage: () => true,
    syncFullHistory: false,
    appStateMacVerification: { patch: true, snapshot: true },
    logger: pino({ level: 'warn' }, { write }),
  })
}

const change = (what: Record<string, unknown>) => simulator.post(`/phones/${phone}/app-state`, what)
const archive = (archived: boolean) => change({ archive: { chat: ANA, archived } })
const onPhone = async (collection: string) =>
  ((await simulator.request('GET', `/phones/${phone}/app-state`)).body.collections as Record<string, Collection>)[collection]
type Collection = { version: number; entries: { index: string[]; value: Record<string, unknown> }[] }

const stored = (collection: string): LTHashState => {
  const value = client.keys.get(`app-state-sync-version|${collection}`)
  return value === undefined ? newLTHashState() : (JSON.parse(value) as LTHashState)
}
const reaches = (collection: string, version: number) =>
  client.until(`version ${version} of ${collection}`, () => stored(collection).version === version)
const lastArchived = () =>
  client.sync.chatUpdates.findLast(({ id, archived }) => id === ANA_JID && archived !== undefined)?.archived
const isArchived = (archived: boolean) => client.until(`archived: ${archived}`, () => lastArchived() === archived)

/** Resolves when so many notices of changes, from now on, have been acknowledged. */
const acknowledged = (count = 1) => {
  let seen = 0
  const isOne = ({ tag, class: kind, attrsType, phone: of }: Happening) =>
    of === phone && tag === 'ack' && kind === 'notification' && attrsType === 'server_sync'
  return simulator.happens('frame', (frame) => isOne(frame) && ++seen === count, simulator.now)
}
const syncQueries = () =>
  simulator.happenings.slice(since).filter(({ xmlns, phone: of }) => xmlns === 'w:sync:app:state' && of === phone)
const caught = () => simulator.happens('violation', ({ kind }) => kind === 'bad-app-state', since)
const violations = () => simulator.happenings.slice(since).filter(({ type }) => type === 'violation')

/** Linked, and level with the phone in everything. */
const link = async () => {
  await client.link(phone)
  await client.until('the first sync', () => client.creds.accountSyncCounter === 1 && client.sync.history.length === 3)
}

const complaints = () => warnings.filter((warning) => /LTHash|failed to (decode|sync)/.test(warning))

const inOrder = () => {
  expect(complaints()).toEqual([])
  expect(violations()).toEqual([])
}

test('what was set before it was linked comes as snapshots, with the key that was shared', async () => {
  await change({ archive: { chat: ANA }, mute: { chat: ANA, until: 4_000_000_000_000 }, pushName: 'Boss', unarchiveChats: true })
  await change({ contact: { phone: ANA, name: 'Ana from next door' } })
  await link()
  const [chat] = client.sync.history.flatMap(({ chats }) => chats)
  expect(chat).toMatchObject({ id: ANA_JID, archived: true })
  expect(Number(chat?.muteEndTime)).toBe(4_000_000_000_000)
  expect(client.creds).toMatchObject({ me: { name: 'Boss' }, accountSettings: { unarchiveChats: true } })
  const contacts = client.sync.history.flatMap((set) => set.contacts)
  expect(contacts).toContainEqual(expect.objectContaining({ id: ANA_JID, name: 'Ana from next door' }))
  expect(stored('regular_low').version).toBe(1)
  const { keys } = (await simulator.request('GET', `/phones/${phone}/app-state`)).body as { keys: { id: string }[] }
  expect(client.creds.myAppStateKeyId).toBe(keys[0]?.id)
  inOrder()
})

test('what the phone changes is announced, fetched, and acknowledged', async () => {
  await link()
  await change({ archive: { chat: ANA }, pin: { chat: ANA }, star: { chat: ANA, id: 'SOME', fromMe: false } })
  await reaches('regular_low', 1)
  await isArchived(true)
  expect(client.sync.chatUpdates.some(({ pinned }) => pinned)).toBe(true)
  await archive(false)
  await isArchived(false)
  await change({ contact: { phone: ANA, name: 'Ana' } })
  await reaches('critical_unblock_low', 1)
  await change({ contact: { phone: ANA, name: null } })
  await reaches('critical_unblock_low', 2)
  expect(await onPhone('critical_unblock_low')).toEqual({ version: 2, entries: [] })
  expect((await simulator.state()).accounts.find((other) => other.phone === phone)?.offlineQueue).toBe(0)
  inOrder()
})

test('one notification names all that changed at once; stock Baileys fetches only the first of it', async () => {
  await link()
  const done = acknowledged()
  await change({ archive: { chat: ANA }, mute: { chat: ANA, until: 4_000_000_000_000 } })
  await done
  expect(stored('regular_high').version).toBe(1)
  expect(stored('regular_low').version).toBe(0)
  await archive(false)
  await reaches('regular_low', 2)
  inOrder()
})

test('what changes while it is away is announced when it is back, and comes in several answers', async () => {
  await link()
  await archive(true)
  await reaches('regular_low', 1)
  await client.cut()
  for (let n = 0; n < 24; n++) await archive(n % 2 === 0)
  await change({ pin: { chat: ANA } })
  const [before, announced] = [syncQueries().length, acknowledged(25)]
  await client.open()
  await reaches('regular_low', 26)
  await isArchived(false)
  await client.until('the pin', () => client.sync.chatUpdates.some(({ pinned }) => pinned))
  await announced
  // Three answers bring everything, whatever the notifications after the first still ask.
  expect(syncQueries().length - before).toBeGreaterThanOrEqual(3)
  inOrder()
})

test('a snapshot may be a little older than the patches that come with it', async () => {
  await archive(true)
  await link()
  for (const archived of [false, true, false]) await archive(archived)
  await reaches('regular_low', 4)
  const known = client.sync.chatUpdates.length
  client.keys.delete('app-state-sync-version|regular_low')
  const files = () => simulator.happenings.slice(since).filter(({ type, phone: of }) => type === 'media-request' && of === phone)
  const before = files().map(({ path }) => path)
  await client.socket?.resyncAppState(['regular_low'], false)
  await reaches('regular_low', 4)
  await client.until('the same once more', () => client.sync.chatUpdates.length > known)
  const again = files().slice(before.length)
  expect(again).toHaveLength(1)
  expect(before).toContain(again[0]?.path)
  expect(client.sync.chatUpdates.at(-1)).toMatchObject({ id: ANA_JID, archived: false })
  inOrder()
})

test('a patch may have its mutations in a file', async () => {
  await link()
  await change({ archive: { chat: ANA }, pin: { chat: ANA }, external: true })
  await isArchived(true)
  expect(simulator.happenings.slice(since)).toContainEqual(expect.objectContaining({ type: 'media-request', phone, answer: 200 }))
  expect(stored('regular_low').version).toBe(1)
  inOrder()
})

test('what the client changes is checked, kept, and told to the other companions', async () => {
  await link()
  await archive(true)
  await isArchived(true)
  const other = makeClient()
  await other.link(phone)
  await other.until('the first sync', () => other.creds.accountSyncCounter === 1)
  await client.socket?.chatModify({ pin: true }, ANA_JID)
  await simulator.happens('app-state-patch', (happening) => happening.collection === 'regular_low', since)
  await other.until('the pin', () => other.sync.chatUpdates.some(({ pinned }) => pinned))
  expect((await onPhone('regular_low'))?.entries.map(({ index }) => index[0])).toEqual(['archive', 'pin_v1'])
  // Who has changed it is not told of it.
  await archive(false)
  await isArchived(false)
  expect(stored('regular_low').version).toBe(3)
  expect(complaints()).toEqual([])
  expect(violations().map(({ kind }) => kind)).toEqual(['registered-while-linked'])
})

const upload = (base: number, patch: proto.ISyncdPatch) =>
  client.socket?.query({
    tag: 'iq',
    attrs: { to: 's.whatsapp.net', type: 'set', xmlns: 'w:sync:app:state' },
    content: [
      {
        tag: 'sync',
        attrs: {},
        content: [
          {
            tag: 'collection',
            attrs: { name: 'regular_low', version: String(base), return_snapshot: 'false' },
            content: [{ tag: 'patch', attrs: {}, content: proto.SyncdPatch.encode(patch).finish() }],
          },
        ],
      },
    ],
  })

const pinPatch = async (state: LTHashState) => {
  const create = {
    type: 'regular_low' as const,
    index: ['pin_v1', ANA_JID],
    syncAction: { timestamp: Date.now(), pinAction: { pinned: true } },
    apiVersion: 5,
    operation: proto.SyncdMutation.SyncdOperation.SET,
  }
  const keyOf = async (id: string) => (await client.store.get('app-state-sync-key', [id]))[id]
  return (await encodeSyncdPatch(create, client.creds.myAppStateKeyId ?? '', state, keyOf)).patch
}

test('a patch on a version that is no longer the newest is a conflict, and no fault', async () => {
  await link()
  const patch = await pinPatch(newLTHashState())
  await archive(true)
  await isArchived(true)
  const answer = await upload(0, patch)
  const collection = getBinaryNodeChild(getBinaryNodeChild(answer as BinaryNode, 'sync'), 'collection')
  expect(collection?.attrs).toMatchObject({ type: 'error', has_more_patches: 'true' })
  expect(getBinaryNodeChild(collection, 'error')?.attrs).toMatchObject({ code: '409' })
  expect((await onPhone('regular_low'))?.version).toBe(1)
  inOrder()
})

test('bad-app-state: a patch with wrong MACs, as of a client that lost track of the collection', async () => {
  await link()
  await archive(true)
  await isArchived(true)
  await upload(1, await pinPatch({ ...newLTHashState(), version: 1 }))
  expect(violations()).toMatchObject([
    { kind: 'bad-app-state', detail: expect.stringContaining('the MAC of the snapshot is wrong') },
  ])
  expect((await onPhone('regular_low'))?.version).toBe(1)
})

test('bad-app-state: a client that claims a version that does not exist yet', async () => {
  await link()
  client.keys.set('app-state-sync-version|regular', JSON.stringify({ ...newLTHashState(), version: 7 }))
  await client.socket?.resyncAppState(['regular'], false)
  expect((await caught()).detail).toContain('claims version 7 of regular, which is at 0')
})

test('a new key is shared, and what the phone changes from then on is under it', async () => {
  await link()
  await archive(true)
  await isArchived(true)
  const { keyId } = await simulator.post(`/phones/${phone}/app-state/rotate-key`)
  await client.until('the new key', () => client.creds.myAppStateKeyId === keyId)
  await archive(false)
  await isArchived(false)
  await client.socket?.chatModify({ pin: true }, ANA_JID)
  expect((await onPhone('regular_low'))?.entries).toHaveLength(2)
  inOrder()
})

test('a new key that is shared while it is away waits for it, with what is under it', async () => {
  await link()
  await client.cut()
  const { keyId } = await simulator.post(`/phones/${phone}/app-state/rotate-key`)
  await archive(true)
  await client.open()
  await client.until('the new key', () => client.creds.myAppStateKeyId === keyId)
  await isArchived(true)
  inOrder()
})

test('what is under a key that was not shared yet waits in the client until it is', async () => {
  await link()
  const { keyId } = await simulator.post(`/phones/${phone}/app-state/rotate-key`, { share: false })
  const done = acknowledged()
  await archive(true)
  await done
  expect(warnings.some((warning) => warning.includes('blocked on missing key'))).toBe(true)
  expect(stored('regular_low').version).toBe(0)
  await simulator.post(`/phones/${phone}/app-state/share-keys`)
  await isArchived(true)
  expect(client.creds.myAppStateKeyId).toBe(keyId)
  expect(violations()).toEqual([])
})

test('a client may ask for keys, and gets those that the phone has', async () => {
  await link()
  const { keyId } = await simulator.post(`/phones/${phone}/app-state/rotate-key`, { share: false })
  const { Type } = proto.Message.ProtocolMessage
  const keyIds = [{ keyId: Buffer.from(String(keyId), 'base64') }, { keyId: Buffer.from('nobody') }]
  await client.socket?.relayMessage(
    `${phone}@s.whatsapp.net`,
    { protocolMessage: { type: Type.APP_STATE_SYNC_KEY_REQUEST, appStateSyncKeyRequest: { keyIds } } },
    { additionalAttributes: { category: 'peer', push_priority: 'high_force' } },
  )
  await simulator.happens('app-state-key-request', ({ asked, known }) => asked === 2 && known === 1, since)
  await client.until('the key', () => client.creds.myAppStateKeyId === keyId)
  inOrder()
})

test('a file of the app state that cannot be fetched: stock Baileys acknowledges the notification, and has not changed', async () => {
  await link()
  await archive(true)
  await isArchived(true)
  // The patch, and the snapshot that it asks for instead.
  await simulator.post('/faults', { kind: 'media-status', account: phone, count: 2 })
  const done = acknowledged()
  await change({ pin: { chat: ANA }, external: true })
  await done
  expect(stored('regular_low').version).toBe(1)
  await archive(false)
  await reaches('regular_low', 3)
  expect(violations()).toEqual([])
})

test('a client that dies before it acknowledges a notification gets it again', async () => {
  await link()
  client.socket?.ws.removeAllListeners('CB:notification')
  const heard = new Promise((resolve) => client.socket?.ws.on('CB:notification', resolve))
  await archive(true)
  await heard
  await client.cut()
  const done = acknowledged()
  await client.open()
  await isArchived(true)
  await done
  inOrder()
})
