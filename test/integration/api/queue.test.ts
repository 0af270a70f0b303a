import { jobDocumentSchema, jobPath } from '@holdfast/core/message/job-document'
import { runnerPath } from '@holdfast/core/operations/runner-document'
import type { Change, Fields } from '@holdfast/core/platform/ports'
import { sessionPath } from '@holdfast/core/session/session-document'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Principal } from '../../../functions/src/app/principal.ts'
import { sessionChange, writeAll } from '../../support/fleet-documents.ts'
import { MemoryObjects } from '../contract/memory-objects.ts'
import { type ApiUnderTest, startApi } from './api-under-test.ts'

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api[Symbol.asyncDispose]())

const soon = new Date(Date.now() + 3_600_000)
const earlier = new Date('2026-11-01T10:00:00Z')

const write = (id: string, fields: Fields) => api.documents.commit([{ kind: 'update', path: jobPath(id), fields }])

const job = async (id: string) => jobDocumentSchema.parse((await api.documents.read(jobPath(id)))?.fields)

async function send(session: string, fields: Fields = {}, request: object = {}): Promise<string> {
  const { body } = await api.post('/api/sendText', { session, chatId: '5511999990000@c.us', text: 'Hello', ...request })
  if (Object.keys(fields).length > 0) await write(body.jobId, fields)
  return body.jobId
}

const FAILED = { status: 'failed', attempts: 1, failedAt: earlier, timeline: [{ status: 'failed', at: earlier }] }

/** Removes all sessions and jobs. */
beforeEach(async () => {
  const found = await Promise.all(
    ['message_queue_jobs', 'whatsapp_connection_states', 'session_keys'].map((collection) => api.documents.query({ collection })),
  )
  const changes = found.flat().map(({ path }): Change => ({ kind: 'delete', path }))
  if (changes.length > 0) await api.documents.commit(changes)
  for (const name of ['main', 'second']) await api.post('/api/sessions', { name })
})

const NONE = { waiting: 0, scheduled: 0, held: 0, retrying: 0, active: 0, sent: 0, failed: 0, canceled: 0 }

/** Makes one message or more for each figure. */
async function fill(): Promise<void> {
  await send('main', { queuedAt: new Date(Date.now() - 60_000) })
  await send('second')
  await send('main', {}, { sendAt: soon.toISOString() })
  await send('main', { hold: { reason: 'daily-limit', until: soon } })
  // A hold and a retry whose time has come wait in the queue.
  await send('main', { hold: { reason: 'daily-limit', until: earlier } })
  await send('main', { nextAttemptAt: soon, attempts: 1 })
  await send('main', { nextAttemptAt: earlier, attempts: 1 })
  // The wait for an ack is no retry.
  await send('main', { status: 'processing', nextAttemptAt: soon, attempts: 1 })
  for (const status of ['sent', 'delivered', 'read', 'canceled']) await send('second', { status })
  await send('main', FAILED)
}

describe('GET /api/queue', () => {
  it('is empty at first', async () => {
    expect((await api.get('/api/queue')).body).toEqual({ ...NONE, oldest: null, sessions: { main: NONE, second: NONE } })
  })

  it('counts each message once, in all and by session', async () => {
    await fill()
    const main = { ...NONE, waiting: 3, scheduled: 1, held: 1, retrying: 1, active: 1, failed: 1 }
    const second = { ...NONE, waiting: 1, sent: 3, canceled: 1 }
    const { body } = await api.get('/api/queue')
    expect(body).toEqual({
      ...main,
      waiting: 4,
      sent: 3,
      canceled: 1,
      oldest: { queuedAt: expect.any(String), ageMs: expect.any(Number) },
      sessions: { main, second },
    })
    expect(body.oldest.ageMs).toBeGreaterThanOrEqual(60_000)
    expect(body.oldest.ageMs).toBeLessThan(120_000)
    const limited = (await api.as({ sessions: ['second'] }).get('/api/queue')).body
    expect(limited).toMatchObject({ ...second, sessions: { second } })
    expect((await api.as({ tenant: 'other' }).get('/api/queue')).body).toEqual({ ...NONE, oldest: null, sessions: {} })
  })

  it('counts the messages of one session that the caller may know of', async () => {
    await fill()
    const second = { ...NONE, waiting: 1, sent: 3, canceled: 1 }
    const { body } = await api.get('/api/queue?session=second')
    expect(body).toEqual({ ...second, oldest: { queuedAt: expect.any(String), ageMs: expect.any(Number) }, sessions: { second } })
    expect(await api.get('/api/queue?session=nobody')).toMatchObject({ status: 404 })
    expect(await api.as({ sessions: ['second'] }).get('/api/queue?session=main')).toMatchObject({ status: 404 })
  })

  it('counts no session alone where there are more than a hundred, so that its cost does not grow with them', async () => {
    await fill()
    await writeAll(
      api.documents,
      Array.from({ length: 99 }, (_, index) => sessionChange(`default.more-${index}`)),
    )
    const { operations } = api.firestore.clients
    const before = operations.documentReads
    expect((await api.get('/api/queue')).body).toMatchObject({ waiting: 4, sent: 3, sessions: {} })
    expect(operations.documentReads - before).toBeLessThanOrEqual(101 + 10)
    const limited = (await api.as({ sessions: ['second'] }).get('/api/queue')).body
    expect(Object.keys(limited.sessions)).toEqual(['second'])
  })

  it('leaves archived messages out', async () => {
    const id = await send('main', FAILED)
    expect((await api.get('/api/queue')).body.failed).toBe(1)
    await api.with({ archives: new MemoryObjects() }).send('DELETE', `/api/messages/${id}`)
    expect((await api.get('/api/queue')).body).toMatchObject(NONE)
    expect((await api.with({}).get('/health')).body.queue).toEqual({ waiting: 0, active: 0, failed: 0 })
  })

  it('reads no message: its cost does not grow with the queue', async () => {
    const cost = async () => {
      const { operations } = api.firestore.clients
      const before = operations.documentReads
      await api.get('/api/queue')
      return operations.documentReads - before
    }
    await fill()
    const few = await cost()
    const messages = Array.from({ length: 200 }, () => ({ session: 'main', chatId: '5511999990000@c.us', text: 'x' }))
    await api.post('/api/sendBulk', { messages })
    expect(await cost()).toBe(few)
  })
})

