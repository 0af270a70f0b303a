import { jobDocumentSchema, jobPath } from '@holdfast/core/message/job-document'
import { HoldfastError } from '@holdfast/core/platform/errors'
import { DEFAULT_TENANT_SETTINGS } from '@holdfast/core/operations/tenant-settings'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Change } from '@holdfast/core/platform/ports'
import { bulkJobIdOf, jobIdOf, whatsappMessageIdOf } from '@holdfast/core/session/ids'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MemoryObjects } from '../contract/memory-objects.ts'
import { type Answer, type ApiUnderTest, startApi } from './api-under-test.ts'

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi()
  for (const name of ['main', 'second']) await api.post('/api/sessions', { name })
})
afterAll(() => api[Symbol.asyncDispose]())

const text = { session: 'main', chatId: '5511999990000@c.us', text: 'Hello' }
const keyed = (key: string) => ({ 'Idempotency-Key': key })

const numbered = (count: number, more: object = {}) =>
  Array.from({ length: count }, (_, index) => ({ ...text, text: `number ${index}`, ...more }))

const bulk = (messages: unknown, key?: string, calls: Pick<ApiUnderTest, 'post'> = api): Promise<Answer> =>
  calls.post('/api/sendBulk', { messages }, key === undefined ? {} : keyed(key))

const stored = async (id: string) => jobDocumentSchema.strict().parse((await api.documents.read(jobPath(id)))?.fields)

const jobs = async () => (await api.documents.query({ collection: 'message_queue_jobs' })).length

/** Counts the commits, and does something in place of one. */
function watchingCommits(at: (number: number, commit: () => Promise<void>) => Promise<void>) {
  let number = 0
  const sizes: number[] = []
  const documents = api.committing(async (changes: readonly Change[], commit) => {
    sizes.push(changes.length)
    await at(++number, () => commit(changes))
  })
  return { sizes, calls: api.with({ documents }) }
}

function acceptedAs(jobId: string, chatId: string) {
  const messageId = whatsappMessageIdOf(jobId)
  return { id: `true_${chatId}_${messageId}`, jobId, messageId, ack: 0, ackName: 'PENDING', status: 'PENDING' }
}

