import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { maskedNumbers } from '@holdfast/core/message/message-names'
import { parkedStanzasPath } from '@holdfast/core/message/parked-stanza-document'
import type { AcceptedMessage } from '@holdfast/client/types'
import { peopleOf } from '../support/people.ts'
import { type Chat, EngineWorld, eventually } from '../support/engine-world.ts'

// Each of these tests takes many steps in many processes.
vi.setConfig({ testTimeout: 180_000 })

let world: EngineWorld
const { poison, contactOf, reaches, stored, untilStored, begin, info, spoil, noticed, end } = peopleOf(() => world)

beforeAll(async () => {
  world = await EngineWorld.start()
})

afterAll(() => end())

const parkedOf = (chat: Chat) => world.google.documents.query({ collection: parkedStanzasPath(chat.sessionId) })

describe('the devices of a contact', () => {
  test.concurrent("follow the contact's changes: a newly linked device is reached, a removed one is not", async () => {
    const chat = await begin(await world.linked('devices'))
    expect(await world.simulator.linkContactDevice(chat.contact)).toBe(1)
    await noticed(chat, 'devices')
    await reaches(chat, [0, 1], 'to both')
    await world.simulator.removeContactDevice(chat.contact, 1)
    await reaches(chat, [0], 'to the phone alone')
  })

  test.concurrent("that were linked without a notification are found by the server's answer, and the message goes out once more", async () => {
    const chat = await begin(await world.linked('devices-untold'))
    await world.simulator.linkContactDevice(chat.contact, 'none')
    const job = await reaches(chat, [0, 1], 'to both, in the end')
    expect((await chat.received()).find(({ id }) => id === job.messageId)?.copies).toBe(2)
    const next = await reaches(chat, [0, 1], 'to both')
    expect((await chat.received()).find(({ id }) => id === next.messageId)?.copies).toBe(1)
  })
})

test.concurrent('a device that is gone when its keys are requested costs a message no attempt', async () => {
  const chat = await begin(await world.linked('devices-gone'))
  await world.simulator.linkContactDevice(chat.contact)
  await noticed(chat, 'devices')
  await chat.fault('no-keys', { count: 2 })
  const job = await reaches(chat, [0, 1], 'in the end')
  expect(await chat.job(job)).toMatchObject({ attempts: 1, lastError: null })
})

test.concurrent('a message that the server delivers twice is acknowledged again and stored once', async () => {
  const chat = await begin(await world.linked('repeated'))
  const id = await chat.receive('once')
  await untilStored(chat, 'once')
  await reaches(chat, [0], 'and on')
  const since = world.happened.length
  await world.simulator.repeatMessage(chat.phone, id)
  await world.happens((event) => event.type === 'receipt' && event.phone === chat.phone && event.id === id, since)
  expect((await stored(chat)).filter((message) => message.id === id)).toHaveLength(1)
})

describe('a contact with two names', () => {
  test.concurrent('is one chat with one session, whichever name the contact writes under', async () => {
    const chat = await begin(await world.linked('two-names'))
    await world.simulator.addressContact(chat.contact, 'lid')
    await chat.receive('by LID')
    await reaches(chat, [0], 'answered')
    await world.simulator.addressContact(chat.contact, 'pn')
    await chat.receive('by number again')
    await untilStored(chat, 'by number again')
    expect(new Set((await stored(chat)).map(({ chatId }) => chatId))).toEqual(new Set([`${chat.contact}@c.us`]))
    expect(await contactOf(chat)).toMatchObject({ undecryptable: 0, needlessSessions: 0 })
    const { records } = (await info(chat)).session
    expect(records['lid-mapping']).toBeGreaterThanOrEqual(4)
  })

  test.concurrent('may answer under the name that was written to', async () => {
    const chat = await begin(await world.linked('asked-name', { contact: { answersAs: 'asked-name' } }))
    const lid = `2${chat.contact.padStart(15, '0')}@lid`
    for (const [index, chatId] of [lid, `${chat.contact}@c.us`, lid].entries()) {
      const idempotencyKey = `${chat.name}-by-name-${index}`
      const job = await world.api.sendText({ session: chat.name, chatId, text: `message ${index}`, idempotencyKey })
      await chat.untilStatus(job, 'delivered')
      await world.simulator.askAgain(chat.contact, job.messageId)
      await chat.receive(`answer ${index}`)
      await untilStored(chat, `answer ${index}`)
    }
    expect(new Set((await stored(chat)).map(({ chatId }) => chatId))).toEqual(new Set([`${chat.contact}@c.us`]))
    expect(await contactOf(chat)).toMatchObject({ undecryptable: 0, retryReceipts: 0 })
  })

  test.concurrent('receives messages in the order of their acceptance, whichever name they were addressed to', async () => {
    const chat = await begin(await world.linked('two-names-order'))
    const lid = `2${chat.contact.padStart(15, '0')}@lid`
    await world.simulator.addressContact(chat.contact, 'lid')
    await chat.fault('nack')
    const jobs: AcceptedMessage[] = []
    for (let index = 0; index < 8; index++) {
      const chatId = index % 2 === 0 ? `${chat.contact}@c.us` : lid
      const idempotencyKey = `${chat.name}-order-${index}`
      jobs.push(await world.api.sendText({ session: chat.name, chatId, text: `number ${index}`, idempotencyKey }))
    }
    await chat.untilStatus(jobs.at(-1) as AcceptedMessage, 'delivered')
    expect((await chat.received()).slice(1).map(({ text }) => text)).toEqual(jobs.map((_, index) => `number ${index}`))
  })
})

