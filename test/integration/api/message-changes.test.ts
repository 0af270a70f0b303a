import { JOB_STATUSES, type JobDocument, jobDocumentSchema, jobPath } from '@holdfast/core/message/job-document'
import { type Fields, SERVER_TIME } from '@holdfast/core/platform/ports'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MemoryObjects } from '../contract/memory-objects.ts'
import { type ApiUnderTest, startApi } from './api-under-test.ts'

/** What callers change in messages that are accepted: cancel, replace, retry, delete. */

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi()
  await api.post('/api/sessions', { name: 'main' })
})
afterAll(() => api[Symbol.asyncDispose]())

const text = { session: 'main', chatId: '5511999990000@c.us', text: 'Hello' }
const HOUR_MS = 3_600_000
const soon = () => new Date(Date.now() + HOUR_MS)

const write = (id: string, fields: Fields) => api.documents.commit([{ kind: 'update', path: jobPath(id), fields }])

async function job(id: string): Promise<JobDocument> {
  return jobDocumentSchema.strict().parse((await api.documents.read(jobPath(id)))?.fields)
}

/** Accepts a message and writes into its document what its owner would write. */
async function message(fields: Fields = {}, request: object = {}): Promise<{ id: string; messageId: string }> {
  const { body } = await api.post('/api/sendText', { ...text, ...request })
  if (Object.keys(fields).length > 0) await write(body.jobId, fields)
  return { ...body, id: body.jobId }
}

const failedAt = new Date('2026-11-01T10:00:00Z')
const FAILED = {
  status: 'failed',
  attempts: 2,
  failedAt,
  lastError: { code: 'whatsapp-500', message: 'WhatsApp refused the message (500).' },
  timeline: [
    { status: 'pending', at: failedAt },
    { status: 'processing', at: failedAt, attempt: 1 },
    { status: 'failed', at: failedAt },
  ],
}

/** Makes an API whose owner of the session is faster: before the first commit it writes these fields. */
function racedBy(id: string, fields: Fields) {
  let isFirst = true
  const documents = api.committing(async (changes, commit) => {
    if (isFirst) await write(id, fields)
    isFirst = false
    await commit(changes)
  })
  return api.with({ documents })
}

/** Makes an API whose commits take effect and have no answer. */
const losingAnswers = () =>
  api.with({
    documents: api.committing(async (changes, commit) => {
      await commit(changes)
      throw new Error('14 UNAVAILABLE')
    }),
  })

const failing = () => api.with({ documents: api.committing(() => Promise.reject(new Error('14 UNAVAILABLE'))) })

describe('cancel', () => {
  it.each<[string, Fields, object]>([
    ['waits in the queue', {}, {}],
    ['is for later', {}, { sendAt: soon().toISOString() }],
    ['is held back', { hold: { reason: 'daily-limit', until: soon() } }, {}],
    ['waits for another attempt', { nextAttemptAt: soon(), attempts: 1 }, {}],
  ])('ends a message that %s, once', async (_, fields, request) => {
    const { id, messageId } = await message(fields, request)
    const first = await api.post(`/api/messages/${messageId}/cancel`)
    expect(first).toMatchObject({ status: 200, body: { jobId: id, status: 'canceled', waiting: null, nextAttemptAt: null } })
    expect(first.body.timeline.at(-1)).toEqual({ status: 'canceled', at: expect.any(String), by: 'api' })
    expect((await job(id)).hold).toBeNull()
    const second = await api.post(`/api/messages/${id}/cancel`)
    expect(second).toMatchObject({ status: 200, body: first.body })
  })

  it('is refused while the message is or may be on the wire, and the answer says so', async () => {
    const { id } = await message({ status: 'processing', attempts: 1 })
    const { status, body } = await api.post(`/api/messages/${id}/cancel`)
    expect([status, body.code, body.state]).toEqual([409, 'cannot-cancel', 'processing'])
    expect(body.detail).toContain('on the wire, or may be')
    expect((await job(id)).status).toBe('processing')
  })

  it('is refused while the message waits, and an attempt before the refused one got no answer', async () => {
    const [at, attempts] = [new Date(), 2]
    const taken = { status: 'processing', at }
    const timeline = [
      { status: 'pending', at },
      ...[1, 2].map((attempt) => ({ ...taken, attempt })),
      { status: 'pending', at, attempt: 2 },
    ]
    const { id } = await message({ timeline, attempts, nextAttemptAt: soon() })
    const { status, body } = await api.post(`/api/messages/${id}/cancel`)
    expect([status, body.code, body.state]).toEqual([409, 'cannot-cancel', 'pending'])
    expect((await job(id)).status).toBe('pending')
  })

  it.each(['sent', 'delivered', 'read', 'failed'] as const)('is refused for a message that is %s', async (status) => {
    const { id } = await message({ status })
    expect(await api.post(`/api/messages/${id}/cancel`)).toMatchObject({
      status: 409,
      body: { code: 'cannot-cancel', state: status, detail: `The message is ${status}.` },
    })
  })

  it('that races the owner ends in one of the two', async () => {
    const taken = await message()
    expect(await racedBy(taken.id, { status: 'processing', attempts: 1 }).post(`/api/messages/${taken.id}/cancel`)).toMatchObject(
      {
        status: 409,
        body: { code: 'cannot-cancel', state: 'processing' },
      },
    )
    expect((await job(taken.id)).status).toBe('processing')
    const held = await message()
    const hold = { reason: 'pacing-delay', until: soon() }
    expect(await racedBy(held.id, { hold }).post(`/api/messages/${held.id}/cancel`)).toMatchObject({ status: 200 })
    expect(await job(held.id)).toMatchObject({ status: 'canceled', hold: null })
  })

  it('is done when its answer was lost, and is not when the commit failed', async () => {
    const { id } = await message()
    expect(await failing().post(`/api/messages/${id}/cancel`)).toMatchObject({ status: 503, body: { code: 'unavailable' } })
    expect((await job(id)).status).toBe('pending')
    expect(await losingAnswers().post(`/api/messages/${id}/cancel`)).toMatchObject({ status: 200, body: { status: 'canceled' } })
    expect((await job(id)).timeline.filter(({ status }) => status === 'canceled')).toHaveLength(1)
  })

  it('leaves its idempotency key in use', async () => {
    const key = { 'Idempotency-Key': 'canceled' }
    const { body } = await api.post('/api/sendText', text, key)
    await api.post(`/api/messages/${body.id}/cancel`)
    expect(await api.post('/api/sendText', text, key)).toMatchObject({
      status: 201,
      body: { id: body.id, ack: -1, status: 'ERROR' },
    })
    expect((await job(body.jobId)).status).toBe('canceled')
  })
})

