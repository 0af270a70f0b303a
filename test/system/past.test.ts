import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { StateImage } from '@holdfast/core/journal/state-image'
import { receivedMediaPath } from '@holdfast/core/message/received-media-document'
import { IDENTITY_KINDS, type StateKind } from '@holdfast/core/journal/state-kinds'
import { storedState, undescribed } from '../support/stored-state.ts'
import { Chat, EngineWorld, eventually } from '../support/engine-world.ts'
import {
  byId,
  info,
  mappings,
  PAST,
  pastOf,
  peerMessages,
  phoneChanges,
  record,
  untilPastIsStored,
  untilSynced,
} from './phone-past.ts'

// Each of these tests takes many steps in many processes.
vi.setConfig({ testTimeout: 180_000 })

let world: EngineWorld

beforeAll(async () => {
  world = await EngineWorld.start({ runnerEnv: { SYNC_FULL_HISTORY: 'true' } })
})

afterAll(async () => {
  const { violations } = await world.simulator.state()
  await world[Symbol.asyncDispose]()
  expect(violations).toEqual([])
})

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

const chatIdOf = (jid: string): string => jid.replace('@s.whatsapp.net', '@c.us')

describe('the history of the phone', () => {
  test.concurrent("is stored when the device is linked: every message once, under the chats' ids", async () => {
    const chat = await world.linked('history', { phone: { history: PAST } })
    const listed = await untilPastIsStored(world, chat)
    const past = await pastOf(world, chat)
    const wanted = past.map(({ id, chat: jid, fromMe, participant, text }) => ({
      id,
      chatId: chatIdOf(jid),
      fromMe,
      body: text,
      fromHistory: true,
      ...(participant ? { from: chatIdOf(participant) } : {}),
    }))
    expect(listed.toSorted(byId)).toMatchObject(wanted)
    await eventually(async () => {
      const notified = (await peerMessages(world, chat)).filter(({ kind }) => kind === 'HISTORY_SYNC_NOTIFICATION')
      expect(notified.map(({ receipts }) => receipts.toSorted())).toEqual(notified.map(() => ['hist_sync', 'peer_msg']))
    })
    // The runner keeps the LID mappings, the contacts' names, and the tokens that allow it to write to the contacts.
    expect(await record(world, chat, 'lid-mapping')).toBeGreaterThan(2 * PAST.chats)
    expect(await record(world, chat, 'contact')).toBeGreaterThanOrEqual(PAST.chats)
    expect(await record(world, chat, 'tctoken')).toBeGreaterThan(PAST.chats)
    const known = past.find(({ chat: jid }) => jid.endsWith('@s.whatsapp.net'))?.chat.split('@')[0] ?? ''
    await chat.untilStatus(await chat.send('do you remember?', known), 'delivered')
  })

  test.concurrent('has files, which are fetched when somebody asks for one, if need be from the phone', async () => {
    const chat = new Chat(world, 'history-files')
    const person = `88${chat.phone.slice(-8)}900`
    const files = { 'at hand': randomBytes(90_000), ended: randomBytes(50_000), lost: randomBytes(1000) }
    const messages = Object.entries(files).map(([text, bytes]) => ({
      id: `FILE${randomBytes(6).toString('hex')}`,
      text,
      from: person,
      file: { kind: 'image', mimetype: 'image/jpeg', data: bytes.toString('base64') },
    }))
    const past = { chat: person, unread: 2, archived: true, pinned: true, messages }
    await world.linked(chat.name, { as: chat, phone: { history: { conversations: [past] } } })
    await untilPastIsStored(world, chat)
    const chats = await (await world.sandbox.api(`/api/${chat.name}/chats`)).json()
    expect(chats).toMatchObject([{ id: `${person}@c.us`, unreadCount: 2, archived: true, pinned: true }])
    const collection = receivedMediaPath(chat.sessionId)
    expect(await world.google.documents.query({ collection })).toEqual([])
    const expire = (id: string | undefined, phoneKeeps: boolean) =>
      world.post(`/contacts/${person}/expire-media`, { to: chat.phone, id, phoneKeeps })
    await expire(messages[1]?.id, true)
    await expire(messages[2]?.id, false)
    const list = await world.sandbox.api(`/api/${chat.name}/chats/${person}@c.us/messages?limit=10`)
    const shown = (await list.json()) as { body: string; media: { url: string } }[]
    const pathOf = (text: string) => new URL(shown.find(({ body }) => body === text)?.media.url ?? '').pathname
    // On a busy machine the first answer may be to ask again later.
    const get = (text: string) =>
      eventually(async () => {
        const answer = await world.sandbox.api(pathOf(text))
        expect(answer.status).not.toBe(503)
        return answer
      }, 90_000)
    const [atHand, again, ended, lost] = await Promise.all([get('at hand'), get('at hand'), get('ended'), get('lost')])
    const had = [atHand, again, ended].map(async (one) => [one.status, sha256(Buffer.from(await one.arrayBuffer()))])
    const wanted = [files['at hand'], files['at hand'], files.ended].map((bytes) => [200, sha256(bytes)])
    expect(await Promise.all(had)).toEqual(wanted)
    expect([lost.status, await lost.json()]).toMatchObject([404, { code: 'file-gone' }])
    const states = (await world.google.documents.query({ collection })).map(({ fields }) => String(fields['state']))
    expect(states.sort()).toEqual(['gone', 'stored', 'stored'])
  })

  test.concurrent('does not delay live messages', async () => {
    const chat = new Chat(world, 'history-slow')
    await world.post('/phones', { phone: chat.phone, history: PAST })
    await chat.fault('media-slow', { ms: 8000, count: 1 })
    await world.linked('history-slow', { as: chat })
    const live = await chat.receive('in between')
    await eventually(async () => expect((await world.api.storedMessages(chat.name)).map(({ id }) => id)).toContain(live))
    expect((await world.api.storedMessages(chat.name)).length).toBeLessThan((await pastOf(world, chat)).length)
    await untilPastIsStored(world, chat, [live])
  })

  test.concurrent('is fetched again when a download fails, breaks off or arrives damaged', async () => {
    const chat = new Chat(world, 'history-faults')
    await world.post('/phones', { phone: chat.phone, history: { ...PAST, inline: false } })
    for (const [kind, more] of [
      ['media-status', { code: 503 }],
      ['media-cut', {}],
      ['media-corrupt', {}],
    ] as const) {
      await chat.fault(kind, { ...more, count: 1 })
    }
    await world.linked('history-faults', { as: chat })
    await untilPastIsStored(world, chat)
    const downloads = (await peerMessages(world, chat)).reduce((sum, peer) => sum + peer.downloads, 0)
    expect(downloads).toBeGreaterThan((await peerMessages(world, chat)).filter((peer) => peer.downloads > 0).length + 2)
  })

  test.concurrent('is stored as far as it is available when a part is gone for good', async () => {
    const chat = new Chat(world, 'history-gone')
    await world.post('/phones', { phone: chat.phone, history: PAST })
    await chat.fault('media-status', { code: 410, count: 1 })
    await world.linked('history-gone', { as: chat })
    await eventually(async () => {
      const notified = (await peerMessages(world, chat)).filter(({ kind }) => kind === 'HISTORY_SYNC_NOTIFICATION')
      expect(notified.length).toBeGreaterThan(5)
      expect(notified.every(({ receipts }) => receipts.includes('hist_sync'))).toBe(true)
    })
    await eventually(async () => expect(await world.logs()).toContain('Messages that the phone announced are lost'))
    expect((await world.api.storedMessages(chat.name)).length).toBeLessThan((await pastOf(world, chat)).length)
    await chat.works()
  })
})

