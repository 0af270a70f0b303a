// Tests the app state between a phone and stock Baileys: the changes of either side, and how they reach the other.
import { encodeSyncdPatch, getBinaryNodeChild, newLTHashState, proto } from '@whiskeysockets/baileys'
import type { BinaryNode, LTHashState } from '@whiskeysockets/baileys'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { ANA, ANA_JID, PhoneAndClient } from '../testing/phone-and-client.ts'
import { SimulatorProcess } from '../testing/simulator-process.ts'
import type { StockClient } from '../testing/stock-client.ts'

let simulator: SimulatorProcess
let pair: PhoneAndClient
let client: StockClient
let phone = ''
let since = 0
let phones = 0

beforeAll(async () => {
  simulator = await SimulatorProcess.start()
})

beforeEach(async () => {
  phone = `55119000008${String(++phones).padStart(2, '0')}`
  pair = await PhoneAndClient.make(simulator, phone)
  ;({ client, since } = pair)
})

afterAll(() => simulator.stop())

const inOrder = async () => {
  expect(pair.complaints()).toEqual([])
  expect(await pair.violations()).toEqual([])
}

const caught = () =>
  simulator.happens('violation', ({ kind, detail }) => kind === 'bad-app-state' && String(detail).includes(phone), since)
const fileRequest = (from: number) => simulator.happens('media-request', (happening) => happening.phone === phone, from)

/** Counts the answers about collections that the client receives. */
const answers = () => {
  const counted = { count: 0 }
  client.socket?.ws.on('frame', (node: BinaryNode) => {
    if (node.tag === 'iq' && getBinaryNodeChild(node, 'sync')) counted.count++
  })
  return counted
}

test('settings from before the pairing arrive as snapshots, under the shared key', async () => {
  await pair.change({
    archive: { chat: ANA },
    mute: { chat: ANA, until: 4_000_000_000_000 },
    pushName: 'Boss',
    unarchiveChats: true,
  })
  await pair.change({ contact: { phone: ANA, name: 'Ana from next door' } })
  await pair.link()
  // Updates of chats are not checked: stock Baileys keeps those back that overtake the chat's history in a first sync.
  expect(client.creds).toMatchObject({ me: { name: 'Boss' }, accountSettings: { unarchiveChats: true } })
  await pair.nudge()
  const contacts = client.sync.history.flatMap((set) => set.contacts)
  expect([...contacts, ...client.sync.contacts]).toContainEqual(
    expect.objectContaining({ id: ANA_JID, name: 'Ana from next door' }),
  )
  expect([pair.version('regular_low'), pair.version('regular_high')]).toEqual([1, 1])
  const { keys } = (await simulator.request('GET', `/phones/${phone}/app-state`)).body as { keys: { id: string }[] }
  expect(client.creds.myAppStateKeyId).toBe(keys[0]?.id)
  await inOrder()
})

test('a change of the phone is announced, fetched, and acknowledged', async () => {
  await pair.link()
  await pair.change({ archive: { chat: ANA }, pin: { chat: ANA }, star: { chat: ANA, id: 'SOME', fromMe: false } })
  await pair.reaches('regular_low', 1)
  await pair.isArchived(true)
  expect(client.sync.chatUpdates.some(({ pinned }) => pinned)).toBe(true)
  await pair.archive(false)
  await pair.isArchived(false)
  await pair.change({ contact: { phone: ANA, name: 'Ana' } })
  await pair.reaches('critical_unblock_low', 1)
  await pair.change({ contact: { phone: ANA, name: null } })
  await pair.reaches('critical_unblock_low', 2)
  expect(await pair.collection('critical_unblock_low')).toEqual({ version: 2, entries: [] })
  await pair.acknowledged(4)
  expect((await simulator.state()).accounts.find((other) => other.phone === phone)?.offlineQueue).toBe(0)
  await inOrder()
})

test('one notification names all changed collections, of which stock Baileys fetches only the first', async () => {
  await pair.link()
  await pair.change({ archive: { chat: ANA }, mute: { chat: ANA, until: 4_000_000_000_000 } })
  await pair.acknowledged(1)
  expect(pair.version('regular_high')).toBe(1)
  expect(pair.version('regular_low')).toBe(0)
  await pair.archive(false)
  await pair.reaches('regular_low', 2)
  await inOrder()
})

test('changes are announced to a client that was away when it is back', async () => {
  await pair.link()
  await pair.archive(true)
  await pair.acknowledged(1)
  await client.cut()
  await pair.archive(false)
  await pair.change({ pin: { chat: ANA } })
  expect((await simulator.state()).accounts.find((other) => other.phone === phone)?.offlineQueue).toBe(2)
  await client.open()
  await pair.reaches('regular_low', 3)
  await pair.nudge()
  await pair.isArchived(false)
  await client.until('the pin', () => client.sync.chatUpdates.some(({ pinned }) => pinned))
  await pair.acknowledged(3)
  await inOrder()
})

test('a large sync takes several answers', async () => {
  await pair.link()
  await pair.archive(true)
  await pair.isArchived(true)
  client.socket?.ws.removeAllListeners('CB:notification')
  for (let n = 0; n < 24; n++) await pair.archive(n % 2 === 0)
  const counted = answers()
  await client.socket?.resyncAppState(['regular_low'], false)
  expect(pair.version('regular_low')).toBe(25)
  await pair.nudge()
  await pair.isArchived(false)
  expect(counted.count).toBe(3)
  await inOrder()
})

