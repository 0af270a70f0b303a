import { directoryPath, RECENT, sealPage } from '@holdfast/core/message/directory-document'
import { jobDocumentSchema, jobPath } from '@holdfast/core/message/job-document'
import { messageOrder, messagesPath } from '@holdfast/core/message/message-document'
import { receivedMediaPath } from '@holdfast/core/message/received-media-document'
import { openJobContent, sealChange, sealMessage, sealReceivedContent } from '@holdfast/core/message/sealed-content'
import type { Fields } from '@holdfast/core/platform/ports'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiUnderTest, startApi } from './api-under-test.ts'

const BOB = '5511900000002@s.whatsapp.net'
const EVE = '5511900000003@s.whatsapp.net'

let api: ApiUnderTest
let cipher: SessionCipher
beforeAll(async () => {
  api = await startApi()
  await api.post('/api/sessions', { name: 'shop' })
  await api.asOwner('shop', { me: { id: '5511900000001@s.whatsapp.net', lid: null } })
  cipher = await api.cipher('shop')
  for (let minute = 1; minute <= 5; minute++) await store(`b${minute}`, { minute, fromMe: minute % 2 === 0 })
  await store('e1', { minute: 9, chat: EVE })
})
afterAll(() => api[Symbol.asyncDispose]())

const timeOf = (minute: number): Date => new Date(Date.UTC(2026, 10, 1, 10, minute))

interface Given extends Fields {
  readonly minute?: number
  readonly facts?: object
  readonly chat?: string
}

/** Stores a message as the owner does, in some minutes as an owner of an earlier version did. */
const store = (id: string, given: Given = {}): Promise<void> => write(id, stored(id, given))

function stored(id: string, { minute = 1, facts, chat = BOB, ...given }: Given): Fields {
  const names = { messageId: id.toUpperCase(), chat, participant: null }
  const message = { text: `text of ${id}`, proto: '', ...(facts ? { facts } : {}), ...names }
  const isEarlier = minute % 3 === 0
  const sealed = isEarlier ? { ...names, content: sealReceivedContent(cipher, id, message) } : sealMessage(cipher, id, message)
  const order = messageOrder(minute, 0)
  return { v: 1, fromMe: false, pushName: 'Bob', type: 'text', ...sealed, sentAt: timeOf(minute), order, ...given }
}

const write = (id: string, fields: Fields) =>
  api.documents.commit([{ kind: 'merge', path: `${messagesPath('default.shop')}/${id}`, fields }])

const bodies = async (query: string): Promise<string[]> => {
  const { status, body } = await api.get(`/api/shop/chats/${query}`)
  expect(status).toBe(200)
  return body.map((message: { body: string }) => message.body.replace('text of ', ''))
}

