import { directoryPath, RECENT, sealPage } from '@holdfast/core/message/directory-document'
import { messageOrder, messagesPath } from '@holdfast/core/message/message-document'
import { sealMessage, sealReceivedContent } from '@holdfast/core/message/sealed-content'
import { beforeEach, describe, expect, it } from 'vitest'
import type { ReceivedMessage } from '../../whatsapp/received-message.ts'
import type { Entry } from '../journal/group.ts'
import {
  ANA,
  ANA_LID,
  beginAnew,
  BOB,
  cipher,
  clock,
  commit,
  entries,
  underTest,
  message,
  open,
  pass,
  start,
} from './directory-under-test.ts'

beforeEach(beginAnew)

describe('the chats', () => {
  it('are archived and pinned as the phone had them, until somebody tells otherwise', async () => {
    const directory = await start()
    const atMs = clock.now() - 1000
    const past = { chats: [{ id: ANA, placeThen: { archived: true, pinned: false, atMs } }] }
    directory.hear(past)
    pass(5000)
    expect(entries('chats')).toMatchObject([{ id: ANA, at: atMs, archived: true, pinned: false }])
    directory.hear({ chats: [{ id: ANA, archived: false }] })
    directory.hear(past)
    pass(5000)
    expect(entries('chats')).toMatchObject([{ archived: false }])
    commit(directory.ride(message(BOB)))
    directory.hear({ chats: [{ id: BOB, placeThen: { archived: false, pinned: true, atMs } }] })
    pass(5000)
    expect(entries('chats')).toMatchObject([{ id: ANA }, { id: BOB, pinned: true, unread: 1 }])
  })

  it('begin anew with a message after the chat was deleted', async () => {
    const directory = await start()
    for (let count = 0; count < 3; count++) commit(directory.ride(message(ANA)))
    directory.hear({ chats: [{ id: ANA, isGone: true }] })
    commit(directory.ride(message(ANA)))
    pass(5000)
    expect(entries('chats')).toMatchObject([{ id: ANA, unread: 1, isGone: false }])
  })

  it('begin anew with a message of ours, too', async () => {
    const directory = await start()
    commit(directory.ride(message(ANA)))
    directory.hear({ chats: [{ id: ANA, isGone: true }] })
    directory.sent(ANA)
    pass(5000)
    expect(entries('chats')).toMatchObject([{ id: ANA, unread: 0, isGone: false }])
  })

  it('count a message once that comes while the stored ones are read', async () => {
    const fields = { chat: ANA, participant: null, fromMe: false, sentAt: new Date(clock.now()), type: 'text' }
    const content = sealReceivedContent(cipher, 'M1', { text: 'x', proto: '' })
    underTest.stored.set(`${messagesPath('default.main')}/M1`, { ...fields, content, order: messageOrder(underTest.sequence, 0) })
    const directory = open()
    commit(directory.ride(message(ANA)))
    underTest.stored.set(`${messagesPath('default.main')}/M2`, {
      ...fields,
      content,
      order: messageOrder(underTest.sequence + 1, 0),
    })
    await directory.labels(null)
    pass(5000)
    expect(entries('chats')).toMatchObject([{ id: ANA, unread: 2 }])
  })

  it('of groups that WhatsApp does not name are asked for once', async () => {
    const GROUP = '120363000000000009@g.us'
    const directory = await start()
    let asked = 0
    directory.connected(async () => asked++)
    commit(directory.ride(message(GROUP)))
    expect(asked).toBe(1)
    await new Promise((resolve) => setImmediate(resolve))
    pass(10 * 60_000)
    commit(directory.ride(message(GROUP)))
    expect(asked).toBe(1)
    commit(directory.ride(message('120363000000000010@g.us')))
    expect(asked).toBe(2)
  })

  it('count no message of the history, and keep the time of the newest one', async () => {
    const directory = await start()
    const newest = clock.now()
    commit(directory.ride(message(ANA)))
    commit(directory.ride(message(ANA, { sentAtMs: newest - 1e6 }, true)))
    pass(5000)
    expect(entries('chats')).toMatchObject([{ unread: 1, at: newest }])
  })

  it('are made by messages, not by what the phone says of others', async () => {
    const directory = await start()
    directory.hear({ chats: [{ id: BOB, archived: true }] })
    pass(5000)
    expect(entries('chats')).toEqual([])
  })

  it('stay deleted after a start, until a new message comes', async () => {
    let directory = await start()
    for (let index = 0; index < 301; index++) commit(directory.ride(message(`55119100${1000 + index}@s.whatsapp.net`)))
    commit(directory.ride(message(ANA)))
    pass(5000)
    expect(entries('chats')).toHaveLength(302)
    directory.hear({ chats: [{ id: ANA, isGone: true }] })
    pass(5000)
    directory = await start()
    commit(directory.ride(message(BOB)))
    pass(5000)
    expect(entries('chats').map(({ id }) => id)).not.toContain(ANA)
    commit(directory.ride(message(ANA)))
    pass(5000)
    expect(entries('chats').map(({ id }) => id)).toContain(ANA)
  })

  it('cost at most 0.2 writes for a message, above one message a second', async () => {
    const directory = await start()
    const messages = 200
    for (let count = 0; count < messages; count++) {
      commit(directory.ride(message(count % 2 === 0 ? ANA : BOB)))
      pass(990)
    }
    pass(5000)
    expect(entries('chats').map(({ unread }) => unread)).toEqual([100, 100])
    expect(underTest.writes / messages).toBeLessThanOrEqual(0.22)
  })

  it('are written whole again when Firestore has refused a write', async () => {
    let isRefused = true
    const directory = await start((entry) => (isRefused ? entry.onRefused?.() : commit(entry)))
    directory.hear({ contacts: [{ id: BOB, name: 'Bob' }] })
    pass(5000)
    expect(entries('contacts')).toEqual([])
    isRefused = false
    pass(5000)
    expect(entries('contacts')).toMatchObject([{ id: BOB, name: 'Bob' }])
  })
})

