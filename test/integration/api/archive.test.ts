import { ackFieldsOf } from '../../../functions/src/use-cases/send-answer.ts'
import { isTombstone, tombstoneSchema } from '@holdfast/core/message/archived-job'
import { JOBS, JOB_STATUSES, type JobStatus, jobPath } from '@holdfast/core/message/job-document'
import { encodeFields } from '@holdfast/core/platform/document-json'
import { createLogger } from '@holdfast/core/platform/logging'
import { Append, type DocumentSnapshot, type DocumentStore } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { archiveJob } from '../../../functions/src/use-cases/archive-job.ts'
import { MemoryObjects } from '../contract/memory-objects.ts'
import { type ApiUnderTest, startApi } from './api-under-test.ts'

let api: ApiUnderTest
let archives: MemoryObjects
let calls: ReturnType<ApiUnderTest['with']>
beforeAll(async () => {
  api = await startApi()
  await api.post('/api/sessions', { name: 'main' })
})
afterAll(() => api[Symbol.asyncDispose]())
beforeEach(() => {
  archives = new MemoryObjects()
  calls = api.with({ archives })
})

const text = { session: 'main', chatId: '5511999990000@c.us', text: 'Olá, dois às dez?' }
const keyed = (key: string) => ({ 'Idempotency-Key': key })

const stored = async (id: string): Promise<DocumentSnapshot> => {
  const snapshot = await api.documents.read(jobPath(id))
  if (!snapshot) throw new Error(`There is no job ${id}.`)
  return snapshot
}

const archive = (snapshot: DocumentSnapshot, documents: DocumentStore = api.documents) =>
  archiveJob(
    {
      documents: documents as ApiUnderTest['documents'] & { count: () => Promise<number> },
      archives,
      wrappingKey: api.wrappingKey,
      clock: systemClock,
      logger: createLogger('test', 'silent'),
    },
    snapshot,
  )

const objectOf = ({ id, fields, updatedAtMicros }: DocumentSnapshot): string =>
  `archive/default/${(fields['createdAt'] as Date).toISOString().slice(0, 7)}/${id}-${updatedAtMicros}.job`

let keys = 0

/** Returns a job that has come to its end. */
async function ended(status: JobStatus = 'sent') {
  const key = `key ${++keys}`
  const { body: accepted } = await calls.post('/api/sendText', text, keyed(key))
  const at = new Date('2026-11-01T10:00:00Z')
  const proto = (await api.cipher('main')).sealContent(Buffer.from('proto'), `${jobPath(accepted.jobId)}/proto`)
  const fields = { status, attempts: 1, lastAttemptAt: at, proto, timeline: new Append({ status, at }) }
  await api.documents.commit([{ kind: 'update', path: jobPath(accepted.jobId), fields }])
  const { timestamp: _, messageTimestamp: __, ...same } = accepted
  return { key, accepted: { ...same, ...ackFieldsOf(status) }, snapshot: await stored(accepted.jobId) }
}

describe('an archived message', () => {
  it('is shown by either of its ids as it was before', async () => {
    const { accepted, snapshot } = await ended()
    const { body: before } = await calls.get(`/api/messages/${accepted.id}`)
    expect(await archive(snapshot)).toBe('archived')
    for (const id of [accepted.id, accepted.messageId]) {
      const { status, body } = await calls.get(`/api/messages/${id}`)
      expect([status, body]).toEqual([200, { ...before, archivedAt: expect.any(String) }])
    }
  })

  it('leaves a tombstone with its ids and neither its chat nor its content', async () => {
    const { snapshot } = await ended('failed')
    await archive(snapshot)
    const { fields } = await stored(snapshot.id)
    const { tenant, sessionId, requestHash, messageId, createdAt } = snapshot.fields
    expect(tombstoneSchema.strict().parse(fields)).toEqual({
      v: 1,
      tenant,
      sessionId,
      firstSession: null,
      requestHash,
      messageId,
      status: 'failed',
      acceptedAt: createdAt,
      archivedAt: expect.any(Date),
      archive: { object: objectOf(snapshot), generation: '1' },
      timeline: [],
    })
  })

  it('lies in an object that says nothing without the key of the session', async () => {
    const { snapshot } = await ended()
    await archive(snapshot)
    const [name = ''] = await archives.list('archive/')
    const bytes = (await archives.read(name))?.bytes ?? Buffer.alloc(0)
    for (const secret of [text.text, '5511999990000', 'processing', 'timeline']) expect(bytes.includes(secret)).toBe(false)
  })

  it('is found by no query that orders or filters by the time of acceptance or of queueing', async () => {
    const { snapshot } = await ended()
    await archive(snapshot)
    for (const field of ['createdAt', 'queuedAt']) {
      const where = [['status', 'in', JOB_STATUSES]] as const
      const ordered = await api.documents.query({ collection: JOBS, where, orderBy: [field, 'asc'] })
      const filtered = await api.documents.query({ collection: JOBS, where: [...where, [field, '<=', new Date(1e14)]] })
      for (const found of [ordered, filtered]) expect(found.map(({ id }) => id)).not.toContain(snapshot.id)
    }
  })

  it('shows a receipt that comes afterwards', async () => {
    const { accepted, snapshot } = await ended('delivered')
    await archive(snapshot)
    const at = new Date('2026-12-24T10:00:00Z')
    const fields = { status: 'read', timeline: new Append({ status: 'read', at }) }
    await api.documents.commit([{ kind: 'merge', path: snapshot.path, fields }])
    const { body } = await calls.get(`/api/messages/${accepted.id}`)
    expect([body.status, body.timeline.length, body.timeline.at(-1)]).toEqual([
      'read',
      3,
      { status: 'read', at: at.toISOString() },
    ])
  })

  it('of another tenant is unknown', async () => {
    const { accepted, snapshot } = await ended()
    await archive(snapshot)
    await api.documents.commit([{ kind: 'update', path: snapshot.path, fields: { tenant: 'other' } }])
    for (const id of [accepted.id, accepted.messageId]) {
      expect(await calls.get(`/api/messages/${id}`)).toMatchObject({ status: 404, body: { code: 'unknown-message' } })
    }
  })

  it('that is lost or altered is reported as damaged', async () => {
    const { accepted, snapshot } = await ended()
    await archive(snapshot)
    const lost = api.with({ archives: new MemoryObjects() })
    expect((await lost.get(`/api/messages/${accepted.id}`)).body.code).toBe('message-damaged')
    const altered = new MemoryObjects()
    const [name = ''] = await archives.list('archive/')
    await altered.create(name, Buffer.alloc(100, 1))
    expect((await api.with({ archives: altered }).get(`/api/messages/${accepted.id}`)).body.code).toBe('message-damaged')
  })

  it('is not found in an installation that has lost its bucket', async () => {
    const { accepted, snapshot } = await ended()
    await archive(snapshot)
    const answer = await api.with({ archives: null }).get(`/api/messages/${accepted.id}`)
    expect(answer).toMatchObject({ status: 503, body: { code: 'store-missing' } })
  })
})

