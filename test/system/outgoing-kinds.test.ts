import type { AcceptedMessage } from '@holdfast/client/types'
import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Chat, EngineWorld, eventually } from '../support/engine-world.ts'
import type { SimulatorEvent } from '../support/event-reader.ts'
import { rawApi, type RawAnswer } from '../support/raw-api.ts'

/** Messages of every kind, and files of a channel, the whole way: the API, a runner, and a contact that reads them strictly. */

const DAY = 86_400

let world: EngineWorld
let chat: Chat
let to: string
let group: string
let call: (method: string, path: string, json?: unknown) => Promise<RawAnswer>

beforeAll(async () => {
  world = await EngineWorld.start()
  call = rawApi(world)
  chat = await world.linked('kinds')
  to = `${chat.contact}@c.us`
  group = await world.simulator.createGroup('Everybody', [chat.phone, chat.contact])
})

afterAll(async () => {
  expect((await world.simulator.state()).violations).toEqual([])
  await world[Symbol.asyncDispose]()
})

/** Sends, and returns the serialized id of the message. */
async function send(path: string, body: object, { method = 'POST', status = 201 } = {}): Promise<string> {
  const answer = await call(method, path, { session: chat.name, ...body })
  expect(answer, path).toMatchObject({ status })
  return answer.body.id
}

const bareOf = (id: string): string => id.split('_')[2] ?? ''

const seenBy = async (id: string) => (await chat.received()).find((message) => message.id === bareOf(id))

/** Resolves when the contact has the message, once, and sees this of it. */
const arrives = (id: string, content: object) =>
  eventually(async () => expect(await seenBy(id)).toMatchObject({ copies: 1, content }))

const inChat = (id: string, chatId = to): string =>
  `/api/${chat.name}/chats/${encodeURIComponent(chatId)}/messages/${encodeURIComponent(id)}`

const refused = (code: string, status = 422) => ({ status, body: { code } })

describe('a text', () => {
  test('mentions people, and quotes the message of the contact that it answers', async () => {
    const asked = await chat.receive('When?')
    await eventually(async () => expect(await chat.stored()).toContain('When?'))
    const text = `@${chat.contact} at ten`
    const id = await send('/api/sendText', { chatId: to, text, mentions: [to], reply_to: `false_${to}_${asked}` })
    const jid = `${chat.contact}@s.whatsapp.net`
    await arrives(id, { kind: 'text', text, mentions: [jid], quoted: { id: asked, participant: jid, text: 'When?' } })
    const again = await send('/api/sendText', { chatId: to, text: 'I mean', reply_to: id })
    await arrives(again, { quoted: { id: bareOf(id), participant: `${chat.phone}@s.whatsapp.net`, text } })
  })

  test('that answers a message nobody has is refused, before anything is stored', async () => {
    const lost = { session: chat.name, chatId: to, text: 'x', reply_to: `false_${to}_3EB00000000000000000` }
    expect(await call('POST', '/api/sendText', lost)).toMatchObject(refused('not-possible'))
  })

  test('shows the preview that the caller gives for its link', async () => {
    const picture = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2]).toString('base64')
    const preview = { url: 'https://example.com', title: 'Example', description: 'Of a page', image: { data: picture } }
    const id = await send('/api/send/link-custom-preview', { chatId: to, text: 'See https://example.com', preview })
    await arrives(id, { preview: { url: 'https://example.com', title: 'Example', description: 'Of a page' } })
  })

  test('goes to a contact by its LID', async () => {
    const lid = `2${chat.contact.padStart(15, '0')}@lid`
    await arrives(await send('/api/sendText', { chatId: lid, text: 'by LID' }), { text: 'by LID' })
  })
})