it('GET /health counts what is in the queue, and not what is for later', async () => {
  await fill()
  expect((await api.with({}).get('/health')).body.queue).toEqual({ waiting: 6, active: 1, failed: 1 })
})

describe('POST /api/queue/retry-failed', () => {
  it('returns all failed messages to the queue, and is safe to repeat', async () => {
    const ids = [await send('main', FAILED), await send('second', FAILED)]
    const others = [await send('main', { status: 'canceled' }), await send('main', { status: 'sent' })]
    const expired = await send('main', { ...FAILED, expiresAt: earlier })
    const torn = await send('main', { ...FAILED, timeline: 'none' })
    const done = { retried: 2, expired: 1, damaged: 1, isComplete: true }
    expect(await api.post('/api/queue/retry-failed')).toMatchObject({ status: 200, body: done })
    for (const id of ids) {
      expect(await job(id)).toMatchObject({ status: 'pending', generation: 1, failedAt: null, lastError: null })
      expect((await job(id)).timeline.at(-1)).toMatchObject({ status: 'pending', by: 'api', why: 'retried' })
    }
    expect((await Promise.all([...others, expired].map(job))).map(({ status }) => status)).toEqual(['canceled', 'sent', 'failed'])
    expect((await api.post('/api/queue/retry-failed')).body).toEqual({ ...done, retried: 0 })
    expect((await Promise.all(ids.map(job))).map(({ generation }) => generation)).toEqual([1, 1])
    expect((await api.documents.read(jobPath(torn)))?.fields['status']).toBe('failed')
  })

  it('takes one session, and only what the caller may know of', async () => {
    const [main, second] = [await send('main', FAILED), await send('second', FAILED)]
    expect((await api.post('/api/queue/retry-failed', { session: 'second' })).body.retried).toBe(1)
    expect([(await job(main)).status, (await job(second)).status]).toEqual(['failed', 'pending'])
    expect((await api.as({ sessions: ['second'] }).post('/api/queue/retry-failed')).body.retried).toBe(0)
    expect((await api.as({ tenant: 'other' }).post('/api/queue/retry-failed')).body.retried).toBe(0)
    expect((await job(main)).status).toBe('failed')
    expect(await api.post('/api/queue/retry-failed', { session: 'nobody' })).toMatchObject({ status: 404 })
  })

  it('works through several pages, and through a page in which a message changes meanwhile', async () => {
    const messages = Array.from({ length: 230 }, () => ({ session: 'main', chatId: '5511999990000@c.us', text: 'x' }))
    const { body } = await api.post('/api/sendBulk', { messages })
    const ids: string[] = body.results.map(({ jobId }: { jobId: string }) => jobId)
    for (let begin = 0; begin < ids.length; begin += 100) {
      const some = ids.slice(begin, begin + 100)
      await api.documents.commit(some.map((id): Change => ({ kind: 'update', path: jobPath(id), fields: FAILED })))
    }
    let isFirst = true
    const documents = api.committing(async (changes, commit) => {
      if (isFirst) await write(ids[229] ?? '', { status: 'canceled' })
      isFirst = false
      await commit(changes)
    })
    const answer = await api.with({ documents }).post('/api/queue/retry-failed')
    expect(answer.body).toEqual({ retried: 229, expired: 0, damaged: 0, isComplete: true })
    const found = await api.documents.query({ collection: 'message_queue_jobs', where: [['status', '==', 'pending']] })
    expect(found.map(({ fields }) => fields['generation'])).toEqual(Array.from({ length: 229 }, () => 1))
  })

  it('counts a message once although the answer of its commit was lost', async () => {
    const ids = [await send('main', FAILED), await send('main', FAILED)]
    const losing = api.committing(async (changes, commit) => {
      await commit(changes)
      throw new Error('14 UNAVAILABLE')
    })
    expect((await api.with({ documents: losing }).post('/api/queue/retry-failed')).body.retried).toBe(2)
    expect((await Promise.all(ids.map(job))).map(({ generation }) => generation)).toEqual([1, 1])
  })

  it('says when the time was too short', async () => {
    const ids = [await send('main', FAILED)]
    let ms = 0
    const clock = { ...systemClock, monotonic: () => (ms += 31_000) }
    const answer = await api.with({ clock }).post('/api/queue/retry-failed')
    expect(answer.body).toEqual({ retried: 0, expired: 0, damaged: 0, isComplete: false })
    expect((await job(ids[0] ?? '')).status).toBe('failed')
  })
})