describe('the idempotency key of an archived message', () => {
  it('returns the same message again and makes no second one', async () => {
    const { key, accepted, snapshot } = await ended()
    await archive(snapshot)
    expect(await calls.post('/api/sendText', text, keyed(key))).toMatchObject({ status: 201, body: accepted })
    expect(isTombstone((await stored(accepted.jobId)).fields)).toBe(true)
  })

  it.each([{ text: 'Other' }, { chatId: '5511999990001@c.us' }])('is refused for %j', async (changed) => {
    const { key, snapshot } = await ended()
    await archive(snapshot)
    const answer = await calls.post('/api/sendText', { ...text, ...changed }, keyed(key))
    expect(answer).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } })
  })

  it('is answered while the archive is away', async () => {
    const { key, accepted, snapshot } = await ended()
    await archive(snapshot)
    archives.away(true)
    expect(await calls.post('/api/sendText', text, keyed(key))).toMatchObject({ status: 201, body: accepted })
  })
})

describe('archiving', () => {
  const failing = (after: boolean): DocumentStore =>
    api.committing(async (changes, commit) => {
      if (after) await commit(changes)
      throw new Error('14 UNAVAILABLE')
    })

  it('that ended after the object is completed by the next try', async () => {
    const { accepted, snapshot } = await ended()
    await expect(archive(snapshot, failing(false))).rejects.toThrow('14 UNAVAILABLE')
    expect(await calls.get(`/api/messages/${accepted.id}`)).toMatchObject({ status: 200, body: { text: text.text } })
    expect(await archive(await stored(accepted.jobId))).toBe('archived')
    expect(await archives.list('archive/')).toHaveLength(1)
  })

  it('is complete when the answer of its commit was lost', async () => {
    const { snapshot } = await ended()
    expect(await archive(snapshot, failing(true))).toBe('archived')
  })

  it('by two at once makes one tombstone and one object', async () => {
    const { snapshot } = await ended()
    expect(await Promise.all([archive(snapshot), archive(snapshot)])).toEqual(['archived', 'archived'])
    expect(await archives.list('archive/')).toHaveLength(1)
  })

  it('leaves a job alone that has changed meanwhile, and takes its later version the next time', async () => {
    const { accepted, snapshot } = await ended()
    const at = new Date('2026-11-02T10:00:00Z')
    const receipt = { status: 'delivered', timeline: new Append({ status: 'delivered', at }) }
    await api.documents.commit([{ kind: 'update', path: snapshot.path, fields: receipt }])
    expect(await archive(snapshot)).toBe('changed')
    expect(isTombstone((await stored(accepted.jobId)).fields)).toBe(false)
    expect(await archive(await stored(accepted.jobId))).toBe('archived')
    expect((await calls.get(`/api/messages/${accepted.id}`)).body.status).toBe('delivered')
  })

  it('keeps the job when the object reads back differently', async () => {
    const { accepted, snapshot } = await ended()
    const other = await ended('failed')
    await archive(other.snapshot)
    const [name = ''] = await archives.list('archive/')
    const bytes = (await archives.read(name))?.bytes ?? Buffer.alloc(0)
    await archives.create(objectOf(snapshot), bytes)
    await expect(archive(snapshot)).rejects.toMatchObject({ code: 'cannot-decrypt' })
    expect(isTombstone((await stored(accepted.jobId)).fields)).toBe(false)
  })

  it('keeps the job when the object has another content', async () => {
    const { accepted, snapshot } = await ended()
    const json = JSON.stringify({ v: 1, job: accepted.jobId, fields: encodeFields({ ...snapshot.fields, attempts: 7 }) })
    const name = objectOf(snapshot)
    await archives.create(name, (await api.cipher('main')).sealContent(Buffer.from(json), name))
    await expect(archive(snapshot)).rejects.toMatchObject({ code: 'store-unfit' })
    expect(isTombstone((await stored(accepted.jobId)).fields)).toBe(false)
  })

  it.each(['pending', 'processing'] as const)('is no way to get rid of a job that is %s', async (status) => {
    const { snapshot } = await ended(status)
    await expect(archive(snapshot)).rejects.toThrow(status)
    expect(await archives.list('archive/')).toEqual([])
  })
})
