import { randomInt } from 'node:crypto'
import { sessionPath } from '@holdfast/core/session/session-document'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Chat, EngineWorld, eventually } from '../support/engine-world.ts'
import { WebhookReceiver } from '../support/webhook-receiver.ts'

vi.setConfig({ testTimeout: 120_000 })

/** What people say, on its whole way: from a contact's or one's own phone to the lists of the API, in WAHA's words. */

let world: EngineWorld
let chat: Chat
let group: string
let receiver: WebhookReceiver

beforeAll(async () => {
  receiver = await WebhookReceiver.start()
  world = await EngineWorld.start({ functionsEnv: { ALLOW_INSIDE_ADDRESSES: '127.0.0.1' } })
  chat = await world.linked('talk')
  const fields = { config: { webhooks: [{ url: receiver.url('talk'), events: ['*'] }] } }
  await world.google.documents.commit([{ kind: 'merge', path: sessionPath(chat.sessionId), fields }])
  group = await world.simulator.createGroup('Friends', [chat.phone, chat.contact])
})

afterAll(async () => {
  const { violations } = await world.simulator.state()
  await world[Symbol.asyncDispose]()
  await receiver[Symbol.asyncDispose]()
  expect(violations).toEqual([])
})

interface Said {
  readonly id: string
  readonly body: string
  readonly fromMe: boolean
  readonly [field: string]: unknown
}

interface Place {
  readonly group?: string
  readonly attrs?: Record<string, string>
}

/** A message of the contact. Returns its id at WhatsApp. */
const says = (message: object, { group: to, attrs = {} }: Place = {}): Promise<string> =>
  world.simulator.sayAsContact(chat.contact, { ...(to ? { group: to } : { to: chat.phone }), message, attrs })

/** A message that the owner writes on the phone. */
const phoneSays = (message: object, { group: to, attrs = {} }: Place = {}): Promise<string> =>
  world.simulator.sayOnPhone(chat.phone, { ...(to ? { group: to } : { to: chat.contact }), message, attrs })

const get = async (path: string): Promise<{ status: number; body: unknown }> => {
  const response = await world.sandbox.api(`/api/${chat.name}/chats/${path}`)
  return { status: response.status, body: await response.json() }
}

const message = async (id: string, where = `${chat.contact}@c.us`): Promise<Said> =>
  (await get(`${where}/messages/${id}`)).body as Said

/** Resolves when the API shows the message like this. */
const shows = (id: string, expected: object, where?: string): Promise<void> =>
  eventually(async () => expect(await message(id, where)).toMatchObject(expected))

const base64 = (text: string): string => Buffer.from(text).toString('base64')

const SECRET = Buffer.alloc(32, 5).toString('base64')