describe('the messages of a chat', () => {
  it('are a bare list of both sides, newest first', async () => {
    expect(await bodies('5511900000002@c.us/messages?limit=3')).toEqual(['b5', 'b4', 'b3'])
    const { body } = await api.get('/api/shop/chats/5511900000002%40c.us/messages?limit=1')
    expect(body).toMatchObject([
      {
        id: 'false_5511900000002@c.us_B5',
        from: '5511900000002@c.us',
        to: '5511900000001@c.us',
        timestamp: timeOf(5).getTime() / 1000,
      },
    ])
  })

  it.each([
    ['messages?limit=2&offset=1', ['b4', 'b3']],
    ['messages?limit=2&offset=9', []],
    ['messages?sortOrder=asc&limit=2', ['b1', 'b2']],
    ['messages?filter.fromMe=true&limit=&offset=', ['b4', 'b2']],
    ['messages?filter.fromMe=true&offset=1', ['b2']],
    ['messages?filter.ack=2&limit=1', ['b5']],
    ['messages?filter.ack=READ', []],
    [`messages?filter.timestamp.gte=${timeOf(4).getTime() / 1000}`, ['b5', 'b4']],
    [`messages?filter.timestamp.lte=${timeOf(2).getTime() / 1000}`, ['b2', 'b1']],
  ])('can be narrowed: %s', async (query, expected) => {
    expect(await bodies(`5511900000002@c.us/${query}`)).toEqual(expected)
  })

  it('have pages of those of this version and of earlier ones, in one order', async () => {
    const chat = '5511900000008@s.whatsapp.net'
    const all = Array.from({ length: 450 }, (_, index) => `p${index}`)
    const merges = all.map((id, index) => ({
      kind: 'merge' as const,
      path: `${messagesPath('default.shop')}/${id}`,
      fields: stored(id, { minute: index, chat, fromMe: index > 1 }),
    }))
    await api.documents.commit(merges)
    expect(await bodies('5511900000008@c.us/messages?filter.fromMe=false')).toEqual(['p1', 'p0'])
    expect(await bodies('5511900000008@c.us/messages?sortOrder=asc&limit=300')).toEqual(all.slice(0, 300))
    expect(await bodies('5511900000008@c.us/messages?limit=100&offset=400')).toEqual(all.slice(0, 50).toReversed())
    await api.documents.commit(merges.map(({ path }) => ({ kind: 'delete' as const, path })))
  })

  it('can be those of all chats', async () => {
    expect(await bodies('all/messages?limit=2')).toEqual(['e1', 'b5'])
  })

  it('are also the deprecated list, for those who name a chat and nothing of the queue', async () => {
    const { status, body } = await api.get('/api/messages?session=shop&chatId=5511900000002@c.us&limit=2&downloadMedia=false')
    expect([status, body.map((message: { body: string }) => message.body)]).toEqual([200, ['text of b5', 'text of b4']])
    expect((await api.get('/api/messages?session=shop')).body).toHaveProperty('messages')
    expect((await api.get('/api/messages?chatId=5511900000002@c.us&limit=2')).body.code).toBe('unknown-session')
    await api.post('/api/sessions', { name: 'default' })
    expect(await api.get('/api/messages?chatId=5511900000002@c.us&limit=2')).toMatchObject({ status: 200, body: [] })
    expect((await api.get('/api/messages?chatId=5511900000002@c.us&status=failed')).body).toHaveProperty('messages')
  })

  it('are refused for a text that names no chat', async () => {
    expect(await api.get('/api/shop/chats/nobody/messages')).toMatchObject({ status: 400, body: { code: 'invalid-chat' } })
  })

  it('leave out what is damaged', async () => {
    await store('x1', { chat: '5511900000009@s.whatsapp.net' })
    await store('x2', { chat: '5511900000009@s.whatsapp.net', content: Buffer.from('not sealed') })
    expect(await bodies('5511900000009@c.us/messages')).toEqual(['x1'])
  })
})

describe('a reaction', () => {
  it.each([
    ['this version', 'b4', true],
    ['an earlier one', 'b3', false],
  ])('finds the message that %s has stored by its bare id', async (_, id, fromMe) => {
    const messageId = id.toUpperCase()
    const { status, body } = await api.send('PUT', '/api/reaction', { session: 'shop', messageId, reaction: '👍' })
    expect(status).toBe(200)
    const job = jobDocumentSchema.parse((await api.documents.read(jobPath(body.jobId)))?.fields)
    expect(job.chat).toBe(BOB)
    const target = { messageId, chat: BOB, participant: null, fromMe }
    expect(openJobContent(cipher, body.jobId, job)).toMatchObject({ type: 'reaction', target })
  })
})

