import { jobDocumentSchema, jobPath } from '@holdfast/core/message/job-document'
import type { Logger } from '@holdfast/core/platform/logging'
import { messageOrder, messagesPath } from '@holdfast/core/message/message-document'
import { sealMessage } from '@holdfast/core/message/sealed-content'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { API_KEY, type ApiUnderTest, startApi } from './api-under-test.ts'

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi()
  await api.post('/api/sessions', { name: 'main' })
  await api.post('/api/sessions', { name: 'other' })
})
afterAll(() => api[Symbol.asyncDispose]())

const text = { session: 'main', chatId: '5511999990000@c.us', text: 'Olá, dois às dez?' }
const keyed = (key: string) => ({ 'Idempotency-Key': key })

const jobs = async () => (await api.documents.query({ collection: 'message_queue_jobs' })).length

describe('a request to send a message', () => {
  it('stores the sealed message before it is answered with 201', async () => {
    const { status, body } = await api.post('/api/sendText', text, keyed('first'))
    expect(status).toBe(201)
    const { messageId, timestamp } = body
    const id = `true_5511999990000@c.us_${messageId}`
    const key = { remoteJid: '5511999990000@s.whatsapp.net', fromMe: true, id: messageId }
    expect(body).toEqual({
      id,
      jobId: expect.stringMatching(/^[0-9a-f]{40}$/),
      messageId: expect.stringMatching(/^3EB0[0-9A-F]{18}$/),
      timestamp: expect.any(Number),
      from: '5511999990000@c.us',
      to: '5511999990000@c.us',
      fromMe: true,
      body: text.text,
      hasMedia: false,
      media: null,
      ack: 0,
      ackName: 'PENDING',
      replyTo: null,
      key,
      messageTimestamp: String(timestamp),
      status: 'PENDING',
      _data: { key, id: { fromMe: true, remote: '5511999990000@c.us', id: messageId, _serialized: id } },
    })
    expect(Math.abs(timestamp * 1000 - Date.now())).toBeLessThan(60_000)
    const stored = await api.documents.read(jobPath(body.jobId))
    const job = jobDocumentSchema.strict().parse(stored?.fields)
    expect(job).toMatchObject({
      tenant: 'default',
      sessionId: 'default.main',
      chat: '5511999990000@s.whatsapp.net',
      messageId: body.messageId,
      status: 'pending',
      attempts: 0,
      nextAttemptAt: null,
    })
    expect(Buffer.from(job.content).includes('dois')).toBe(false)
    const opened = (await api.cipher('main')).openContent(job.content, `${jobPath(body.jobId)}/content`)
    expect(JSON.parse(opened.toString())).toEqual({ text: text.text })
  })

  it('is logged without the text, the number or the keys', async () => {
    const lines: string[] = []
    const collect = (...line: unknown[]) => void lines.push(JSON.stringify(line))
    const logger = { debug: collect, info: collect, warn: collect, error: collect } as unknown as Logger
    const { body } = await api.with({ logger }).post('/api/sendText', text, keyed('logged-key'))
    expect(lines.join()).toContain(body.jobId)
    for (const secret of [text.text, '5511999990000', 'logged-key', API_KEY]) expect(lines.join()).not.toContain(secret)
  })

  it('makes a message of its own when it has no idempotency key', async () => {
    const answers = [await api.post('/api/sendText', text), await api.post('/api/sendText', text)]
    expect(answers.map(({ status }) => status)).toEqual([201, 201])
    expect(answers[0]?.body.messageId).not.toBe(answers[1]?.body.messageId)
  })

  it('is refused while the queue accepts nothing new, unless it was accepted before', async () => {
    const before = await api.post('/api/sendText', text, keyed('before'))
    const closed = api.with({ acceptsMessages: false })
    const count = await jobs()
    const { status, body, headers } = await closed.post('/api/sendText', text, keyed('after'))
    expect([status, body.code, headers.get('Retry-After')]).toEqual([503, 'queue-disabled', '60'])
    expect(await jobs()).toBe(count)
    expect(await closed.post('/api/sendText', text, keyed('before'))).toMatchObject({ status: 201, body: before.body })
  })

  it('is accepted for a session that is logged out', async () => {
    await api.asOwner('other', { state: 'LOGGED_OUT' })
    expect((await api.post('/api/sendText', { ...text, session: 'other' })).status).toBe(201)
  })

  it('stores nothing when it has mistakes, and the answer lists all of them', async () => {
    const before = await jobs()
    const { status, body } = await api.post('/api/sendText', { session: 1, text: 'x\uD83D', priority: 'urgent' })
    expect(status).toBe(400)
    const messages = Object.fromEntries(
      body.issues.map((issue: Record<'field' | 'message', string>) => [issue.field, issue.message]),
    )
    expect(messages).toEqual({
      session: 'must be a text',
      chatId: 'is required: like 491701234567@c.us',
      text: 'must be well-formed Unicode',
      priority: 'must be one of high, normal, low',
    })
    expect(body.message).toEqual(body.issues.map(({ field, message }: Record<string, string>) => `${field}: ${message}`))
    expect((await api.post('/api/sendText', { ...text, text: 'x'.repeat(65_537) })).status).toBe(400)
    expect((await api.post('/api/sendText', text, keyed('k'.repeat(256)))).status).toBe(400)
    expect((await api.post('/api/sendText', { ...text, text: 'x'.repeat(1_100_000) })).status).toBe(413)
    expect(await api.post('/api/sendText', { ...text, session: 'nobody' })).toMatchObject({ status: 404 })
    for (const chatId of ['status@broadcast', '12345@broadcast']) {
      expect(await api.post('/api/sendText', { ...text, chatId })).toMatchObject({
        status: 422,
        body: { code: 'unsupported-chat' },
      })
    }
    for (const chatId of ['a@c.us', '5511@c.us/../x', '123']) {
      expect(await api.post('/api/sendText', { ...text, chatId })).toMatchObject({ status: 400, body: { code: 'invalid-chat' } })
    }
    for (const [chatId, kind] of [
      ['12345@broadcast', 'a broadcast list'],
      ['status@broadcast', 'the status'],
    ]) {
      const answer = await api.post('/api/sendText', { ...text, chatId })
      expect(answer).toMatchObject({ status: 422, body: { detail: expect.stringContaining(`chatId names ${kind}`) } })
    }
    expect(await jobs()).toBe(before)
  })
})

