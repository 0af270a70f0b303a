import { jobDocumentSchema, jobPath } from '@holdfast/core/message/job-document'
import { openJobContent } from '@holdfast/core/message/sealed-content'
import type { Fields } from '@holdfast/core/platform/ports'
import { createLogger } from '@holdfast/core/platform/logging'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Principal } from '../../../functions/src/app/principal.ts'
import { archiveJob } from '../../../functions/src/use-cases/archive-job.ts'
import { moveJob } from '../../../functions/src/use-cases/move-job.ts'
import { countless } from '../queue/queue-under-test.ts'
import { MemoryObjects } from '../contract/memory-objects.ts'
import { type ApiUnderTest, startApi } from './api-under-test.ts'

let api: ApiUnderTest
const archives = new MemoryObjects()
beforeAll(async () => {
  api = await startApi()
  for (const name of ['a', 'b', 'c']) await api.post('/api/sessions', { name })
  await api.send('PUT', '/api/pools/sales', { sessions: ['b', 'a'] })
})
afterAll(() => api[Symbol.asyncDispose]())

const text = { pool: 'sales', chatId: '5511999990000@c.us', text: 'Olá' }
const send = (changes: object = {}, key?: string, calls: Pick<ApiUnderTest, 'post'> = api) =>
  calls.post('/api/sendText', { ...text, ...changes }, key === undefined ? {} : { 'Idempotency-Key': key })

/** Sets the states of the sessions, as their owners would. */
async function states(given: Readonly<Record<string, string>>): Promise<void> {
  const reported: Record<string, Fields> = {}
  for (const [name, state] of Object.entries(given)) {
    const wanted = state === 'STOPPED' ? 'offline' : 'online'
    await api.asOwner(name, { state, wanted, runnerId: 'runner', epoch: 1, since: new Date(Date.now() - 60_000) })
    reported[`default.${name}`] = { state, epoch: 1, lastProofOfLifeAt: new Date(), lastInboundAt: null }
  }
  await api.heartbeat('runner', reported)
}
beforeEach(() => states({ a: 'CONNECTED', b: 'CONNECTED', c: 'CONNECTED' }))

const stored = async (id: string) => {
  const snapshot = await api.documents.read(jobPath(id))
  if (!snapshot) throw new Error(`There is no job ${id}.`)
  return { snapshot, job: jobDocumentSchema.parse(snapshot.fields) }
}

describe('a message to a pool', () => {
  it.each([
    ['the first session', { b: 'CONNECTED', a: 'CONNECTED' }, 'b'],
    ['the first one that is connected', { b: 'BACKOFF', a: 'CONNECTED' }, 'a'],
    ['the first one that is trying, when none is connected', { b: 'LOGGED_OUT', a: 'BACKOFF' }, 'a'],
    ['the first one that is trying, before others', { b: 'CONNECTING', a: 'BACKOFF' }, 'b'],
    ['the first one, when a person has to look after all', { b: 'BANNED', a: 'STOPPED' }, 'b'],
  ])('is given to %s', async (_, given, expected) => {
    await states({ c: 'CONNECTED', ...given })
    const { status, body } = await send()
    expect(status).toBe(201)
    const { job } = await stored(body.jobId)
    expect(job).toMatchObject({ sessionId: `default.${expected}`, pool: 'sales', firstSession: null, status: 'pending' })
    expect(openJobContent(await api.cipher(expected), body.jobId, job)).toEqual({ type: 'text', text: 'Olá' })
    expect((await api.get(`/api/messages/${body.id}`)).body).toMatchObject({ session: expected, pool: 'sales' })
  })

  it('is not given to a session whose owner does not confirm the connection', async () => {
    await api.heartbeat('runner', {
      'default.a': { state: 'CONNECTED', epoch: 1, lastProofOfLifeAt: new Date(), lastInboundAt: null },
      'default.b': { state: 'BACKOFF', epoch: 1, lastProofOfLifeAt: new Date(), lastInboundAt: null },
    })
    expect((await stored((await send()).body.jobId)).job.sessionId).toBe('default.a')
  })

  it('of the name `default` is given to the first connected session of all', async () => {
    await states({ a: 'BACKOFF', b: 'BANNED', c: 'CONNECTED' })
    expect((await stored((await send({ pool: 'default' })).body.jobId)).job.sessionId).toBe('default.c')
    await states({ a: 'BANNED', b: 'BACKOFF', c: 'BACKOFF' })
    expect((await stored((await send({ pool: 'default' })).body.jobId)).job.sessionId).toBe('default.b')
  })

  it('is refused for a pool that does not exist, and for a tenant without sessions', async () => {
    expect(await send({ pool: 'nothing' })).toMatchObject({ status: 404, body: { code: 'unknown-pool' } })
    const none: Principal = { key: 'test', tenant: 'empty', role: 'admin', sessions: 'all', requestsPerMinute: null }
    await api.post('/api/tenants', { id: 'empty' })
    const empty = api.with({ authenticatorOn: () => async () => none })
    expect(await send({ pool: 'default' }, undefined, empty)).toMatchObject({ status: 404, body: { code: 'unknown-session' } })
  })

  it('needs a key that covers all its sessions', async () => {
    const of = (sessions: readonly string[]): Principal => ({
      key: 'test',
      tenant: 'default',
      role: 'send',
      sessions,
      requestsPerMinute: null,
    })
    const callsOf = (principal: Principal) => api.with({ authenticatorOn: () => async () => principal })
    expect((await send({}, undefined, callsOf(of(['a', 'b'])))).status).toBe(201)
    for (const pool of ['sales', 'default']) {
      const answer = await send({ pool }, undefined, callsOf(of(['b'])))
      expect(answer).toMatchObject({ status: 404, body: { code: 'unknown-pool' } })
    }
  })

  it('names a pool or a session, and not both', async () => {
    const both = await send({ session: 'a' })
    expect([both.status, both.body.issues]).toEqual([
      400,
      [{ field: 'pool', message: 'must not be named together with a session' }],
    ])
    const neither = await send({ pool: undefined })
    expect([neither.status, neither.body.detail]).toEqual([404, expect.stringContaining('There is no session "default".')])
  })
})