test('a place, contact cards, a list and an event arrive as such', async () => {
  const place = { latitude: -23.5, longitude: -46.6, title: 'Here' }
  await arrives(await send('/api/sendLocation', { chatId: to, ...place }), { kind: 'location', latitude: -23.5, text: 'Here' })
  const cards = [
    { fullName: 'Ana; the baker', phoneNumber: '+55 11 1', organization: 'Bakery', whatsappId: '5511999990001', vcard: null },
    { vcard: 'BEGIN:VCARD\nVERSION:3.0\nFN:Bea\nEND:VCARD' },
  ]
  await arrives(await send('/api/sendContactVcard', { chatId: to, contacts: cards }), {
    kind: 'contacts',
    text: 'Ana; the baker, Bea',
  })
  const sections = [{ title: 'Food', rows: [{ title: 'Rice', rowId: 'rice', description: null }] }]
  const list = { title: 'Menu', description: 'Choose', footer: '', button: 'Open', sections }
  await arrives(await send('/api/sendList', { chatId: to, message: list }), { kind: 'list', rows: ['rice'] })
  const event = { name: 'Party', startTime: 1_900_000_000, location: { name: 'Here' }, extraGuestsAllowed: true }
  await arrives(await send(`/api/${chat.name}/events`, { session: undefined, chatId: to, event }), {
    kind: 'event',
    place: 'Here',
  })
})

test('a poll arrives, and a vote in it can be read by those who have the poll', async () => {
  const poll = { name: 'When?', options: ['At 2', 'At 10'], multipleAnswers: false }
  const id = await send('/api/sendPoll', { chatId: to, poll })
  await arrives(id, { kind: 'poll', options: ['At 2', 'At 10'], multipleAnswers: false })
  await arrives(await send('/api/sendPollVote', { chatId: to, pollMessageId: id, votes: ['At 10'] }), {
    kind: 'poll-vote',
    text: 'At 10',
  })
  await arrives(await send('/api/sendPollVote', { chatId: to, pollMessageId: id, votes: [] }), { kind: 'poll-vote', text: '' })
})

test('a vote for what the poll does not offer fails for good, and hinders nothing', async () => {
  const poll = { name: 'Which?', options: ['A', 'B'] }
  const id = await send('/api/sendPoll', { chatId: to, poll })
  const { body } = await call('POST', '/api/sendPollVote', { session: chat.name, chatId: to, pollMessageId: id, votes: ['C'] })
  const job = body as AcceptedMessage
  await eventually(async () => {
    expect(await chat.job(job)).toMatchObject({ status: 'failed', attempts: 0, lastError: { code: 'cannot-compose' } })
  })
})

test('a message is reacted to, edited, pinned, forwarded, and deleted for everyone', async () => {
  const id = await send('/api/sendText', { chatId: to, text: 'first words' })
  const target = bareOf(id)
  const put = { method: 'PUT', status: 200 }
  await arrives(await send('/api/reaction', { messageId: id, reaction: '👍' }, put), { kind: 'reaction', text: '👍', target })
  await arrives(await send('/api/reaction', { messageId: id, reaction: '' }, put), { kind: 'reaction', text: '', target })
  const edit = await send(inChat(id), { session: undefined, text: 'better words' }, put)
  await arrives(edit, { kind: 'edit', text: 'better words', target })
  await arrives(await send(`${inChat(id)}/pin`, { session: undefined, duration: 86_400 }), {
    kind: 'pin',
    seconds: 86_400,
    target,
  })
  await arrives(await send(`${inChat(id)}/unpin`, { session: undefined }), { kind: 'unpin', target })
  const forwarded = await send('/api/forwardMessage', { chatId: group, messageId: id })
  await arrives(forwarded, { kind: 'text', text: 'first words', forwarded: 1 })
  const { body, status } = await call('DELETE', inChat(target))
  expect(status).toBe(200)
  await arrives(body.id, { kind: 'delete', target })
})

test('the message of a contact is reacted to, and cannot be edited', async () => {
  const id = await chat.receive('theirs')
  await eventually(async () => expect(await chat.stored()).toContain('theirs'))
  const reaction = await send('/api/reaction', { messageId: id, reaction: '🎉' }, { method: 'PUT', status: 200 })
  await arrives(reaction, { kind: 'reaction', text: '🎉', target: id })
  expect(await call('PUT', inChat(`false_${to}_${id}`), { text: 'mine' })).toMatchObject(refused('not-possible'))
  expect(await call('DELETE', inChat(`false_${to}_${id}`))).toMatchObject(refused('not-possible'))
  const elsewhere = inChat(`false_${to}_${id}`, group)
  expect(await call('DELETE', elsewhere)).toMatchObject(refused('unknown-message', 404))
  const unknown = { session: chat.name, messageId: '3EB00000000000000000', reaction: '👍' }
  expect(await call('PUT', '/api/reaction', unknown)).toMatchObject(refused('unknown-message', 404))
})

