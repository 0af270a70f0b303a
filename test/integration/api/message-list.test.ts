import { jobPath } from '@holdfast/core/message/job-document'
import { sessionKeyPath } from '@holdfast/core/security/session-key-document'
import { type Fields } from '@holdfast/core/platform/ports'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MemoryObjects } from '../contract/memory-objects.ts'
import { type ApiUnderTest, startApi } from './api-under-test.ts'

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api[Symbol.asyncDispose]())

const CHAT = '5511999990000@c.us'

interface Listed {
  jobId: string
  text: string | null
}

const write = (id: string, fields: Fields) => api.documents.commit([{ kind: 'update', path: jobPath(id), fields }])

async function send(session: string, text: string, fields: Fields = {}, request: object = {}): Promise<string> {
  const { body } = await api.post('/api/sendText', { session, chatId: CHAT, text, ...request })
  if (Object.keys(fields).length > 0) await write(body.jobId, fields)
  return body.jobId
}

const listed = async (query: string, calls: Pick<ApiUnderTest, 'get'> = api) => {
  const { status, body } = await calls.get(`/api/messages${query}`)
  expect(status).toBe(200)
  return { texts: body.messages.map(({ text }: Listed) => text) as string[], ...body }
}

/** Reads the whole list, page by page. */
async function pages(query: string, limit: number, between: () => Promise<unknown> = () => Promise.resolve()) {
  const texts: string[] = []
  for (let cursor = ''; ;) {
    const page = await listed(`?${query}&limit=${limit}${cursor}`)
    texts.push(...page.texts)
    if (page.cursor === null) return texts
    cursor = `&cursor=${page.cursor}`
    await between()
  }
}

describe('the list of messages', () => {
  it('has the newest first, each like the message by itself', async () => {
    await api.post('/api/sessions', { name: 'first' })
    const ids = [await send('first', 'one'), await send('first', 'two', { status: 'sent' }), await send('first', 'three')]
    const { messages, cursor } = await listed('?session=first')
    expect(messages.map(({ jobId }: Listed) => jobId)).toEqual(ids.toReversed())
    for (const message of messages) expect((await api.get(`/api/messages/${message.jobId}`)).body).toEqual(message)
    expect(cursor).toBeNull()
  })

  it('can be narrowed by status, session, chat and time', async () => {
    for (const name of ['here', 'there']) await api.post('/api/sessions', { name })
    await send('here', 'a', { status: 'failed', createdAt: new Date('2026-11-01T10:00:00Z') })
    await send('here', 'b', { status: 'failed', createdAt: new Date('2026-11-02T10:00:00Z') })
    await send('here', 'c', { createdAt: new Date('2026-11-03T10:00:00Z') }, { chatId: '5511999990001@c.us' })
    await send('there', 'd', { status: 'failed', createdAt: new Date('2026-11-04T10:00:00Z') }, { chatId: '5511999990001@c.us' })
    const texts = async (query: string) => (await listed(query)).texts
    expect(await texts('?session=here')).toEqual(['c', 'b', 'a'])
    expect(await texts('?session=here&status=failed')).toEqual(['b', 'a'])
    expect(await texts('?status=failed')).toEqual(['d', 'b', 'a'])
    for (const chat of ['5511999990001@c.us', '%2B5511999990001', '5511999990001@s.whatsapp.net']) {
      expect(await texts(`?chatId=${chat}&since=2026-11-01T00:00:00Z`)).toEqual(['d', 'c'])
    }
    expect(await texts('?chatId=5511999990001@c.us&session=there&status=failed')).toEqual(['d'])
    expect(await texts('?status=failed&since=2026-11-02T11:00:00%2B01:00')).toEqual(['d', 'b'])
    expect(await texts('?chatId=nobody&status=failed')).toEqual([])
  })

  it('is whole and without repetition, although all messages were accepted at once and others come meanwhile', async () => {
    await api.post('/api/sessions', { name: 'paged' })
    const messages = Array.from({ length: 25 }, (_, index) => ({ session: 'paged', chatId: CHAT, text: `number ${index}` }))
    await api.post('/api/sendBulk', { messages })
    // All jobs of one commit have one time.
    const times = (await listed('?session=paged')).messages.map(({ createdAt }: { createdAt: string }) => createdAt)
    expect(new Set(times).size).toBe(1)
    const texts = await pages('session=paged', 4, () => send('paged', 'later'))
    expect(texts.toSorted()).toEqual(messages.map(({ text }) => text).toSorted())
  })

  it('has pages that meet between any two messages', async () => {
    await api.post('/api/sessions', { name: 'single' })
    const texts = ['a', 'b', 'c', 'd']
    for (const text of texts) await send('single', text)
    for (const limit of [1, 2, 3]) expect(await pages('session=single', limit)).toEqual(texts.toReversed())
  })

  it('shows damaged messages as damaged, and the others', async () => {
    await api.post('/api/sessions', { name: 'torn' })
    const fine = await send('torn', 'fine')
    const torn = await send('torn', 'torn', { timeline: 'none' })
    const sealed = await send('torn', 'sealed', { content: Buffer.alloc(40) })
    expect((await listed('?session=torn')).messages).toMatchObject([
      { jobId: sealed, text: null, textError: 'cannot-decrypt' },
      { jobId: torn, damage: expect.stringContaining('timeline') },
      { jobId: fine, text: 'fine' },
    ])
    await api.documents.commit([{ kind: 'delete', path: sessionKeyPath('default.torn') }])
    expect((await listed('?session=torn')).messages[2]).toMatchObject({ jobId: fine, text: null, textError: 'data-key-missing' })
  })

  it('leaves archived messages out', async () => {
    await api.post('/api/sessions', { name: 'archived' })
    const calls = api.with({ archives: new MemoryObjects() })
    const id = await send('archived', 'old', { status: 'failed' })
    await send('archived', 'new', { status: 'failed' })
    await calls.send('DELETE', `/api/messages/${id}`)
    expect((await listed('?session=archived&status=failed')).texts).toEqual(['new'])
  })

  it('has only what the caller may know of', async () => {
    for (const name of ['mine', 'hidden', ...Array.from({ length: 25 }, (_, index) => `s${index}`)]) {
      await api.post('/api/sessions', { name })
    }
    await send('mine', 'mine 1', {}, { chatId: '5511999990009@c.us' })
    await send('hidden', 'hidden', {}, { chatId: '5511999990009@c.us' })
    for (const index of [0, 12, 24]) await send(`s${index}`, `s${index}`, {}, { chatId: '5511999990009@c.us' })
    await send('mine', 'mine 2', {}, { chatId: '5511999990009@c.us' })
    const ofChat = '?chatId=5511999990009@c.us&since=2020-01-01T00:00:00Z'
    const mine = api.as({ sessions: ['mine'] })
    expect((await listed(ofChat, mine)).texts).toEqual(['mine 2', 'mine 1'])
    expect(await mine.get('/api/messages?session=hidden')).toMatchObject({ status: 404, body: { code: 'unknown-session' } })
    // More sessions than one query takes.
    const many = api.as({ sessions: ['mine', ...Array.from({ length: 25 }, (_, index) => `s${index}`)] })
    expect((await listed(ofChat, many)).texts).toEqual(['mine 2', 's24', 's12', 's0', 'mine 1'])
    const first = await listed(`${ofChat}&limit=2`, many)
    expect((await listed(`${ofChat}&limit=9&cursor=${first.cursor}`, many)).texts).toEqual(['s12', 's0', 'mine 1'])
    expect((await listed(ofChat, api.as({ sessions: [] }))).texts).toEqual([])
    expect((await listed(ofChat, api.as({ tenant: 'other' }))).texts).toEqual([])
  })

  it.each(['status=gone', 'since=yesterday', 'since=2026-11-01', 'cursor=x', 'cursor=1-2', 'limit=0', 'limit=1001', 'limit=x'])(
    'is refused for %s',
    async (query) => {
      expect(await api.get(`/api/messages?${query}`)).toMatchObject({ status: 400, body: { code: 'bad-request' } })
    },
  )
})