describe('replace', () => {
  const put = (id: string, body: object) => api.send('PUT', `/api/messages/${id}`, body)

  it('changes the text of a message that waits, and keeps its ids, its place and its key', async () => {
    const key = { 'Idempotency-Key': 'replaced' }
    const { body: accepted } = await api.post('/api/sendText', text, key)
    const before = await job(accepted.jobId)
    const answer = await put(accepted.id, { text: 'Goodbye' })
    expect(answer).toMatchObject({
      status: 200,
      body: { id: accepted.id, jobId: accepted.jobId, messageId: accepted.messageId, text: 'Goodbye' },
    })
    expect(answer.body.timeline.at(-1)).toEqual({ status: 'pending', at: expect.any(String), by: 'api', why: 'replaced' })
    const after = await job(accepted.jobId)
    const changed = { content: after.content, timeline: after.timeline }
    expect(after).toEqual({ ...before, ...changed })
    // The key belongs to the first request.
    expect(await api.post('/api/sendText', text, key)).toMatchObject({ status: 201, body: accepted })
    const other = await api.post('/api/sendText', { ...text, text: 'Goodbye' }, key)
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } })
  })

  it('that is repeated changes nothing more', async () => {
    const { id } = await message()
    const replacement = { text: 'Again', priority: 'low', expiresAt: soon().toISOString() }
    await put(id, replacement)
    const before = await job(id)
    expect((await put(id, replacement)).status).toBe(200)
    expect(await job(id)).toEqual(before)
    expect(before.priority).toBe('low')
  })

  it('moves a message out of the queue, to another time, and back into the queue', async () => {
    const { id } = await message({ hold: { reason: 'pacing-delay', until: soon() } })
    const [first, second] = [soon(), new Date(Date.now() + 2 * HOUR_MS)]
    expect((await put(id, { text: 'Later', sendAt: first.toISOString() })).body.waiting).toEqual({
      reason: 'scheduled',
      until: first.toISOString(),
    })
    expect(await job(id)).toMatchObject({ queuedAt: null, sendAt: first, hold: null })
    await put(id, { text: 'Later', sendAt: second.toISOString() })
    expect(await job(id)).toMatchObject({ queuedAt: null, sendAt: second })
    const names = api.tasks.all.map(({ name }) => name).filter((name) => name.startsWith(`later-${id}`))
    expect(names).toEqual([`later-${id}-${first.getTime()}`, `later-${id}-${second.getTime()}`])
    await put(id, { text: 'Later' })
    expect(await job(id)).toMatchObject({ queuedAt: null, sendAt: second })
    await put(id, { text: 'Now', sendAt: null })
    expect(await job(id)).toMatchObject({ queuedAt: expect.any(Date), sendAt: null })
  })

  it('is possible although the time of the message has come', async () => {
    const { id } = await message({ sendAt: failedAt })
    expect(await put(id, { text: 'Late' })).toMatchObject({ status: 200, body: { text: 'Late', sendAt: failedAt.toISOString() } })
  })

  it.each<[string, Fields]>([
    ['is on the wire', { status: 'processing', attempts: 1 }],
    ['was refused once', { attempts: 1, nextAttemptAt: soon() }],
    ['was composed', { proto: Buffer.alloc(40) }],
    ...(['sent', 'delivered', 'read', 'failed', 'canceled'] as const).map((status): [string, Fields] => [
      `is ${status}`,
      { status },
    ]),
  ])('is refused for a message that %s', async (_, fields) => {
    const { id } = await message(fields)
    const before = await job(id)
    const answer = await put(id, { text: 'Other' })
    expect(answer).toMatchObject({ status: 409, body: { code: 'cannot-replace', state: before.status } })
    expect(await job(id)).toEqual(before)
  })

  it('is refused when the owner was faster', async () => {
    const { id } = await message()
    const raced = racedBy(id, { status: 'processing', attempts: 1 })
    expect(await raced.send('PUT', `/api/messages/${id}`, { text: 'Other' })).toMatchObject({ status: 409 })
    expect((await api.get(`/api/messages/${id}`)).body.text).toBe('Hello')
  })

  it('is done once when its answer was lost', async () => {
    const { id } = await message()
    expect((await losingAnswers().send('PUT', `/api/messages/${id}`, { text: 'Once' })).status).toBe(200)
    expect((await job(id)).timeline.filter(({ why }) => why === 'replaced')).toHaveLength(1)
  })

  it('is refused with a mistake', async () => {
    const { id } = await message({}, { sendAt: soon().toISOString() })
    for (const wrong of [{}, { text: '' }, { text: 'x', session: 'other' }, { text: 'x', chatId: '1@c.us' }]) {
      expect(await put(id, wrong)).toMatchObject({ status: 400 })
    }
    for (const times of [{ sendAt: failedAt }, { expiresAt: failedAt }, { expiresAt: new Date(Date.now() + 1000) }]) {
      expect(await put(id, { text: 'x', ...times })).toMatchObject({ status: 422, body: { code: 'invalid-time' } })
    }
  })
})