test('a star is kept with the phone, and taken away again', async () => {
  const starring = await world.linked('starring', { phone: { keyShare: true } })
  const messageId = await starring.receive('remember this')
  await eventually(async () => expect(await starring.stored()).toContain('remember this'))
  const stars = async () => {
    const { collections } = await world.simulator.appState(starring.phone)
    const entries = Object.values(collections).flatMap(({ entries: all }) => all)
    return entries.filter(({ index }) => index[0] === 'star' && index[2] === messageId).map(({ value }) => value.starAction)
  }
  const star = (isOn: boolean) =>
    call('PUT', '/api/star', { session: starring.name, chatId: `${starring.contact}@c.us`, messageId, star: isOn })
  const { status, body } = await star(true)
  expect(status).toBe(200)
  await eventually(async () => expect(await stars()).toEqual([{ starred: true }]))
  await starring.untilStatus(body, 'sent')
  await star(false)
  await eventually(async () => expect(await stars()).toEqual([{ starred: false }]))
})

test('a group gets texts that mention everybody, polls, and reactions', async () => {
  const id = await send('/api/sendText', { chatId: group, text: '@all hello', mentions: ['all'] })
  await eventually(async () => expect((await seenBy(id))?.content).toMatchObject({ text: '@all hello' }))
  expect((await seenBy(id))?.content['mentions']).toHaveLength(2)
  const reaction = await send('/api/reaction', { messageId: id, reaction: '👍' }, { method: 'PUT', status: 200 })
  await arrives(reaction, { kind: 'reaction', target: bareOf(id) })
  expect(await seenBy(reaction)).toMatchObject({ group })
  await arrives(await send('/api/sendPoll', { chatId: group, poll: { name: 'Who?', options: ['I', 'You'] } }), { kind: 'poll' })
})

const postsOf = async (channel: string) => (await world.simulator.state()).channels.find(({ id }) => id === channel)?.posts ?? []

test('a channel gets texts and files from its owner, which nobody encrypts, and no poll', async () => {
  const { id: channel } = await world.simulator.createChannel('News', chat.phone)
  const bytes = randomBytes(2000)
  const data = bytes.toString('base64')
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const says = (path: string, body: object): Promise<string> => send(path, { chatId: channel, ...body })
  const ids = [
    await says('/api/sendText', { text: 'news' }),
    await says('/api/sendImage', { file: { mimetype: 'image/png', data }, caption: 'A picture' }),
    await says('/api/sendVideo', { file: { mimetype: 'video/mp4', data }, asNote: true }),
    await says('/api/sendVideo', { file: { mimetype: 'video/mp4', data } }),
    await says('/api/sendVoice', { file: { mimetype: 'audio/ogg; codecs=opus', data } }),
    await says('/api/sendFile', { file: { mimetype: 'application/pdf', filename: 'report.pdf', data }, caption: 'A report' }),
  ]
  const file = (kind: string, more: object = {}) => ({ file: { kind, bytes: bytes.length, sha256, ...more } })
  const seen = [
    { content: { text: 'news' }, file: null },
    file('imageMessage', { mimetype: 'image/png', caption: 'A picture' }),
    file('ptvMessage'),
    file('videoMessage'),
    file('audioMessage'),
    file('documentMessage', { filename: 'report.pdf', caption: 'A report' }),
  ]
  const wanted = ids.map((id, index) => ({ id: bareOf(id), ...seen[index] }))
  await eventually(async () => expect(await postsOf(channel)).toMatchObject(wanted))
  const poll = { session: chat.name, chatId: channel, poll: { name: 'Who?', options: ['I', 'You'] } }
  expect(await call('POST', '/api/sendPoll', poll)).toMatchObject(refused('unsupported-chat'))
})

