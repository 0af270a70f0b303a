import { jobDocumentSchema, type JobDocument, jobPath } from '@holdfast/core/message/job-document'
import { tenantPath } from '@holdfast/core/operations/tenant-document'
import type { Logger } from '@holdfast/core/platform/logging'
import { type Clock, type Task } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type ApiUnderTest, startApi } from './api-under-test.ts'

let api: ApiUnderTest
let calls: ReturnType<ApiUnderTest['with']>
/** The clock of the API. */
let nowMs: number
const clock: Clock = { ...systemClock, now: () => nowMs }

beforeAll(async () => {
  api = await startApi()
  await api.post('/api/sessions', { name: 'main' })
})
afterAll(() => api[Symbol.asyncDispose]())
beforeEach(() => {
  nowMs = Date.parse('2026-12-01T12:00:00Z')
  calls = api.with({ clock })
})

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

const text = { session: 'main', chatId: '5511999990000@c.us', text: 'Hello' }
const inMs = (ms: number): string => new Date(nowMs + ms).toISOString()
const keyed = (key: string) => ({ 'Idempotency-Key': key })

async function job(id: string): Promise<JobDocument> {
  return jobDocumentSchema.strict().parse((await api.documents.read(jobPath(id)))?.fields)
}

const tasksOf = (id: string): Task[] => api.tasks.all.filter(({ payload }) => payload['job'] === id)

describe('a message for later', () => {
  it('is stored outside of the queue, with a task for its time', async () => {
    const sendAt = '2026-12-01T18:30:00+05:30'
    const { status, body } = await calls.post('/api/sendText', { ...text, sendAt })
    expect([status, body.status]).toEqual([201, 'PENDING'])
    const at = new Date(sendAt)
    expect(await job(body.jobId)).toMatchObject({ status: 'pending', queuedAt: null, sendAt: at })
    expect(tasksOf(body.jobId)).toEqual([
      { queue: 'retries', name: `later-${body.jobId}-${at.getTime()}`, payload: { job: body.jobId }, at },
    ])
    const shown = (await calls.get(`/api/messages/${body.id}`)).body
    expect(shown).toMatchObject({ sendAt: at.toISOString(), waiting: { reason: 'scheduled', until: at.toISOString() } })
  })

  it('that is out of the reach of tasks has none', async () => {
    const near = (await calls.post('/api/sendText', { ...text, sendAt: inMs(29 * DAY_MS) })).body
    const far = (await calls.post('/api/sendText', { ...text, sendAt: inMs(29 * DAY_MS + 1) })).body
    expect([tasksOf(near.jobId).length, tasksOf(far.jobId).length]).toEqual([1, 0])
    expect((await job(far.jobId)).queuedAt).toBeNull()
  })

  it('that is for the next seconds, or a little late, is sent now', async () => {
    for (const ms of [5000, 0, -60_000]) {
      const { body } = await calls.post('/api/sendText', { ...text, sendAt: inMs(ms) })
      expect([ms, (await job(body.jobId)).queuedAt, tasksOf(body.jobId)]).toEqual([ms, expect.any(Date), []])
    }
    const { body } = await calls.post('/api/sendText', { ...text, sendAt: inMs(5001) })
    expect([(await job(body.jobId)).queuedAt, tasksOf(body.jobId).length]).toEqual([null, 1])
  })

  it('is accepted although its task cannot be enqueued, and its repeated request enqueues it', async () => {
    const lines: string[] = []
    const collect = (...line: unknown[]) => void lines.push(JSON.stringify(line))
    const logger = { debug: collect, info: collect, warn: collect, error: collect } as unknown as Logger
    const later = { ...text, sendAt: inMs(DAY_MS) }
    for (const enqueue of [() => Promise.reject(new Error('14 UNAVAILABLE')), () => Promise.withResolvers<'queued'>().promise]) {
      lines.length = 0
      const hasty: Clock = { ...clock, after: (ms, call, name) => systemClock.after(ms / 50, call, name) }
      const failing = api.with({ clock: hasty, logger, tasks: { enqueue } })
      expect((await failing.post('/api/sendText', later, keyed('no task'))).status).toBe(201)
      expect(lines.join()).toContain('Tasks of later messages could not be enqueued')
      expect(lines.join()).not.toContain('5511999990000')
    }
    const { body } = await calls.post('/api/sendText', later, keyed('no task'))
    expect(tasksOf(body.jobId)).toHaveLength(1)
  })

  it.each([
    ['past', { sendAt: -60_001 }, '`sendAt` is past'],
    ['more than a year ahead', { sendAt: 366 * DAY_MS + 1 }, '`sendAt` is more than 366 days ahead'],
    ['expired', { expiresAt: 0 }, '`expiresAt` is past'],
    ['to expire in more than a year', { expiresAt: 366 * DAY_MS + 1 }, '`expiresAt` is more than 366 days ahead'],
    ['to expire before it is sent', { sendAt: DAY_MS, expiresAt: DAY_MS }, '`expiresAt` must be after `sendAt`'],
  ])('that is %s is refused', async (_, times, detail) => {
    const given = Object.fromEntries(Object.entries(times).map(([name, ms]) => [name, inMs(ms)]))
    const answer = await calls.post('/api/sendText', { ...text, ...given }, keyed(detail))
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid-time', detail: expect.stringContaining(detail) } })
  })

  it.each([
    ['sendAt', '2026-12-24'],
    ['sendAt', '2026-12-24T18:00:00'],
    ['sendAt', '2026-02-30T18:00:00Z'],
    ['sendAt', 1_798_135_200_000],
    ['expiresAt', 'tomorrow'],
  ])('whose %s is %s is refused', async (field, value) => {
    const answer = await calls.post('/api/sendText', { ...text, [field]: value })
    const issues = [{ field, message: 'must be a time with an offset, like 2026-12-24T18:00:00+01:00' }]
    expect(answer).toMatchObject({ status: 400, body: { code: 'bad-request', issues } })
  })
})