const rename = (name: string) => pair.change({ contact: { phone: ANA, name } })
const isCalled = (name: string, one = client) =>
  one.until(`Ana as ${name}`, () => one.sync.contacts.findLast(({ id }) => id === ANA_JID)?.name === name)

test('a snapshot may be a little older than its patches', async () => {
  await rename('first')
  await pair.link()
  for (const name of ['second', 'third', 'fourth']) await rename(name)
  await isCalled('fourth')
  await pair.acknowledged(3)
  client.sync.contacts.length = 0
  client.keys.delete('app-state-sync-version|critical_unblock_low')
  const [snapshot, again] = [fileRequest(since), fileRequest(simulator.now)]
  await client.socket?.resyncAppState(['critical_unblock_low'], false)
  expect(pair.version('critical_unblock_low')).toBe(4)
  await pair.nudge()
  await isCalled('fourth')
  expect(await again).toMatchObject({ path: (await snapshot).path })
  await inOrder()
})

test('a patch may have its mutations in a file', async () => {
  await pair.link()
  await pair.archive(true)
  await pair.acknowledged(1)
  const file = fileRequest(simulator.now)
  await pair.change({ archive: { chat: ANA, archived: false }, pin: { chat: ANA }, external: true })
  await pair.isArchived(false)
  expect(await file).toMatchObject({ answer: 200 })
  expect(pair.version('regular_low')).toBe(2)
  await inOrder()
})

test('a change of the client is checked, kept, and announced to the other companions', async () => {
  await pair.link()
  const other = pair.makeClient()
  await other.link(phone)
  await other.until('the first sync', () => other.creds.accountSyncCounter === 1 && other.sync.history.length === 3)
  await client.socket?.addOrEditContact(ANA_JID, { fullName: 'as on the desk' })
  await simulator.happens('app-state-patch', (happening) => happening.collection === 'critical_unblock_low', since)
  await isCalled('as on the desk', other)
  expect((await pair.collection('critical_unblock_low'))?.entries).toMatchObject([
    { index: ['contact', ANA_JID], value: { contactAction: { fullName: 'as on the desk' } } },
  ])
  // The server does not announce a change to the client that made it.
  const announced: string[] = []
  client.socket?.ws.on('CB:notification,type:server_sync', ({ content }: { content: BinaryNode[] }) =>
    announced.push(content[0]?.attrs.version ?? ''),
  )
  await client.socket?.addOrEditContact(ANA_JID, { fullName: 'as on the desk again' })
  await rename('as on the phone')
  await isCalled('as on the phone')
  expect(announced).toEqual(['3'])
  expect(pair.complaints()).toEqual([])
  expect(await pair.violations()).toEqual(['registered-while-linked'])
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

test('a patch on an outdated version is a conflict, and no violation', async () => {
  await pair.link()
  const patch = await pinPatch(newLTHashState())
  await pair.archive(true)
  await pair.isArchived(true)
  const answer = await upload(0, patch)
  const collection = getBinaryNodeChild(getBinaryNodeChild(answer as BinaryNode, 'sync'), 'collection')
  expect(collection?.attrs).toMatchObject({ type: 'error', has_more_patches: 'true' })
  expect(getBinaryNodeChild(collection, 'error')?.attrs).toMatchObject({ code: '409' })
  expect((await pair.collection('regular_low'))?.version).toBe(1)
  await inOrder()
})

test('bad-app-state: a patch with wrong MACs, as from a client that lost track of the collection', async () => {
  await pair.link()
  await pair.archive(true)
  await pair.isArchived(true)
  await upload(1, await pinPatch({ ...newLTHashState(), version: 1 }))
  expect((await caught()).detail).toContain('the MAC of the snapshot is wrong')
  expect((await pair.collection('regular_low'))?.version).toBe(1)
})

test('bad-app-state: a client that claims a version that does not exist yet', async () => {
  await pair.link()
  client.keys.set('app-state-sync-version|regular', JSON.stringify({ ...newLTHashState(), version: 7 }))
  await client.socket?.resyncAppState(['regular'], false)
  expect((await caught()).detail).toContain('claims version 7 of regular, which is at 0')
})

test('a file of the app state that fails to download: stock Baileys acknowledges the notification without the change', async () => {
  await pair.link()
  await pair.archive(true)
  await pair.isArchived(true)
  // Both downloads fail: the patch, and the snapshot that the client requests instead.
  await simulator.post('/faults', { kind: 'media-status', account: phone, count: 2 })
  await pair.change({ pin: { chat: ANA }, external: true })
  await pair.acknowledged(2)
  expect(pair.version('regular_low')).toBe(1)
  await pair.archive(false)
  await pair.reaches('regular_low', 3)
  expect(await pair.violations()).toEqual([])
})

test('a client that dies before it acknowledges a notification receives it again', async () => {
  await pair.link()
  client.socket?.ws.removeAllListeners('CB:notification')
  const heard = new Promise((resolve) => client.socket?.ws.on('CB:notification', resolve))
  await pair.archive(true)
  await heard
  await client.cut()
  await client.open()
  await pair.acknowledged(1)
  await pair.nudge()
  await pair.isArchived(true)
  await inOrder()
})