describe('the same idempotency key', () => {
  it('returns the same message again with its current status', async () => {
    const first = await api.post('/api/sendText', text, keyed('again'))
    const before = await jobs()
    // Another spelling of the same chat is the same request.
    const second = await api.post('/api/sendText', { ...text, chatId: '+5511999990000' }, keyed('again'))
    expect(second).toMatchObject({ status: 201, body: first.body })
    await api.documents.commit([{ kind: 'update', path: jobPath(first.body.jobId), fields: { status: 'sent' } }])
    expect((await api.post('/api/sendText', text, keyed('again'))).body).toEqual({
      ...first.body,
      ack: 1,
      ackName: 'SERVER',
      status: 'SERVER_ACK',
    })
    expect(await jobs()).toBe(before)
  })

  it('is refused for another session, chat or text', async () => {
    await api.post('/api/sendText', text, keyed('reused'))
    for (const changed of [{ session: 'other' }, { chatId: '5511999990001@c.us' }, { text: 'Other' }]) {
      const { status, body } = await api.post('/api/sendText', { ...text, ...changed }, keyed('reused'))
      expect([status, body.code]).toEqual([422, 'idempotency-key-reused'])
    }
  })

  it('makes one message of ten simultaneous requests', async () => {
    const before = await jobs()
    const answers = await Promise.all(Array.from({ length: 10 }, () => api.post('/api/sendText', text, keyed('raced'))))
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1)
    expect(answers.every(({ status }) => status === 201)).toBe(true)
    expect(await jobs()).toBe(before + 1)
  })

  it('is accepted when the commit succeeded but its answer was lost', async () => {
    const losing = api.committing(async (changes, commit) => {
      await commit(changes)
      throw new Error('14 UNAVAILABLE')
    })
    const answer = await api.with({ documents: losing }).post('/api/sendText', text, keyed('lost answer'))
    expect(answer).toMatchObject({ status: 201, body: { status: 'PENDING' } })
  })

  it('is answered with 503 and stores nothing when the commit failed', async () => {
    const failing = api.committing(() => Promise.reject(new Error('14 UNAVAILABLE')))
    const before = await jobs()
    const answer = await api.with({ documents: failing }).post('/api/sendText', text, keyed('never'))
    expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable' } })
    expect(answer.headers.get('retry-after')).toBe('5')
    expect(await jobs()).toBe(before)
  })
})