describe('a contact', () => {
  test('says every kind of message, and each is listed with its fields', async () => {
    const person = `${chat.contact}@c.us`
    const first = await says({ conversation: 'Hello' })
    const quoting = {
      stanzaId: first,
      participant: `${chat.contact}@s.whatsapp.net`,
      quotedMessage: { conversation: 'Hello' },
      mentionedJid: [`${chat.phone}@s.whatsapp.net`],
    }
    const media = { url: 'https://mmg.whatsapp.net/x', mimetype: 'image/jpeg', mediaKey: base64('k'.repeat(32)), fileLength: 12 }
    const kinds: [object, object][] = [
      [
        { extendedTextMessage: { text: 'Answer', contextInfo: quoting } },
        { body: 'Answer', replyTo: { id: first, participant: person, body: 'Hello' }, mentionedIds: [`${chat.phone}@c.us`] },
      ],
      [
        { imageMessage: { ...media, caption: 'Look' } },
        { body: 'Look', hasMedia: true, media: { mimetype: 'image/jpeg', error: null } },
      ],
      [
        { documentMessage: { ...media, mimetype: 'application/pdf', fileName: 'bill.pdf' } },
        { body: '', media: { filename: 'bill.pdf' } },
      ],
      [
        { audioMessage: { ...media, mimetype: 'audio/ogg', ptt: true } },
        { _data: { type: 'ptt', pushName: expect.any(String) } },
      ],
      [
        { locationMessage: { degreesLatitude: -23.5, degreesLongitude: -46.6, name: 'Here' } },
        { location: { latitude: '-23.5', longitude: '-46.6', name: 'Here' } },
      ],
      [{ contactMessage: { vcard: 'BEGIN:VCARD' } }, { vCards: ['BEGIN:VCARD'] }],
      [
        { listResponseMessage: { title: 'Tea', singleSelectReply: { selectedRowId: 'r1' } } },
        { body: 'Tea', choice: { id: 'r1', text: 'Tea' } },
      ],
      [{ eventMessage: { name: 'Party' } }, { event: { name: 'Party', responses: [] } }],
      [
        { ephemeralMessage: { message: { extendedTextMessage: { text: 'Soon gone', contextInfo: { expiration: 86_400 } } } } },
        { body: 'Soon gone', disappearsAfter: 86_400 },
      ],
      [{ sendPaymentMessage: {} }, { unsupported: 'sendPaymentMessage' }],
    ]
    const ids: string[] = []
    for (const [said] of kinds) ids.push(await says(said))
    for (const [index, [, expected]] of kinds.entries())
      await shows(ids[index] ?? '', { fromMe: false, from: person, ...expected })

    const { body } = await get(`${person}/messages?limit=100`)
    const listed = (body as Said[]).map(({ id }) => id)
    expect(listed).toEqual([first, ...ids].map((id) => `false_${person}_${id}`).toReversed())
  })

  test('edits, reacts to and revokes what was said, and the message shows it', async () => {
    const id = await says({ conversation: 'Helo' })
    const key = { id, fromMe: true, remoteJid: `${chat.phone}@s.whatsapp.net` }
    const edited = { key, type: 'MESSAGE_EDIT', editedMessage: { conversation: 'Hello' }, timestampMs: Date.now() }
    await says({ editedMessage: { message: { protocolMessage: edited } } }, { attrs: { edit: '1' } })
    await shows(id, { body: 'Hello', editedAt: expect.any(Number) })
    await says({ reactionMessage: { key, text: '👍' } }, { attrs: { type: 'reaction' } })
    await shows(id, { reactions: [{ from: `${chat.contact}@c.us`, text: '👍' }] })
    await says({ reactionMessage: { key, text: '' } }, { attrs: { type: 'reaction' } })
    await eventually(async () => expect(await message(id)).not.toHaveProperty('reactions'))
    await says({ protocolMessage: { key, type: 'REVOKE' } }, { attrs: { edit: '7' } })
    await shows(id, { body: '', revokedBy: `${chat.contact}@c.us`, _data: { type: 'revoked' } })
  })

  test('cannot edit or revoke what the owner said', async () => {
    const id = await phoneSays({ conversation: 'Mine' })
    await shows(id, { body: 'Mine', fromMe: true, source: 'app' })
    const key = { id, fromMe: false, remoteJid: `${chat.phone}@s.whatsapp.net` }
    await says({
      protocolMessage: { key: { ...key, fromMe: true }, type: 'MESSAGE_EDIT', editedMessage: { conversation: 'Forged' } },
    })
    await says({ protocolMessage: { key, type: 'REVOKE' } })
    const last = await says({ conversation: 'after the forgeries' })
    await shows(last, { body: 'after the forgeries' })
    const shown = await message(id)
    expect(shown).toMatchObject({ body: 'Mine' })
    expect(shown).not.toHaveProperty('revokedAt')
  })
})

describe('a group', () => {
  test('is one chat whose messages name their author, and in which people vote', async () => {
    const poll = { name: 'Lunch?', options: [{ optionName: 'Yes' }, { optionName: 'No' }], selectableOptionsCount: 1 }
    const asked = { messageContextInfo: { messageSecret: SECRET }, pollCreationMessageV3: poll }
    const id = await phoneSays(asked, { group, attrs: { type: 'poll' } })
    await shows(id, { fromMe: true, poll: { name: 'Lunch?', votes: [] } }, group)
    const vote = (options: string[]) =>
      world.simulator.voteAsContact(chat.contact, { group, asked: { id, author: chat.phone, secret: SECRET }, options })
    await vote(['No'])
    await vote(['Yes'])
    await shows(id, { poll: { votes: [{ from: `${chat.contact}@c.us`, options: ['Yes'] }] } }, group)

    const said = await says({ conversation: 'On my way' }, { group })
    await shows(
      said,
      { id: `false_${group}_${said}_${chat.contact}@c.us`, from: group, participant: `${chat.contact}@c.us` },
      group,
    )
  })
})