describe('a pending message says why it waits', () => {
  const soon = new Date(Date.now() + 3_600_000)
  const waiting = async (id: string) => (await api.get(`/api/messages/${id}`)).body.waiting

  it('for its time, for another attempt, for its pace, for its turn', async () => {
    await api.post('/api/sessions', { name: 'open' })
    await api.heartbeat('runner-1')
    await api.asOwner('open', { state: 'CONNECTED', since: new Date(), runnerId: 'runner-1' })
    const until = soon.toISOString()
    expect(await waiting(await send('open', 'x', {}, { sendAt: until }))).toEqual({ reason: 'scheduled', until })
    expect(await waiting(await send('open', 'x', { nextAttemptAt: soon }))).toEqual({ reason: 'retry', until })
    const hold = { reason: 'daily-limit', until: soon }
    expect(await waiting(await send('open', 'x', { hold }))).toEqual({ reason: 'daily-limit', until })
    const over = { hold: { ...hold, until: new Date(1) }, nextAttemptAt: new Date(1) }
    expect(await waiting(await send('open', 'x', over))).toEqual({ reason: 'queue', until: null })
    for (const status of ['processing', 'sent', 'failed', 'canceled']) {
      expect(await waiting(await send('open', 'x', { status, nextAttemptAt: soon, hold }))).toBeNull()
    }
  })

  it('for its session, also when that is damaged', async () => {
    await api.post('/api/sessions', { name: 'closed', start: false })
    const id = await send('closed', 'x')
    expect(await waiting(id)).toEqual({ reason: 'session-not-connected', until: null })
    await api.heartbeat('runner-1')
    await api.asOwner('closed', { state: 'BACKOFF', since: new Date(), runnerId: 'runner-1', nextAttemptAt: soon })
    expect(await waiting(id)).toEqual({ reason: 'session-not-connected', until: soon.toISOString() })
    await api.asOwner('closed', { state: 'NOBODY-KNOWS-IT' })
    expect(await waiting(id)).toEqual({ reason: 'session-not-connected', until: null })
  })
})