test('the file of a channel whose runner dies before the ack is posted again, by the handle of its one upload', async () => {
  const posting = await world.linked('posting')
  const { id: channel } = await world.simulator.createChannel('Pictures', posting.phone)
  await posting.fault('hold-acks')
  const data = randomBytes(2000).toString('base64')
  const image = { session: posting.name, chatId: channel, file: { mimetype: 'image/png', data } }
  const job = (await call('POST', '/api/sendImage', image)).body as AcceptedMessage
  const isPost = ({ type, channel: posted }: SimulatorEvent): boolean => type === 'channel-post' && posted === channel
  await world.happens(isPost)
  world.sandbox.runner('runner-1').kill()
  await world.clearFaults()
  await posting.untilStatus(job, 'sent')
  expect(world.happened.filter(isPost).map(({ id }) => id)).toEqual([job.messageId, job.messageId])
  const [post, ...more] = await postsOf(channel)
  expect([post?.id, more]).toEqual([job.messageId, []])
  const response = await fetch(`${world.simulator.url}/uploads?path=${encodeURIComponent(post?.file?.path ?? '')}`)
  expect(await response.json()).toEqual({ times: 1 })
})

test('a status reaches those who are named, and is taken back from them', async () => {
  const status = { text: 'Open today', backgroundColor: '#38b42f', font: 1, contacts: [to] }
  const id = await send(`/api/${chat.name}/status/text`, { session: undefined, ...status })
  await arrives(id, { kind: 'text', text: 'Open today', background: 'ff38b42f', font: 1 })
  const deleted = await send(`/api/${chat.name}/status/delete`, { session: undefined, id })
  await arrives(deleted, { kind: 'delete', target: bareOf(id) })
  expect(await call('POST', `/api/${chat.name}/status/text`, { text: 'To whom?' })).toMatchObject(refused('not-possible'))
  const asText = { session: chat.name, chatId: 'status@broadcast', text: 'x' }
  expect(await call('POST', '/api/sendText', asText)).toMatchObject(refused('unsupported-chat'))
})

test('an edit and a reaction whose runner dies before the ack are sent again as the same message', async () => {
  const quiet = await world.linked('killed-changes', { receipts: false })
  const chatId = `${quiet.contact}@c.us`
  const { body: sent } = await call('POST', '/api/sendText', { session: quiet.name, chatId, text: 'before' })
  await eventually(async () => expect(await quiet.received()).toHaveLength(1))
  await quiet.fault('hold-acks')
  const path = `/api/${quiet.name}/chats/${chatId}/messages/${sent.id}`
  const edit = (await call('PUT', path, { text: 'after' })).body
  const reaction = (await call('PUT', '/api/reaction', { session: quiet.name, messageId: sent.id, reaction: '👍' })).body
  await world.happens(({ type, id }) => type === 'contact-received' && id === bareOf(edit.id))
  world.sandbox.runner('runner-1').kill()
  await world.clearFaults()
  await eventually(async () => {
    const received = await quiet.received()
    expect(received.map(({ content, copies }) => [content.kind, copies])).toEqual([
      ['text', 1],
      ['edit', 2],
      ['reaction', 1],
    ])
  })
  for (const job of [edit, reaction] as AcceptedMessage[]) await quiet.untilStatus(job, 'sent')
})

test('messages to a chat with a timer disappear as the other ones there do', async () => {
  const says = (message: object) => world.simulator.sayAsContact(chat.contact, { to: chat.phone, message })
  const setTimer = async (seconds: number, mark: string) => {
    await says({ protocolMessage: { type: 'EPHEMERAL_SETTING', ephemeralExpiration: seconds } })
    await says({ conversation: mark })
    await eventually(async () => expect(await chat.stored()).toContain(mark))
  }
  await setTimer(DAY, 'Timed now')
  const id = await send('/api/sendText', { chatId: to, text: 'gone tomorrow' })
  await arrives(id, { text: 'gone tomorrow', expiration: DAY })
  expect(await call('GET', inChat(id))).toMatchObject({ body: { body: 'gone tomorrow', disappearsAfter: DAY } })
  await setTimer(0, 'Timed no more')
  const stays = await send('/api/sendText', { chatId: to, text: 'stays' })
  await eventually(async () => expect((await seenBy(stays))?.content).toEqual({ kind: 'text', text: 'stays' }))

  const timed = await world.simulator.createGroup('Short-lived', [chat.phone, chat.contact], 'lid', 7 * DAY)
  const first = await send('/api/sendText', { chatId: timed, text: 'gone in a week' })
  await arrives(first, { text: 'gone in a week', expiration: 7 * DAY })
})