describe('an accepted message', () => {
  it('is shown with its timeline by either of its ids', async () => {
    const { body: sent } = await api.post('/api/sendText', text, keyed('followed'))
    const at = new Date('2026-11-01T10:00:00Z')
    const timeline = [
      { status: 'pending', at },
      { status: 'processing', at, attempt: 1 },
      { status: 'failed', at },
    ]
    const lastError = { code: 'not-on-whatsapp', message: 'The number is not on WhatsApp.' }
    const fields = { status: 'failed', timeline, attempts: 1, lastAttemptAt: at, failedAt: at, lastError }
    await api.documents.commit([{ kind: 'update', path: jobPath(sent.jobId), fields }])
    for (const id of [sent.id, sent.jobId, sent.messageId]) {
      expect(await api.get(`/api/messages/${id}`)).toMatchObject({ status: 200 })
      expect((await api.get(`/api/messages/${id}`)).body).toEqual({
        id: sent.id,
        jobId: sent.jobId,
        messageId: sent.messageId,
        session: 'main',
        pool: null,
        chatId: '5511999990000@c.us',
        text: text.text,
        status: 'failed',
        waiting: null,
        priority: 'normal',
        sendAt: null,
        expiresAt: null,
        timeline: JSON.parse(JSON.stringify(timeline)),
        attempts: 1,
        createdAt: expect.any(String),
        lastAttemptAt: at.toISOString(),
        nextAttemptAt: null,
        failedAt: at.toISOString(),
        error: lastError,
      })
    }
  })

  it('is shown with its status although its text cannot be opened', async () => {
    const { body: sent } = await api.post('/api/sendText', text, keyed('damaged'))
    await api.documents.commit([{ kind: 'update', path: jobPath(sent.jobId), fields: { content: Buffer.alloc(40) } }])
    const { status, body } = await api.get(`/api/messages/${sent.id}`)
    expect([status, body.text, body.textError, body.status]).toEqual([200, null, 'cannot-decrypt', 'pending'])
  })

  it('is reported as damaged by every route that reads its damaged document', async () => {
    const { body: sent } = await api.post('/api/sendText', text, keyed('torn'))
    await api.documents.commit([{ kind: 'update', path: jobPath(sent.jobId), fields: { timeline: 'none' } }])
    for (const answer of [
      await api.get(`/api/messages/${sent.id}`),
      await api.get(`/api/messages/${sent.messageId}`),
      await api.post('/api/sendText', text, keyed('torn')),
    ]) {
      expect(answer).toMatchObject({
        status: 409,
        body: { code: 'message-damaged', detail: expect.stringMatching(/timeline: expected array.*Nothing was altered/) },
      })
      expect(answer.headers.get('content-type')).toBe('application/problem+json')
    }
  })

  it('is answered with 404 for an unknown id', async () => {
    for (const id of ['0'.repeat(40), '3EB0000000000000000000', 'x', 'a%2Fb']) {
      expect((await api.get(`/api/messages/${id}`)).body.code, id).toBe('unknown-message')
    }
  })
})