describe('many messages', () => {
  it('are accepted with a result for each, in their order', async () => {
    const messages = [
      text,
      { ...text, session: 'second', text: 'Later', sendAt: '2999-01-01T00:00:00Z' },
      { ...text, session: 'second', chatId: '5511999990001@c.us', priority: 'high', idempotencyKey: 'own' },
    ]
    const { status, body } = await bulk(messages, 'three')
    const id = (index: number) => bulkJobIdOf('default', 'three', index)
    expect(status).toBe(200)
    expect(body).toEqual({
      accepted: 2,
      refused: 1,
      results: [
        { index: 0, ...acceptedAs(id(0), '5511999990000@c.us') },
        { index: 1, code: 'invalid-time', detail: expect.stringContaining('366 days') },
        { index: 2, ...acceptedAs(jobIdOf('default', 'own'), '5511999990001@c.us') },
      ],
    })
    expect(await stored(id(0))).toMatchObject({ sessionId: 'default.main', index: 0, priority: 'normal' })
    expect(await stored(jobIdOf('default', 'own'))).toMatchObject({ sessionId: 'default.second', index: 2, priority: 'high' })
  })

  it('have results that name what is wrong with a message, and the others are accepted', async () => {
    const messages = [
      text,
      null,
      'text',
      {},
      { ...text, text: '' },
      { ...text, chatId: 'status@broadcast' },
      { ...text, session: 'nobody' },
      { ...text, more: 1 },
      { ...text, idempotencyKey: '' },
      { ...text, sendAt: 'soon' },
      text,
    ]
    const { status, body } = await bulk(messages)
    expect(status).toBe(200)
    expect(body.results.map(({ code = 'accepted' }: { code?: string }) => code)).toEqual([
      'accepted',
      ...Array.from({ length: 4 }, () => 'bad-request'),
      'unsupported-chat',
      'unknown-session',
      'accepted',
      'accepted',
      'bad-request',
      'accepted',
    ])
    expect(body.results[3].detail).toBe('chatId: is required: like 491701234567@c.us; text: is required')
    expect(body.results.map(({ ignored }: { ignored?: string[] }) => ignored).filter(Boolean)).toEqual([
      ['more'],
      ['idempotencyKey'],
    ])
    expect([body.accepted, body.refused]).toEqual([4, 7])
  })

  it('are refused for sessions that the caller may not know of, as if there were none', async () => {
    await api.post('/api/sessions', { name: 'stolen' })
    await api.asOwner('stolen', { tenant: 'other' })
    const messages = [text, { ...text, session: 'stolen' }, { ...text, session: 'nobody' }, { ...text, session: 'second' }]
    const { results } = (await bulk(messages, 'foreign', api.as({ sessions: ['main', 'stolen'] }))).body
    expect(results.map(({ code = 'accepted' }: { code?: string }) => code)).toEqual([
      'accepted',
      ...Array(3).fill('unknown-session'),
    ])
    expect(results[1].detail.replace('stolen', 'nobody')).toBe(results[2].detail)
  })

  it('are 1,000 at most, and take up to 8 MiB', async () => {
    const before = await jobs()
    for (const messages of [[], numbered(1001), 'x', { 0: text }, undefined]) {
      expect(await bulk(messages)).toMatchObject({ status: 400, body: { code: 'bad-request' } })
    }
    expect(await bulk(numbered(9 * 16, { text: 'x'.repeat(65_536) }))).toMatchObject({
      status: 413,
      body: { code: 'too-large', detail: 'The body can have at most 8 MiB.' },
    })
    expect(await jobs()).toBe(before)
    const { body } = await bulk(numbered(1000), 'a thousand')
    expect([body.accepted, body.results.length, await jobs()]).toEqual([1000, 1000, before + 1000])
  })

  it('are stored in commits that Firestore takes, one after the other', async () => {
    const few = watchingCommits((_, commit) => commit())
    await bulk(numbered(250), 'in commits', few.calls)
    expect(few.sizes).toEqual([100, 100, 50])
    const large = watchingCommits((_, commit) => commit())
    // 40 texts of 196,608 bytes each.
    expect((await bulk(numbered(40, { text: '€'.repeat(65_536) }), 'large', large.calls)).body.accepted).toBe(40)
    expect(large.sizes).toEqual([15, 15, 10])
  })

  it('keep their order: by the time of their commit, and in it by their index', async () => {
    const { body } = await bulk(numbered(150), 'ordered')
    const found = await Promise.all(body.results.map(({ jobId }: { jobId: string }) => api.documents.read(jobPath(jobId))))
    const places = found.map((snapshot) => ({ at: snapshot?.createdAtMicros ?? 0, index: snapshot?.fields['index'] as number }))
    const sorted = places.toSorted((one, other) => one.at - other.at || one.index - other.index)
    expect(sorted.map(({ index }) => index)).toEqual(Array.from({ length: 150 }, (_, index) => index))
  })

  it('for later get their tasks', async () => {
    const sendAt = new Date(Date.now() + 3_600_000).toISOString()
    const { body } = await bulk(numbered(45, { sendAt }), 'later')
    const ids: string[] = body.results.map(({ jobId }: { jobId: string }) => jobId)
    expect(api.tasks.all.map(({ payload }) => payload['job']).filter((id) => ids.includes(String(id)))).toHaveLength(45)
  })

  it('are logged one by one, under their sessions and without their texts', async () => {
    const lines: string[] = []
    const collect = (...line: unknown[]) => void lines.push(JSON.stringify(line))
    const logger = { debug: collect, info: collect, warn: collect, error: collect } as unknown as Logger
    const { body } = await bulk([text, { ...text, session: 'second' }], 'logged-key', api.with({ logger }))
    for (const [place, session] of ['default.main', 'default.second'].entries()) {
      const line = lines.find((each) => each.includes(body.results[place].jobId))
      expect(line).toContain(`"session":"${session}"`)
    }
    for (const secret of ['Hello', '5511999990000', 'logged-key']) expect(lines.join()).not.toContain(secret)
  })
})

describe('a repeated request for many messages', () => {
  it('makes no second message, whatever became of the first', async () => {
    const messages = [...numbered(3), { ...text, idempotencyKey: 'one of many' }]
    const first = await bulk(messages, 'again')
    const before = await jobs()
    await api.documents.commit([{ kind: 'update', path: jobPath(first.body.results[1].jobId), fields: { status: 'sent' } }])
    const archives = new MemoryObjects()
    await api.documents.commit([{ kind: 'update', path: jobPath(first.body.results[2].jobId), fields: { status: 'canceled' } }])
    await api.with({ archives }).send('DELETE', `/api/messages/${first.body.results[2].id}`)
    const second = await bulk(messages, 'again')
    const acks = [{}, { ack: 1, ackName: 'SERVER', status: 'SERVER_ACK' }, { ack: -1, ackName: 'ERROR', status: 'ERROR' }, {}]
    const results = first.body.results.map((result: object, index: number) => ({ ...result, ...acks[index] }))
    expect(second.body).toEqual({ ...first.body, results })
    expect(await jobs()).toBe(before)
    expect(await api.post('/api/sendText', text, keyed('one of many'))).toMatchObject({ status: 201 })
  })

  it('that differs in one message is refused for that one', async () => {
    const messages = numbered(3)
    const first = await bulk(messages, 'differs')
    const changed = messages.with(1, { ...text, text: 'Other' })
    const { body } = await bulk(changed, 'differs')
    expect(body.results).toMatchObject([
      first.body.results[0],
      { index: 1, code: 'idempotency-key-reused' },
      first.body.results[2],
    ])
    expect(await stored(first.body.results[1].jobId)).toMatchObject({ status: 'pending' })
  })

  it('that adds messages accepts the new ones', async () => {
    const first = await bulk(numbered(2), 'grows')
    const { body } = await bulk(numbered(4), 'grows')
    expect(body.accepted).toBe(4)
    expect(body.results.slice(0, 2)).toEqual(first.body.results)
  })

  it('at the same time makes one message of each', async () => {
    const before = await jobs()
    const answers = await Promise.all(Array.from({ length: 4 }, () => bulk(numbered(120), 'raced')))
    for (const { body } of answers) expect(body).toEqual(answers[0]?.body)
    expect(answers[0]?.body.accepted).toBe(120)
    expect(await jobs()).toBe(before + 120)
  })

  it('is another one than a text with the same key', async () => {
    const { body } = await bulk([text], 'shared')
    const single = await api.post('/api/sendText', text, keyed('shared'))
    expect(single.body.id).not.toBe(body.results[0].id)
  })
})