describe('the app state of the phone', () => {
  test.concurrent('is fetched when its key has arrived, and whenever the phone changes a part of it', async () => {
    const chat = await world.linked('app-state', { phone: { keyShare: true } })
    await phoneChanges(world, chat, { contact: { phone: chat.contact, name: 'Ana' }, archive: { chat: chat.contact } })
    await untilSynced(world, chat)
    expect(await record(world, chat, 'app-state-sync-key')).toBeGreaterThan(0)
    // The address book names the LIDs of contacts, so that the runner knows them without a query.
    await eventually(async () => expect(await mappings(world, chat)).toBeGreaterThanOrEqual(4))
    await chat.works()
  })

  test.concurrent('waits for a key that has not arrived, and delays nothing else', async () => {
    const chat = await world.linked('app-state-key', { phone: { keyShare: true } })
    await phoneChanges(world, chat, { archive: { chat: chat.contact } })
    await untilSynced(world, chat)
    await world.post(`/phones/${chat.phone}/app-state/rotate-key`, { share: false })
    await phoneChanges(world, chat, { contact: { phone: chat.contact, name: 'Ana' } })
    await chat.untilStatus(await chat.send('not held up'), 'delivered')
    await world.post(`/phones/${chat.phone}/app-state/share-keys`, {})
    await eventually(async () => expect(await record(world, chat, 'app-state-sync-key')).toBeGreaterThanOrEqual(2))
    await untilSynced(world, chat)
  })

  test.concurrent('delays neither live nor queued messages while its download hangs', async () => {
    const chat = await world.linked('app-state-hangs', { phone: { keyShare: true } })
    await chat.fault('media-hang')
    await phoneChanges(world, chat, { archive: { chat: chat.contact }, external: true })
    await world.happens(({ type, phone, answer }) => type === 'media-request' && phone === chat.phone && answer === 'hanging')
    await chat.untilStatus(await chat.send('out'), 'delivered')
    await chat.receive('in')
    await eventually(async () => expect(await chat.stored()).toContain('in'))
    await chat.fault('drop')
    await phoneChanges(world, chat, { pin: { chat: chat.contact }, external: true })
    for (let index = 0; index < 12; index++) await chat.receive(`waited ${index}`)
    await eventually(async () => expect((await chat.stored()).filter((text) => text.startsWith('waited'))).toHaveLength(12))
    await eventually(async () => expect((await chat.account()).offlineQueue).toBe(0))
  })

  test.concurrent('does not crash the runner when its download breaks off', async () => {
    const chat = await world.linked('app-state-cut', { phone: { keyShare: true } })
    await phoneChanges(world, chat, { pin: { chat: chat.contact } })
    await untilSynced(world, chat)
    const { pid } = world.sandbox.runner('runner-1')
    await chat.fault('media-cut', { count: 2 })
    await phoneChanges(world, chat, { archive: { chat: chat.contact }, external: true })
    await world.happens(({ type, phone, answer }) => type === 'media-request' && phone === chat.phone && answer === 'media-cut')
    await chat.receive('still there')
    await eventually(async () => expect(await chat.stored()).toContain('still there'))
    expect(world.sandbox.runner('runner-1').pid).toBe(pid)
  })
})