describe('the paths of old', () => {
  it('show sessions, queue and health in their own words', async () => {
    await api.heartbeat('runner-1')
    const account = { id: '5511900000001:7@s.whatsapp.net', lid: null, name: null }
    const connected = { state: 'CONNECTED', since: new Date(), runnerId: 'runner-1', epoch: 0, me: account }
    await api.asOwner('main', { ...connected, counters: { sent: 7, received: 9 } })
    await api.asOwner('second', { state: 'LOGGED_OUT' })
    await fill()
    const fresh = api.with({})
    expect((await fresh.get('/api/whatsapp/health')).body).toEqual({
      sessions: {
        main: { status: 'WORKING', number: '5511900000001', connected: true },
        second: { status: 'FAILED', number: null, connected: false },
      },
      queue: { pending: 7, processing: 1, sent: 3, failed: 1 },
      overall: 'degraded',
    })
    expect((await fresh.get('/api/whatsapp/stats')).body).toEqual({
      sessions: {
        main: { status: 'WORKING', sent: 7, received: 9 },
        second: { status: 'FAILED', sent: 0, received: 0 },
      },
      queue: {
        pending: 7,
        scheduled: 1,
        held: 1,
        retrying: 1,
        processing: 1,
        sent: 3,
        failed: 1,
        canceled: 1,
        oldestAgeMs: expect.any(Number),
      },
    })
    await api.documents.commit([{ kind: 'delete', path: runnerPath('runner-1') }])
  })

  it('judge what the caller may know of', async () => {
    await api.heartbeat('runner-1')
    const connected = { state: 'CONNECTED', since: new Date(), runnerId: 'runner-1', epoch: 0 }
    const overall = async (principal: Partial<Principal> = {}) =>
      (await api.as(principal).get('/api/whatsapp/health')).body.overall
    await api.asOwner('main', connected)
    await api.asOwner('second', { ...connected, state: 'LOGGED_OUT' })
    expect(await overall()).toBe('degraded')
    expect(await overall({ sessions: ['main'] })).toBe('healthy')
    expect(await overall({ sessions: ['second'] })).toBe('critical')
    expect(await overall({ tenant: 'other' })).toBe('healthy')
    await api.heartbeat(
      'runner-1',
      {},
      {
        resources: {
          memory: { rssBytes: 1, limitBytes: 100, percentage: 99 },
          cpu: { cpus: 2, percentage: 1 },
          eventLoop: { p99Ms: 1, maxMs: 2 },
        },
      },
    )
    expect(await overall({ sessions: ['main'] })).toBe('warning')
    const away = api.with({ storage: { check: () => Promise.reject(new Error('away')) } })
    expect((await away.get('/api/whatsapp/health')).body.overall).toBe('warning')
    await api.documents.commit([{ kind: 'delete', path: runnerPath('runner-1') }])
    expect(await overall({ sessions: ['main'] })).toBe('critical')
  })

  it('list, retry and archive failed messages', async () => {
    const calls = api.with({ archives: new MemoryObjects() })
    const ids = [await send('main', FAILED), await send('second', FAILED), await send('main', FAILED)]
    await send('main')
    const { body } = await calls.get('/api/whatsapp/failed?limit=2')
    expect(body.messages.map(({ jobId }: { jobId: string }) => jobId)).toEqual([ids[2], ids[1]])
    const rest = (await calls.get(`/api/whatsapp/failed?cursor=${body.cursor}`)).body
    expect([rest.messages.length, rest.cursor]).toEqual([1, null])
    expect(await calls.post(`/api/whatsapp/failed/${ids[0]}/retry`)).toMatchObject({ status: 200, body: { status: 'pending' } })
    const removed = await calls.send('DELETE', `/api/whatsapp/failed/${ids[1]}`)
    expect(removed).toMatchObject({ status: 200, body: { archivedAt: expect.any(String) } })
    expect((await calls.post('/api/whatsapp/failed/retry-all')).body).toMatchObject({ retried: 1, isComplete: true })
    expect((await calls.get('/api/whatsapp/failed')).body).toEqual({ messages: [], cursor: null })
  })
})

it('a session of a damaged document is counted', async () => {
  await send('main')
  await api.documents.commit([{ kind: 'update', path: sessionPath('default.main'), fields: { state: 'nobody-knows-it' } }])
  expect((await api.get('/api/queue')).body.sessions.main.waiting).toBe(1)
})