describe('many messages to a pool', () => {
  it('are all given to the same session', async () => {
    await states({ b: 'BACKOFF', a: 'CONNECTED', c: 'CONNECTED' })
    const messages = [text, { ...text, text: 'Two' }, { ...text, pool: 'default' }, { ...text, pool: 'nothing' }]
    const { body } = await api.post('/api/sendBulk', { messages })
    const results = body.results as { jobId?: string; code?: string }[]
    const sessions = await Promise.all(
      results.map(async ({ jobId, code }) => (jobId ? (await stored(jobId)).job.sessionId : code)),
    )
    expect(sessions).toEqual(['default.a', 'default.a', 'default.a', 'unknown-pool'])
  })
})

describe('the idempotency key of a message to a pool', () => {
  it('gives the same message although another session of the pool is the first one by then', async () => {
    const first = await send({}, 'other session')
    await states({ b: 'BACKOFF', a: 'CONNECTED', c: 'CONNECTED' })
    expect((await stored((await send()).body.jobId)).job.sessionId).toBe('default.a')
    expect(await send({}, 'other session')).toMatchObject({ status: 201, body: first.body })
    expect((await stored(first.body.jobId)).job.sessionId).toBe('default.b')
  })

  it('gives the same message after it has moved, and after it was archived', async () => {
    const { body: first } = await send({}, 'moved')
    const moving = { ...(await stored(first.jobId)), move: { to: 'default.c', why: 'session-down' } } as const
    const cipherOf = (sessionId: string) => api.cipher(sessionId.slice('default.'.length))
    const { documents, wrappingKey } = api
    expect(await moveJob({ documents: countless(documents), clock: systemClock }, moving, cipherOf)).toBe(true)
    expect(await send({}, 'moved')).toMatchObject({ status: 201, body: first })
    expect((await send({ text: 'Other' }, 'moved')).body.code).toBe('idempotency-key-reused')

    await documents.commit([{ kind: 'update', path: jobPath(first.jobId), fields: { status: 'sent' } }])
    const logger = createLogger('test', 'silent')
    const archiving = { documents: countless(documents), archives, wrappingKey, clock: systemClock, logger }
    expect(await archiveJob(archiving, (await stored(first.jobId)).snapshot)).toBe('archived')
    expect(await send({}, 'moved')).toMatchObject({
      status: 201,
      body: { ...first, status: 'SERVER_ACK', ack: 1, ackName: 'SERVER' },
    })
    expect((await send({ text: 'Other' }, 'moved')).body.code).toBe('idempotency-key-reused')
    expect((await api.with({ archives }).get(`/api/messages/${first.id}`)).body).toMatchObject({ session: 'c', text: 'Olá' })
  })

  it.each([{ pool: 'default' }, { pool: undefined, session: 'b' }, { text: 'Other' }])('is refused for %j', async (changed) => {
    const key = `reused ${JSON.stringify(changed)}`
    expect((await send({}, key)).status).toBe(201)
    expect((await send(changed, key)).body.code).toBe('idempotency-key-reused')
  })
})