describe('a group', () => {
  test.concurrent('is one chat in which each message names its writer, and stays readable when its keys change', async () => {
    const chat = await begin(await world.linked('group'))
    const group = await world.simulator.createGroup('Friends', [chat.phone, chat.contact])
    const write = (text: string) => world.simulator.sendToGroupAsContact(group, chat.contact, text)
    await write('first')
    await write('second')
    await world.post(`/groups/${group}/rotate`, { contact: chat.contact })
    await write('under a new key')
    await untilStored(chat, 'under a new key')
    const messages = (await world.api.storedMessages(chat.name)).filter(({ chatId }) => chatId === group)
    expect(messages).toMatchObject(
      ['first', 'second', 'under a new key'].map((body) => ({ body, fromMe: false, from: `${chat.contact}@c.us` })),
    )
    await eventually(async () => expect((await chat.account()).offlineQueue).toBe(0))
  })

  test.concurrent('is read in order when a live message depends on a key in the backlog', async () => {
    const chat = await begin(await world.linked('group-backlog'))
    const group = await world.simulator.createGroup('Friends', [chat.phone, chat.contact])
    const write = async (text: string) => (await world.simulator.sendToGroupAsContact(group, chat.contact, text))[0]
    await world.api.want(chat.name, 'stop')
    await chat.untilSession('STOPPED STOPPED requested')
    await Promise.all(Array.from({ length: 90 }, (_, index) => chat.receive(`waiting ${index}`)))
    const first = await write('with its key')
    const since = world.happened.length
    await world.api.want(chat.name, 'start')
    // WhatsApp has handed over the whole backlog, and the runner has not read most of it yet.
    await world.happens(({ type, phone }) => type === 'active' && phone === chat.phone, since)
    const second = await write('live')
    await untilStored(chat, 'live')
    const ids = (await stored(chat)).filter(({ chatId }) => chatId === group).map((message) => message.id)
    expect(ids).toEqual([first, second])
    expect(world.happened.filter(({ type, phone }) => type === 'nack' && phone === chat.phone)).toEqual([])
  })

  test.concurrent('with an unknown sender key has its message requested again and stored once', async () => {
    const chat = await begin(await world.linked('group-no-key'))
    const group = await world.simulator.createGroup('Friends', [chat.phone, chat.contact])
    const id = await spoil(chat, { kind: 'no-sender-key', group, retry: 'good', text: 'with its key' })
    await untilStored(chat, 'with its key')
    const next = (await world.simulator.sendToGroupAsContact(group, chat.contact, 'and on'))[0]
    await untilStored(chat, 'and on')
    const ids = (await stored(chat)).filter(({ chatId }) => chatId === group).map((message) => message.id)
    expect(ids).toEqual([id, next])
    expect((await info(chat)).session.records['undecrypted'] ?? 0).toBe(0)
  })
})

const watched = async (chat: Chat, id: string) => (await chat.account()).watched.find((stanza) => stanza.id === id)