describe('one key for two messages of a request', () => {
  it('makes one message of equal ones, and refuses another', async () => {
    const one = { ...text, idempotencyKey: 'twice' }
    const { body } = await bulk([one, one, { ...one, text: 'Other' }])
    expect(body.results).toMatchObject([
      { index: 0, jobId: jobIdOf('default', 'twice') },
      { index: 1, jobId: jobIdOf('default', 'twice') },
      { index: 2, code: 'idempotency-key-reused', detail: expect.stringContaining('Message 0') },
    ])
  })
})

describe('more messages than the quota of the day', () => {
  const quotas = { ...DEFAULT_TENANT_SETTINGS.quotas, messagesPerDay: 130 }
  const tenantDefaults = { ...DEFAULT_TENANT_SETTINGS, quotas }

  it('are accepted as far as it reaches, in their order, and those of before are answered', async () => {
    const limited = api.as({ tenant: 'limited' }, { tenantDefaults })
    await limited.post('/api/sessions', { name: 'main' })
    const first = await bulk(numbered(120), 'first', limited)
    expect(first.body.accepted).toBe(120)
    const second = await bulk(numbered(40), 'second', limited)
    expect([second.body.accepted, second.body.refused]).toEqual([10, 30])
    expect(second.body.results.slice(0, 10).every((result: object) => 'id' in result)).toBe(true)
    expect(second.body.results[10]).toMatchObject({ index: 10, code: 'daily-quota-exceeded' })
    const again = await bulk(numbered(40), 'second', limited)
    expect(again.body).toEqual(second.body)
    expect((await bulk(numbered(120), 'first', limited)).body).toEqual(first.body)
  })
})

it('a closed queue answers what it accepted before, and refuses the rest', async () => {
  const before = await bulk(numbered(2), 'before closing')
  const closed = api.with({ acceptsMessages: false })
  const count = await jobs()
  const { status, body } = await bulk(numbered(3), 'before closing', closed)
  expect([status, body.results]).toMatchObject([200, [...before.body.results, { index: 2, code: 'queue-disabled' }]])
  expect(await bulk(numbered(3), 'after closing', closed)).toMatchObject({ status: 503, body: { code: 'queue-disabled' } })
  expect(await jobs()).toBe(count)
})

describe('when the database stops answering', () => {
  const away = () => Promise.reject(new Error('14 UNAVAILABLE'))

  it('before the first message, the request is answered with 503', async () => {
    const { calls } = watchingCommits(away)
    const before = await jobs()
    expect(await bulk(numbered(3), 'never', calls)).toMatchObject({ status: 503, body: { code: 'unavailable' } })
    expect(await jobs()).toBe(before)
  })

  it('in the middle, what was accepted is told, and a repeated request takes up the rest', async () => {
    const { calls, sizes } = watchingCommits((number, commit) => (number === 2 ? away() : commit()))
    const { status, body } = await bulk(numbered(250), 'half', calls)
    expect([status, body.accepted, body.refused]).toEqual([200, 100, 150])
    expect(body.results[100]).toMatchObject({
      index: 100,
      code: 'unavailable',
      detail: expect.stringContaining('same Idempotency-Key'),
    })
    // No later message overtakes an earlier one.
    expect(sizes).toEqual([100, 100])
    const again = await bulk(numbered(250), 'half')
    expect([again.body.accepted, again.body.results.slice(0, 100)]).toEqual([250, body.results.slice(0, 100)])
  })

  it('in the middle for another reason, each message has its result all the same', async () => {
    const missing = () => Promise.reject(new HoldfastError('store-missing', 'The database does not exist.'))
    const { calls, sizes } = watchingCommits((number, commit) => (number === 2 ? missing() : commit()))
    const { status, body } = await bulk(numbered(250), 'gone', calls)
    expect([status, body.accepted, body.refused, sizes]).toEqual([200, 100, 150, [100, 100]])
    expect(body.results[100]).toMatchObject({
      index: 100,
      code: 'internal-error',
      detail: expect.stringContaining('same Idempotency-Key'),
    })
    expect((await bulk(numbered(250), 'gone')).body.accepted).toBe(250)
  })

  it('after a commit, its messages are accepted', async () => {
    const { calls } = watchingCommits(async (_, commit) => {
      await commit()
      await away()
    })
    expect((await bulk(numbered(120), 'lost answers', calls)).body).toMatchObject({ accepted: 120, refused: 0 })
  })
})