describe('received messages', () => {
  /** Stores a message as an owner of an earlier version did. */
  const receive = async (session: string, sequence: number, text: string, content?: Buffer) => {
    const path = `${messagesPath(`default.${session}`)}/doc-${sequence}`
    const sealed = (await api.cipher(session)).sealContent(
      Buffer.from(JSON.stringify({ text, proto: 'AA==' })),
      `${path}/content`,
    )
    const fields = {
      v: 1,
      messageId: `3A${sequence}`,
      chat: '5511999990000@s.whatsapp.net',
      participant: null,
      fromMe: false,
      pushName: 'Ana',
      type: 'text',
      content: content ?? sealed,
      sentAt: new Date('2026-11-01T10:00:00.900Z'),
      order: messageOrder(sequence, 0),
    }
    await api.documents.commit([{ kind: 'create', path, fields }])
    return sealed
  }

  it('are listed in order, page by page, to a client that keeps the cursor', async () => {
    expect((await api.get('/api/main/messages')).body).toEqual({ messages: [], cursor: null })
    for (const sequence of [10, 9, 100]) await receive('main', sequence, `number ${sequence}`)
    const first = (await api.get('/api/main/messages?limit=2')).body
    expect(first.messages.map(({ body }: { body: string }) => body)).toEqual(['number 9', 'number 10'])
    expect(first.messages[0]).toEqual({
      id: '3A9',
      chatId: '5511999990000@c.us',
      from: '5511999990000@c.us',
      fromMe: false,
      participant: null,
      pushName: 'Ana',
      type: 'text',
      timestamp: 1793527200,
      order: messageOrder(9, 0),
      body: 'number 9',
    })
    const second = (await api.get(`/api/main/messages?since=${first.cursor}`)).body
    expect(second.messages.map(({ body }: { body: string }) => body)).toEqual(['number 100'])
    expect((await api.get(`/api/main/messages?since=${second.cursor}`)).body).toEqual({ messages: [], cursor: second.cursor })
  })

  it('do not hide the others when they are damaged or in the wrong place', async () => {
    const elsewhere = await receive('other', 1, 'secret')
    await receive('other', 2, 'swapped', elsewhere)
    await receive('other', 3, 'fine')
    const sealed = { fromMe: false, pushName: 'A…', type: 'text', sentAt: new Date(0) }
    const names = { messageId: '3A4', chat: '5511999990000@s.whatsapp.net', participant: null }
    const present = (id: string) => sealMessage(cipher, id, { text: `text of ${id}`, proto: '', ...names })
    const cipher = await api.cipher('other')
    const documents = {
      odd: {},
      present: { ...sealed, ...present('present') },
      closed: { ...sealed, ...present('another') },
    }
    await api.documents.commit(
      Object.entries(documents).map(([id, fields], index) => ({
        kind: 'create' as const,
        path: `${messagesPath('default.other')}/${id}`,
        fields: { v: 1, order: messageOrder(4 + index, 0), ...fields },
      })),
    )
    const { messages, cursor } = (await api.get('/api/other/messages')).body
    expect(messages).toMatchObject([
      { body: 'secret' },
      { id: '3A2', body: null, error: 'cannot-decrypt' },
      { body: 'fine' },
      { id: null, body: null, error: 'bad-document' },
      { id: '3A4', chatId: '5511999990000@c.us', participant: null, body: 'text of present' },
      { id: null, type: 'text', body: null, error: 'cannot-decrypt' },
    ])
    expect(JSON.stringify(messages)).not.toContain('#')
    expect(cursor).toBe(messageOrder(6, 0))
  })

  it('are not listed for an invalid query', async () => {
    for (const query of ['since=yesterday', 'limit=0', 'limit=1001', 'limit=x']) {
      expect((await api.get(`/api/main/messages?${query}`)).body.code, query).toBe('bad-request')
    }
    expect((await api.get('/api/nobody/messages')).status).toBe(404)
  })
})