describe('the timer of a chat', () => {
  const GROUP = '120363000000000001@g.us'
  const timed = (seconds: number, more: Partial<ReceivedMessage> = {}, fromHistory = false): Entry =>
    message(ANA, { type: 'text', facts: { disappearsAfter: seconds }, ...more }, fromHistory)

  it('is the last one that a message has told, also after a start', async () => {
    let directory = await start()
    expect(await directory.disappearsAfter(ANA_LID)).toBeNull()
    commit(directory.ride(timed(86_400)))
    commit(directory.ride(message(ANA, { type: 'text' })))
    expect(await directory.disappearsAfter(ANA_LID)).toBe(86_400)
    pass(5000)
    directory = await start()
    expect(await directory.disappearsAfter(ANA)).toBe(86_400)
    commit(directory.ride(timed(0, { type: 'disappearing' })))
    commit(directory.ride(timed(86_400, { sentAtMs: clock.now() - 1e6 })))
    expect(await directory.disappearsAfter(ANA)).toBe(0)
  })

  it('is found in the messages that an owner had stored and not noted', async () => {
    const facts = { disappearsAfter: 604_800 }
    const content = sealReceivedContent(cipher, 'M1', { text: 'x', proto: '', facts })
    const fields = {
      chat: ANA,
      participant: null,
      fromMe: false,
      sentAt: new Date(clock.now()),
      type: 'text',
      order: messageOrder(underTest.sequence, 0),
      content,
    }
    underTest.stored.set(`${messagesPath('default.main')}/M1`, fields)
    expect(await (await start()).disappearsAfter(ANA)).toBe(604_800)
  })

  it('of stored messages are named by their content, and not at all where it does not open', async () => {
    const fields = { fromMe: false, sentAt: new Date(clock.now()), type: 'text', order: messageOrder(underTest.sequence, 0) }
    const names = { messageId: 'M', chat: ANA, participant: null }
    for (const id of ['M1', 'M2']) {
      const sealed = { ...fields, ...sealMessage(cipher, id, { text: 'x', proto: '', ...names }) }
      const stored = id === 'M1' ? sealed : { ...sealed, content: Buffer.from('damaged') }
      underTest.stored.set(`${messagesPath('default.main')}/${id}`, stored)
    }
    await start()
    pass(5000)
    expect(entries('chats')).toMatchObject([{ id: ANA, unread: 1 }])
  })

  it('leave out a pseudonym that a runner of an earlier version took for a chat', async () => {
    const chat = { name: null, pushName: null, at: 1, unread: 0, archived: false, pinned: false, isGone: false }
    const written = [ANA, cipher.pseudonym(ANA)].map((id) => ({ ...chat, id }))
    const page = { v: 1, entries: sealPage(cipher, 'chats', RECENT, written), upTo: null }
    underTest.stored.set(`${directoryPath('default.main', 'chats')}/${RECENT}`, page)
    const directory = await start()
    directory.sent(BOB)
    pass(5000)
    expect(entries('chats').map(({ id }) => id)).toEqual([ANA, BOB])
  })

  it('of stored messages have the names of their senders, which are sealed there, or in the clear in those of before', async () => {
    const fields = {
      participant: null,
      fromMe: false,
      sentAt: new Date(clock.now()),
      type: 'text',
      order: messageOrder(underTest.sequence, 0),
    }
    const sealed = {
      chat: ANA,
      pushName: 'A…',
      content: sealReceivedContent(cipher, 'M1', { text: 'x', proto: '', pushName: 'Ana' }),
    }
    const before = { chat: BOB, pushName: 'Bob', content: sealReceivedContent(cipher, 'M2', { text: 'x', proto: '' }) }
    underTest.stored.set(`${messagesPath('default.main')}/M1`, { ...fields, ...sealed })
    underTest.stored.set(`${messagesPath('default.main')}/M2`, { ...fields, ...before })
    await start()
    pass(5000)
    const names = entries('chats').map(({ id, pushName }) => [id, pushName] as const)
    expect(Object.fromEntries(names)).toEqual({ [ANA]: 'Ana', [BOB]: 'Bob' })
  })

  it('is learnt from what the phone and WhatsApp say of chats, and is stored once that is over', async () => {
    let directory = await start()
    await directory.learn({ chats: [{ id: BOB, timer: { seconds: 86_400, atMs: 1000 } }] })
    directory.hear({ chats: [{ id: GROUP, name: 'Friends', timer: { seconds: 0 } }] })
    expect(await directory.disappearsAfter(GROUP)).toBe(0)
    directory = await start()
    expect(await directory.disappearsAfter(BOB)).toBe(86_400)
  })

  it('lets no message wait for entries that cannot be read', async () => {
    const directory = await start()
    commit(directory.ride(timed(86_400)))
    pass(5000)
    for (const [path, fields] of underTest.stored) underTest.stored.set(path, { ...fields, entries: Buffer.from('damaged') })
    const next = open()
    expect(await next.disappearsAfter(ANA)).toBeNull()
  })
})