describe('retry', () => {
  it('returns a failed message to the queue with its ids and its content', async () => {
    const proto = Buffer.from('composed')
    const { id, messageId } = await message({ ...FAILED, proto })
    const before = await job(id)
    const answer = await api.post(`/api/messages/${id}/retry`)
    expect(answer).toMatchObject({ status: 200, body: { jobId: id, messageId, status: 'pending', text: 'Hello', attempts: 2 } })
    expect(answer.body.timeline.at(-1)).toEqual({ status: 'pending', at: expect.any(String), by: 'api', why: 'retried' })
    const after = await job(id)
    expect(after).toEqual({
      ...before,
      status: 'pending',
      queuedAt: expect.any(Date),
      generation: 1,
      failedAt: null,
      lastError: null,
      timeline: [...before.timeline, { status: 'pending', at: expect.any(Date), by: 'api', why: 'retried' }],
    })
    expect(after.queuedAt?.getTime()).toBeGreaterThan(before.queuedAt?.getTime() ?? 0)
  })

  it('asked twice is done once', async () => {
    const { id } = await message(FAILED)
    const answers = await Promise.all([1, 2, 3].map(() => api.post(`/api/messages/${id}/retry`)))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(await job(id)).toMatchObject({ status: 'pending', generation: 1 })
    expect((await losingAnswers().post(`/api/messages/${id}/retry`)).status).toBe(200)
    expect((await job(id)).timeline.filter(({ why }) => why === 'retried')).toHaveLength(1)
  })

  it('is possible again after the message has failed again', async () => {
    const { id } = await message(FAILED)
    await api.post(`/api/messages/${id}/retry`)
    const { timeline } = await job(id)
    await write(id, { ...FAILED, timeline: [...timeline, { status: 'failed', at: new Date() }] })
    expect((await api.post(`/api/messages/${id}/retry`)).status).toBe(200)
    expect(await job(id)).toMatchObject({ status: 'pending', generation: 2 })
  })

  it.each(JOB_STATUSES.filter((status) => status !== 'failed'))('is refused for a message that is %s', async (status) => {
    const { id } = await message({ status })
    const answer = await api.post(`/api/messages/${id}/retry`)
    expect(answer).toMatchObject({ status: 409, body: { code: 'cannot-retry', state: status } })
    expect((await job(id)).status).toBe(status)
  })

  it('is refused after the message has expired', async () => {
    const { id } = await message({ ...FAILED, expiresAt: failedAt })
    const answer = await api.post(`/api/messages/${id}/retry`)
    expect(answer).toMatchObject({ status: 409, body: { code: 'cannot-retry', detail: expect.stringContaining('expired') } })
    expect((await job(id)).status).toBe('failed')
  })
})