describe('the state of a session', () => {
  test.concurrent('has nothing that the table of kinds does not describe; a new identity leaves what is not bound to the old', async () => {
    const chat = await world.linked('state', { phone: { history: PAST, keyShare: true } })
    await untilPastIsStored(world, chat)
    await phoneChanges(world, chat, { contact: { phone: chat.contact, name: 'Ana' } })
    await untilSynced(world, chat)
    await chat.untilStatus(await chat.send('out'), 'delivered')
    const group = await world.simulator.createGroup('Friends', [chat.phone, chat.contact])
    await world.simulator.sendToGroupAsContact(group, chat.contact, 'in the group')
    await eventually(async () => expect(await chat.stored()).toContain('in the group'))
    const written = await storedState(world, chat)
    expect(undescribed(written)).toEqual([])
    expect(kindsIn(written)).toEqual(expect.arrayContaining(WRITTEN))

    await world.post(`/phones/${chat.phone}/unlink`, {})
    await chat.untilSession('FAILED LOGGED_OUT logged-out')
    await world.api.want(chat.name, 'start')
    await chat.untilSession('SCAN_QR_CODE PAIRING scan-qr')
    const renewed = await storedState(world, chat)
    expect(undescribed(renewed)).toEqual([])
    expect(IDENTITY_KINDS.filter((kind) => renewed.count(kind) > 0)).toEqual([])
    const kept = { contact: written.count('contact'), 'lid-mapping': written.count('lid-mapping'), 'voided-creds': 1 }
    expect(renewed.counts()).toMatchObject(kept)
    expect((await info(world, chat)).session.records).toMatchObject({ ...kept, session: 0, 'pre-key': 0 })
  })
})

/** Kinds that a session has after such a life. */
const WRITTEN: StateKind[] = [
  'app-state-sync-key',
  'app-state-sync-version',
  'begun-with',
  'contact',
  'device-cache',
  'device-list',
  'identity-key',
  'inbox',
  'lid-mapping',
  'meta',
  'pre-key',
  'sender-key',
  'session',
  'tctoken',
]

const kindsIn = (image: StateImage): string[] =>
  Object.entries(image.counts())
    .filter(([, count]) => count > 0)
    .map(([kind]) => kind)
    .toSorted()