describe('a message to a LID', () => {
  it('has the id of the chat with the number, where it is known, and is found under both names', async () => {
    const [lid, other] = ['200000000000002@lid', '200000000000009@lid']
    const entry = { id: BOB, lid, name: null, pushName: 'Bob', isBlocked: false, isGone: false }
    const page = { v: 1, entries: sealPage(cipher, 'contacts', RECENT, [entry]), upTo: null }
    await api.documents.commit([{ kind: 'merge', path: `${directoryPath('default.shop', 'contacts')}/${RECENT}`, fields: page }])
    const request = { session: 'shop', chatId: lid, text: 'To you' }
    const headers = { 'Idempotency-Key': 'to-a-lid' }
    const first = await api.post('/api/sendText', request, headers)
    expect(first).toMatchObject({ status: 201, body: { id: expect.stringMatching(/^true_5511900000002@c\.us_/) } })
    expect((await api.post('/api/sendText', request, headers)).body).toMatchObject({ id: first.body.id })
    const { body } = await api.get(`/api/messages?session=shop&status=pending&chatId=${encodeURIComponent(lid)}`)
    expect(body.messages.map(({ jobId }: { jobId: string }) => jobId)).toContain(first.body.jobId)
    expect((await api.post('/api/sendText', { ...request, chatId: other })).body.id).toMatch(/^true_200000000000009@lid_/)

    // One message is found under both names, too, and one that came before the number was known.
    await store('l1', { minute: 1, chat: lid })
    for (const id of ['B1', `false_${lid}_B1`, 'L1']) {
      const found = await api.get(`/api/shop/chats/${encodeURIComponent(lid)}/messages/${encodeURIComponent(id)}`)
      expect([id, found.status]).toEqual([id, 200])
    }
    for (const chatId of [lid, '5511900000002@c.us']) {
      const path = `${encodeURIComponent(chatId)}/messages`
      const early = await bodies(`${path}?filter.timestamp.lte=${timeOf(2).getTime() / 1000}`)
      expect(early.toSorted()).toEqual(['b1', 'b2', 'l1'])
      expect((await api.get(`/api/shop/chats/${path}/L1`)).status).toBe(200)
    }
    await store('l2', { minute: 8, chat: lid })
    const chat = { id: BOB, name: null, pushName: 'Bob', at: 1, unread: 0, archived: false, pinned: false, isGone: false }
    const chats = { v: 1, entries: sealPage(cipher, 'chats', RECENT, [chat]), upTo: null }
    await api.documents.commit([{ kind: 'merge', path: `${directoryPath('default.shop', 'chats')}/${RECENT}`, fields: chats }])
    const overview = await api.get(`/api/shop/chats/overview?ids=${encodeURIComponent(lid)}`)
    expect(overview.body).toMatchObject([{ id: '5511900000002@c.us', lastMessage: { body: 'text of l2' } }])
    await api.documents.commit([{ kind: 'delete', path: `${messagesPath('default.shop')}/l2` }])
    expect((await api.get(`/api/shop/chats/overview?ids=${encodeURIComponent(other)}`)).body).toEqual([])
  })
})