describe('a repeated request', () => {
  it('returns the message although its times have passed meanwhile', async () => {
    const given = { ...text, sendAt: inMs(DAY_MS), expiresAt: inMs(2 * DAY_MS) }
    const first = await calls.post('/api/sendText', given, keyed('much later'))
    nowMs += 10 * DAY_MS
    expect(await calls.post('/api/sendText', given, keyed('much later'))).toMatchObject({ status: 201, body: first.body })
    expect(await calls.post('/api/sendText', given, keyed('another'))).toMatchObject({
      status: 422,
      body: { code: 'invalid-time' },
    })
  })

  it('that names the same moment with another offset is the same request', async () => {
    const first = await calls.post('/api/sendText', { ...text, sendAt: '2026-12-02T18:00:00+01:00' }, keyed('offset'))
    const second = await calls.post('/api/sendText', { ...text, sendAt: '2026-12-02T17:00:00.000Z' }, keyed('offset'))
    expect(second).toMatchObject({ status: 201, body: first.body })
  })

  it.each([
    ['sendAt', { sendAt: '2026-12-03T00:00:01Z' }],
    ['no sendAt', { sendAt: null }],
    ['expiresAt', { expiresAt: '2026-12-06T00:00:00Z' }],
    ['priority', { priority: 'low' }],
    ['delays', { retry: { delaysMs: [1000, 2000], maxRetries: 2 } }],
    ['number of retries', { retry: { delaysMs: [1000], maxRetries: 3 } }],
    ['retries of the tenant', { retry: null }],
  ])('with another %s is refused', async (what, change) => {
    const given = {
      ...text,
      sendAt: '2026-12-03T00:00:00Z',
      expiresAt: '2026-12-05T00:00:00Z',
      priority: 'high',
      retry: { delaysMs: [1000], maxRetries: 2 },
    }
    const first = await calls.post('/api/sendText', given, keyed(what))
    expect((await calls.post('/api/sendText', given, keyed(what))).body).toEqual(first.body)
    const other = await calls.post('/api/sendText', { ...given, ...change }, keyed(what))
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } })
  })

  it('without options is known although it was made by an earlier version', async () => {
    const first = await calls.post('/api/sendText', text, keyed('earlier version'))
    const earlier = (await api.cipher('main')).fingerprint(
      Buffer.from(JSON.stringify(['default.main', '5511999990000@s.whatsapp.net', 'Hello'])),
    )
    expect((await job(first.body.jobId)).requestHash).toBe(earlier)
  })
})

describe('the retries of a request', () => {
  const delaysOf = async (retry: object) =>
    (await job((await calls.post('/api/sendText', { ...text, retry })).body.jobId)).retryDelaysMs

  it('are stored as one delay for each retry', async () => {
    expect(await delaysOf({ delaysMs: [0, 1000] })).toEqual([0, 1000])
    expect(await delaysOf({ delaysMs: [0, 1000], maxRetries: 4 })).toEqual([0, 1000, 1000, 1000])
    expect(await delaysOf({ delaysMs: [0, 1000], maxRetries: 1 })).toEqual([0])
    expect(await delaysOf({ maxRetries: 0 })).toEqual([])
    expect(await delaysOf({})).toBeNull()
  })

  it("take what they do not name from the tenant's configuration", async () => {
    expect(await delaysOf({ maxRetries: 2 })).toEqual([0, 5 * MINUTE_MS])
    const fields = { v: 1, name: 'Default', createdAt: new Date(), config: { retries: { delaysMs: [7000] } } }
    await api.documents.commit([{ kind: 'merge', path: tenantPath('default'), fields }])
    // Another instance, because each keeps what it read for some seconds.
    calls = api.with({ clock })
    expect(await delaysOf({ maxRetries: 2 })).toEqual([7000, 7000])
    await api.documents.commit([{ kind: 'delete', path: tenantPath('default') }])
  })

  it.each([[{ delaysMs: [] }], [{ delaysMs: [-1] }], [{ delaysMs: [8 * DAY_MS] }], [{ maxRetries: 101 }], [3]])(
    '%j are refused',
    async (retry) => {
      expect(await calls.post('/api/sendText', { ...text, retry })).toMatchObject({ status: 400, body: { code: 'bad-request' } })
    },
  )
})

it('a priority is stored, and an unknown one is refused', async () => {
  const { body } = await calls.post('/api/sendText', { ...text, priority: 'high' })
  expect((await job(body.jobId)).priority).toBe('high')
  expect((await calls.get(`/api/messages/${body.id}`)).body.priority).toBe('high')
  expect(await calls.post('/api/sendText', { ...text, priority: 'urgent' })).toMatchObject({
    status: 400,
    body: { issues: [{ field: 'priority', message: 'must be one of high, normal, low' }] },
  })
})