describe('delete', () => {
  const remove = (calls: Pick<ApiUnderTest, 'send'>, id: string) => calls.send('DELETE', `/api/messages/${id}`)

  it.each(['sent', 'delivered', 'read', 'failed', 'canceled'] as const)('archives a message that is %s, once', async (status) => {
    const calls = api.with({ archives: new MemoryObjects() })
    const { id, messageId } = await message({ status })
    const answer = await remove(calls, messageId)
    expect(answer).toMatchObject({ status: 200, body: { jobId: id, status, text: 'Hello', archivedAt: expect.any(String) } })
    expect(await remove(calls, id)).toMatchObject({ status: 200, body: answer.body })
    expect(await calls.get(`/api/messages/${id}`)).toMatchObject({ status: 200, body: answer.body })
  })

  it.each([
    ['pending', 'Cancel it first'],
    ['processing', 'on the wire, or may be'],
  ] as const)('is refused for a message that is %s', async (status, detail) => {
    const { id } = await message({ status })
    const answer = await remove(api.with({ archives: new MemoryObjects() }), id)
    expect(answer).toMatchObject({
      status: 409,
      body: { code: 'cannot-delete', state: status, detail: expect.stringContaining(detail) },
    })
    expect((await job(id)).status).toBe(status)
  })

  it('takes the later version when a receipt comes meanwhile', async () => {
    const archives = new MemoryObjects()
    const { id } = await message({ status: 'sent' })
    let isFirst = true
    const documents = api.committing(async (changes, commit) => {
      if (isFirst) await write(id, { status: 'delivered' })
      isFirst = false
      await commit(changes)
    })
    expect(await remove(api.with({ archives, documents }), id)).toMatchObject({ status: 200, body: { status: 'delivered' } })
  })

  it('is refused in an installation without an archive', async () => {
    const { id } = await message({ status: 'failed' })
    expect(await remove(api.with({ archives: null }), id)).toMatchObject({ status: 409, body: { code: 'no-archive' } })
  })
})

describe('a message that is archived', () => {
  it('can be neither canceled nor replaced nor retried', async () => {
    const calls = api.with({ archives: new MemoryObjects() })
    const { id } = await message(FAILED)
    await calls.send('DELETE', `/api/messages/${id}`)
    for (const answer of [
      await calls.post(`/api/messages/${id}/cancel`),
      await calls.send('PUT', `/api/messages/${id}`, { text: 'x' }),
      await calls.post(`/api/messages/${id}/retry`),
    ]) {
      expect(answer).toMatchObject({ status: 409, body: { code: 'message-archived' } })
    }
  })
})

describe('bugs of comparable queues', () => {
  it('told "failed" and sent later: a failed message returns to the queue only when somebody asks for it', async () => {
    const key = { 'Idempotency-Key': 'told failed' }
    const { body } = await api.post('/api/sendText', text, key)
    await write(body.jobId, FAILED)
    const before = await job(body.jobId)
    expect((await api.post('/api/sendText', text, key)).body).toMatchObject({ id: body.id, ack: -1, ackName: 'ERROR' })
    for (const path of ['cancel', 'retry-failed']) await api.post(`/api/messages/${body.id}/${path}`)
    await api.get(`/api/messages/${body.id}`)
    expect(await job(body.jobId)).toEqual(before)
  })

  it('retry with a new id: a message has one id at WhatsApp, whatever is done with it', async () => {
    const { id, messageId } = await message()
    const ids = async () => [(await api.get(`/api/messages/${id}`)).body.messageId, (await job(id)).messageId]
    await api.send('PUT', `/api/messages/${id}`, { text: 'Replaced' })
    expect(await ids()).toEqual([messageId, messageId])
    await write(id, FAILED)
    await api.post(`/api/messages/${id}/retry`)
    expect(await ids()).toEqual([messageId, messageId])
    await write(id, { ...FAILED, queuedAt: SERVER_TIME })
    await api.post('/api/queue/retry-failed')
    expect(await ids()).toEqual([messageId, messageId])
    expect(await job(id)).toMatchObject({ status: 'pending', generation: 2 })
  })

  it('distinct messages taken for duplicates: the key decides, not the text', async () => {
    const twice = await Promise.all([api.post('/api/sendText', text), api.post('/api/sendText', text)])
    const bulk = (await api.post('/api/sendBulk', { messages: [text, text] })).body.results
    const keys = [1, 2].map((key) => ({ ...text, idempotencyKey: `distinct ${key}` }))
    const keyed = (await api.post('/api/sendBulk', { messages: keys })).body.results
    const ids = [...twice.map(({ body }) => body), ...bulk, ...keyed].map(({ messageId }: { messageId: string }) => messageId)
    expect(new Set(ids).size).toBe(6)
  })
})