describe('an unreadable message', () => {
  test.concurrent('is requested again, and stored once under its id when it arrives', async () => {
    const chat = await begin(await world.linked('poison-good'))
    const ids = [
      await spoil(chat, { kind: 'truncated', retry: 'good', text: 'whole' }),
      await spoil(chat, { kind: 'unknown-enc-type', retry: 'good', text: 'in another encryption' }),
      await spoil(chat, { kind: 'not-protobuf', retry: 'good', text: 'a message after all' }),
    ]
    for (const text of ['whole', 'in another encryption', 'a message after all']) await untilStored(chat, text)
    const listed = await stored(chat)
    expect(ids.map((id) => listed.filter((message) => message.id === id).length)).toEqual([1, 1, 1])
    expect(new Set(listed.map((message) => message.id)).size).toBe(listed.length)
    expect((await info(chat)).session.records['undecrypted'] ?? 0).toBe(0)
    expect(await parkedOf(chat)).toEqual([])
  })

  test.concurrent('that stays unreadable at each delivery is parked, and not delivered any more', async () => {
    const chat = await begin(await world.linked('poison-bad'))
    const id = await spoil(chat, { kind: 'not-protobuf', retry: 'bad' })
    await eventually(async () => expect(await parkedOf(chat)).toHaveLength(1))
    const [document] = await parkedOf(chat)
    expect(document?.fields).toMatchObject({
      messageId: expect.stringMatching(/^#/),
      shown: { from: maskedNumbers(`${chat.contact}@s.whatsapp.net`), participant: null },
      attempts: 5,
      error: { code: 'no-message' },
      resolvedAt: null,
    })
    await chat.receive('the one after it')
    await untilStored(chat, 'the one after it')
    const { answers = [], deliveries } = (await watched(chat, id)) ?? {}
    expect([deliveries, answers.at(-1)]).toEqual([5, 'nack 487'])
    await eventually(async () => expect((await info(chat)).parkedStanzas).toBe(1))
    expect((await chat.account()).offlineQueue).toBe(0)
  })

  test.concurrent('from a sender who is offline is kept in the state, and delays nothing', async () => {
    const chat = await begin(await world.linked('poison-off'))
    const kinds = [
      'garbage',
      'truncated',
      'unknown-pre-key',
      'bad-padding',
      'not-protobuf',
      'unknown-enc-type',
      'no-enc',
    ] as const
    for (const kind of kinds) await spoil(chat, { kind })
    await spoil(chat, { kind: 'message-secret' })
    await chat.receive('the one after them')
    await untilStored(chat, 'the one after them')
    await eventually(async () => {
      const { session, parkedStanzas } = await info(chat)
      // The bot's reply is parked, because nothing can request it again.
      expect([session.records['undecrypted'], parkedStanzas]).toEqual([kinds.length + 1, 1])
    })
    await reaches(chat, [0], 'still there')
  })
})

test.concurrent('calls and unknown stanzas change nothing', async () => {
  const chat = await begin(await world.linked('stanzas'))
  const from = `${chat.contact}@s.whatsapp.net`
  await world.simulator.endCall(chat.phone, await world.simulator.call(chat.contact, chat.phone), 'timeout')
  const odd = [
    { tag: 'notification', attrs: { id: 'N1', from, type: 'weather' } },
    { tag: 'notification', attrs: { id: 'N2', from, type: 'devices' }, content: [{ tag: 'add' }] },
    { tag: 'notification', attrs: { id: 'N3', from, type: 'encrypt' } },
    {
      tag: 'notification',
      attrs: { id: 'N4', from, type: 'server_sync' },
      content: [{ tag: 'collection', attrs: { name: 'x' } }],
    },
    { tag: 'notification', attrs: { id: 'N5', from, type: 'account_sync' } },
    { tag: 'receipt', attrs: { id: 'R1', from } },
    { tag: 'call', attrs: { id: 'C1', from } },
    { tag: 'message', attrs: { id: 'M1' } },
    { tag: 'message', attrs: { id: 'M2', from: 'x@y.z' } },
    { tag: 'weather', attrs: { id: 'W1', from } },
  ]
  poison.push('M1', 'M2')
  for (const stanza of odd) await world.simulator.putStanza(chat.phone, stanza)
  const lines = [
    { tag: 'chatstate', attrs: { from }, content: [] },
    { tag: 'presence', attrs: {} },
    { tag: 'ib', attrs: {}, content: [{ tag: 'dirty' }] },
    { tag: 'iq', attrs: { id: 'Q1', type: 'result' }, content: [{ tag: 'usync' }] },
    { tag: 'ack', attrs: { class: 'message' } },
  ]
  for (const stanza of lines) await world.simulator.putStanza(chat.phone, { ...stanza, via: 'line' })
  await chat.receive('the one after them')
  await untilStored(chat, 'the one after them')
  await reaches(chat, [0], 'still there')
  const unanswered = (await chat.account()).watched.filter(({ answers }) => answers.length === 0).map(({ id }) => id)
  expect(unanswered).toEqual(['W1', 'Q1'])
  expect((await info(chat)).parkedStanzas).toBe(2)
})

describe('a contact who reinstalls WhatsApp', () => {
  test.concurrent('is read at once after a notification, and messages on their way arrive by retries without one', async () => {
    const chat = await begin(await world.linked('reinstall'))
    await world.simulator.reinstallContact(chat.contact)
    await noticed(chat, 'encrypt')
    await reaches(chat, [0], 'do you know me?')
    await chat.receive('with my new keys')
    await untilStored(chat, 'with my new keys')
    expect(await contactOf(chat)).toMatchObject({ undecryptable: 0 })
    await world.simulator.reinstallContact(chat.contact, 'none')
    const jobs = [await chat.send('one'), await chat.send('two')]
    for (const job of jobs) await chat.untilStatus(job, 'delivered')
    await chat.receive('and back')
    await untilStored(chat, 'and back')
    expect((await info(chat)).session.records['undecrypted'] ?? 0).toBe(0)
  })

  test.concurrent('asks for a message several times, also long after it, and gets it each time', async () => {
    const chat = await begin(await world.linked('asks-again'))
    const job = await reaches(chat, [0], 'read it once more')
    const copies = async () => (await chat.received()).find(({ id }) => id === job.messageId)?.copies
    for (let asked = 1; asked <= 3; asked++) {
      await world.simulator.askAgain(chat.contact, job.messageId)
      await eventually(async () => expect(await copies()).toBe(1 + asked))
    }
  })
})