describe('a message of a chat', () => {
  const get = (id: string, query = '') => api.get(`/api/shop/chats/5511900000002@c.us/messages/${id}${query}`)

  it.each(['false_5511900000002@c.us_B1', 'B1'])('is found by its id %s', async (id) => {
    expect(await get(id)).toMatchObject({ status: 200, body: { id: 'false_5511900000002@c.us_B1', body: 'text of b1' } })
  })

  it.each(['true_5511900000002@c.us_B1', 'E1', 'B9'])('is not that of another one: %s', async (id) => {
    expect(await get(id)).toMatchObject({ status: 404, body: { code: 'unknown-message' } })
  })

  it('shows the state of its job', async () => {
    const { body: job } = await api.post('/api/sendText', { session: 'shop', chatId: BOB, text: 'Hello' })
    const id = job.jobId ?? job.id
    await store('mine', { fromMe: true, job: id, minute: 20, order: '' })
    expect((await get('MINE')).body).toMatchObject({ source: 'api', ack: 0, ackName: 'PENDING' })
    await api.documents.commit([{ kind: 'update', path: jobPath(id), fields: { status: 'delivered' } }])
    expect((await get('MINE')).body).toMatchObject({ ack: 2, ackName: 'DEVICE' })
    await api.documents.commit([{ kind: 'delete', path: jobPath(id) }])
    expect((await get('MINE')).body).toMatchObject({ ack: 1, ackName: 'SERVER' })
  })

  it('says where its media are, unless nobody wants them', async () => {
    const facts = { media: { mimetype: 'image/jpeg', filename: null, bytes: 3, seconds: null } }
    await store('pic', { type: 'image', facts, minute: 21 })
    expect((await get('PIC')).body).toMatchObject({
      hasMedia: true,
      media: { url: expect.stringContaining('/api/files/shop/pic') },
    })
    expect((await get('PIC', '?downloadMedia=false')).body).toMatchObject({ hasMedia: true, media: null })
  })

  it('has a file for no longer than it is shown itself', async () => {
    const media = { mimetype: 'image/jpeg', filename: null, bytes: 3, seconds: null }
    const [shown, over, revoked] = ['1', '2', '3'].map((digit) => digit.repeat(40)) as [string, string, string]
    await store(shown, { type: 'image', facts: { media }, minute: 22 })
    await store(over, { type: 'image', facts: { media, disappearsAfter: 1 }, minute: 22 })
    await store(revoked, { type: 'image', facts: { media }, minute: 22 })
    const change = { at: new Date(), by: BOB, content: sealChange(cipher, revoked, 'revoked_them', { text: '' }) }
    await write(revoked, { revoked_them: { messageId: 'C', ...change } })
    const pending = { v: 1, state: 'expired', reason: 'retention', object: null, filename: null }
    for (const id of [shown, over, revoked])
      await api.documents.commit([{ kind: 'create', path: `${receivedMediaPath('default.shop')}/${id}`, fields: pending }])
    const codes = await Promise.all([shown, over, revoked].map(async (id) => (await api.get(`/api/files/shop/${id}.jpeg`)).body))
    expect(codes).toMatchObject([
      { code: 'file-expired' },
      { code: 'file-gone', detail: expect.stringContaining('disappeared') },
      { code: 'file-gone', detail: expect.stringContaining('deleted for everyone') },
    ])
  })

  it('is gone once it has disappeared for WhatsApp’s own clients', async () => {
    const ageSeconds = Math.floor((Date.now() - timeOf(23).getTime()) / 1000)
    await store('soon', { minute: 23, facts: { disappearsAfter: ageSeconds + 600 } })
    await store('gone', { minute: 23, facts: { disappearsAfter: ageSeconds - 600 } })
    expect(await get('SOON')).toMatchObject({ status: 200 })
    expect(await get('GONE')).toMatchObject({ status: 404, body: { code: 'unknown-message' } })
    const received = async (query: string) => (await api.get(`/api/shop/messages?${query}`)).body
    const listed = (await received('limit=100')).messages.map(({ body }: { body: string }) => body)
    expect(listed).toContain('text of soon')
    expect(listed).not.toContain('text of gone')
    // A page of which all has disappeared is no end.
    await store('gone-too', { minute: 24, facts: { disappearsAfter: 1 } })
    await store('after', { minute: 25 })
    const after = await received(`limit=1&since=${messageOrder(23, 0)}`)
    expect(after).toMatchObject({ messages: [{ body: 'text of after' }], cursor: messageOrder(25, 0) })
  })

  it('has what changed it since, also before the message itself', async () => {
    const at = new Date()
    const sealed = (field: string, text: string) => sealChange(cipher, 'late', field, { text })
    const names = { v: 1, messageId: 'LATE', chat: BOB, participant: null, fromMe: false }
    await write('late', { ...names, reaction_0a: { messageId: 'R', at, by: EVE, content: sealed('reaction_0a', '👍') } })
    expect(await get('LATE')).toMatchObject({ status: 404 })
    await write('late', { edited_them: { messageId: 'C', at, by: BOB, content: sealed('edited_them', 'better') } })
    await store('late', { minute: 22 })
    expect((await get('LATE')).body).toMatchObject({ body: 'better', reactions: [{ from: '5511900000003@c.us', text: '👍' }] })
  })
})