describe('a webhook', () => {
  /** Resolves when the receiver was told of such an event. */
  const told = (event: string, payload: object): Promise<void> =>
    eventually(() => {
      const payloads = receiver.taken('talk').flatMap((one) => (one.event.event === event ? [one.event.payload] : []))
      expect(payloads).toContainEqual(expect.objectContaining(payload))
    })

  test('says from the start where the bytes of a medium will be, as the API does', async () => {
    const id = await says({ imageMessage: { mimetype: 'image/jpeg', mediaKey: base64('k'.repeat(32)), fileLength: 12 } })
    await shows(id, {
      media: { url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/api\/files\/talk\/[0-9a-f]{40}\.jpeg$/) },
    })
    const { media } = await message(id)
    await told('message', { id: `false_${chat.contact}@c.us_${id}`, hasMedia: true, media })
  })

  test('tells of what changes a message, of groups and of calls', async () => {
    const id = await says({ conversation: 'Really?' })
    const key = { id, fromMe: true, remoteJid: `${chat.phone}@s.whatsapp.net` }
    await says({ reactionMessage: { key, text: '🤔' } }, { attrs: { type: 'reaction' } })
    const messageId = `false_${chat.contact}@c.us_${id}`
    await told('message.reaction', { fromMe: false, from: `${chat.contact}@c.us`, reaction: { text: '🤔', messageId } })
    await says({ protocolMessage: { key, type: 'REVOKE' } }, { attrs: { edit: '7' } })
    await told('message.revoked', { revokedMessageId: id })

    const other = `5511${randomInt(100_000_000, 999_999_999)}`
    await world.simulator.createContact(other, 'Another friend')
    await world.simulator.changeParticipants(group, { add: [other] })
    const participants = [{ id: `${other}@c.us`, role: 'participant' }]
    await told('group.v2.participants', { type: 'join', group: { id: group }, participants })

    const call = await world.simulator.call(chat.contact, chat.phone, { video: true })
    await told('call.received', { id: call, from: `${chat.contact}@c.us`, isVideo: true, isGroup: false })
    await world.simulator.endCall(chat.phone, call, 'terminate')
  })
})

describe('the API', () => {
  test('lists what it sent beside what it received, with its ack, and what people make of it', async () => {
    const job = await chat.send('From the API')
    await chat.untilStatus(job, 'delivered')
    await shows(job.messageId, { body: 'From the API', fromMe: true, source: 'api', ack: 2, ackName: 'DEVICE' })
    const key = { id: job.messageId, fromMe: false, remoteJid: `${chat.phone}@s.whatsapp.net` }
    await says({ reactionMessage: { key, text: '❤' } }, { attrs: { type: 'reaction' } })
    await shows(job.messageId, { reactions: [{ text: '❤' }] })
    const { body } = await get(`all/messages?limit=1&filter.fromMe=true`)
    expect(body).toMatchObject([{ id: `true_${chat.contact}@c.us_${job.messageId}` }])
    expect(await chat.stored()).not.toContain('From the API')
  })

  test('shows what it has changed in a message itself, once WhatsApp has it', async () => {
    const ask = async (method: string, path: string, json?: object) =>
      (await world.sandbox.api(path, { method, ...(json ? { json } : {}) })).status
    const job = await chat.send('Helo')
    await chat.untilStatus(job, 'delivered')
    const mine = `/api/talk/chats/${chat.contact}@c.us/messages/true_${chat.contact}@c.us_${job.messageId}`
    expect(await ask('PUT', mine, { text: 'Hello' })).toBe(200)
    await shows(job.messageId, { body: 'Hello', editedAt: expect.any(Number) })
    expect(await ask('DELETE', mine)).toBe(200)
    await shows(job.messageId, { body: '', revokedBy: `${chat.phone}@c.us` })

    const theirs = await says({ conversation: 'Thanks' })
    await shows(theirs, { body: 'Thanks' })
    const reaction = { session: 'talk', messageId: `false_${chat.contact}@c.us_${theirs}`, reaction: '🙏' }
    expect(await ask('PUT', '/api/reaction', reaction)).toBe(200)
    await shows(theirs, { reactions: [{ from: `${chat.phone}@c.us`, text: '🙏' }] })
  })
})