describe('the contacts', () => {
  it('are known by their numbers, with names, and blocked as WhatsApp lists it', async () => {
    const directory = await start()
    directory.hear({ contacts: [{ id: ANA_LID, name: 'Ana' }], blocklist: [ANA_LID, BOB] })
    pass(5000)
    const ana = { id: ANA, lid: ANA_LID, name: 'Ana', pushName: null, isBlocked: true, isGone: false }
    expect(entries('contacts')).toEqual([ana, expect.objectContaining({ id: BOB, isBlocked: true })])
    directory.hear({ blocklist: [BOB] })
    pass(5000)
    expect(entries('contacts')).toMatchObject([{ id: ANA, isBlocked: false }, { isBlocked: true }])
    directory.hear({ contacts: [{ id: BOB, isBlocked: false }] })
    pass(5000)
    expect(entries('contacts')).toMatchObject([{ isBlocked: false }, { isBlocked: false }])
  })

  it('cost no write when nothing about them is new', async () => {
    const directory = await start()
    const news = { contacts: [{ id: ANA, name: 'Ana' }], blocklist: [BOB] }
    directory.hear(news)
    pass(5000)
    const before = underTest.writes
    directory.hear(news)
    pass(5000)
    expect(underTest.writes).toBe(before)
  })
})

it('the labels are those that are left, with their chats, also after a start', async () => {
  let directory = await start()
  const label = (id: string, isGone = false) => ({ label: id, chat: null, name: `Label ${id}`, color: 1, isGone })
  const has = (id: string, chat: string, isGone = false) => ({ label: id, chat, isGone })
  directory.hear({ labels: [label('1'), label('2'), has('1', ANA_LID), has('2', ANA), has('2', BOB)] })
  pass(5000)
  directory = await start()
  expect(await directory.labels(ANA)).toEqual(['1', '2'])
  directory.hear({ labels: [has('1', ANA, true), label('2', true)] })
  pass(5000)
  directory = await start()
  expect([await directory.labels(null), await directory.labels(ANA), await directory.labels(BOB)]).toEqual([['1'], [], []])
})

it('a new label gets an id that no other one has, or had', async () => {
  const directory = await start()
  const label = (id: string, isGone = false) => ({ label: id, chat: null, name: `Label ${id}`, color: 1, isGone })
  directory.hear({ labels: [label('1'), label('4')] })
  directory.hear({ labels: [label('4', true)] })
  expect(await Promise.all([directory.newLabel(), directory.newLabel()])).toEqual(['5', '6'])
})
