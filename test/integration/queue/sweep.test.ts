import { TASK_REACH_MS } from '@holdfast/core/message/due'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { sweep } from '../../../functions/src/use-cases/sweep.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, QueueUnderTest } from './queue-under-test.ts'

let queue: QueueUnderTest
beforeAll(async () => {
  queue = await QueueUnderTest.start('main')
})
afterAll(() => queue[Symbol.asyncDispose]())

const NOTHING = { overdue: 0, enqueued: 0, expired: 0, moved: 0, marked: 0, recoveries: 0, ended: 0 }

const inMs = (ms: number) => new Date(queue.now() + ms)
const run = () => sweep(queue.dependencies)

beforeEach(async () => {
  queue.lines.length = 0
  queue.tasks.all.length = 0
  expect(await run()).toEqual(NOTHING)
})

describe('a job whose task was lost', () => {
  it.each([
    ['a retry', () => ({ attempts: 1, nextAttemptAt: inMs(10 * MINUTE_MS) })],
    ['a message for later', () => ({ queuedAt: null, sendAt: inMs(10 * MINUTE_MS) })],
  ])('is put into the queue a minute after its time: %s', async (_, fields) => {
    const job = await queue.job(fields())
    queue.advance(10 * MINUTE_MS + 30_000)
    expect(await run()).toEqual(NOTHING)
    queue.advance(40_000)
    expect(await run()).toEqual({ ...NOTHING, overdue: 1 })
    expect(await queue.read(job)).toMatchObject({ status: 'pending', nextAttemptAt: null, queuedAt: expect.any(Date) })
    expect(queue.lines.join()).toContain(job)
    expect(await run()).toEqual(NOTHING)
  })

  it('is found although a damaged one stands before it', async () => {
    const damaged = await queue.job({ attempts: 1, nextAttemptAt: inMs(-HOUR_MS), timeline: 'damaged' })
    const job = await queue.job({ attempts: 1, nextAttemptAt: inMs(-10 * MINUTE_MS) })
    expect(await run()).toEqual({ ...NOTHING, overdue: 1 })
    expect((await queue.read(job)).nextAttemptAt).toBeNull()
    expect(queue.lines.join()).toContain(damaged)
    await queue.write(damaged, { status: 'canceled' })
  })

  it('is found with all others of a run, more than one page', async () => {
    const one = await queue.snapshot(await queue.job({ status: 'canceled' }))
    const fields = { ...one.fields, status: 'pending', nextAttemptAt: inMs(-HOUR_MS) }
    const paths = Array.from({ length: 450 }, (_, index) => `message_queue_jobs/${String(index).padStart(40, '0')}`)
    await queue.api.documents.commit(paths.map((path) => ({ kind: 'create', path, fields })))
    expect(await run()).toEqual({ ...NOTHING, overdue: 450 })
    await queue.api.documents.commit(paths.map((path) => ({ kind: 'delete', path })))
  })

  it('is found behind more than a page of jobs that cannot change', async () => {
    const one = await queue.snapshot(await queue.job({ status: 'canceled' }))
    const fields = { ...one.fields, status: 'pending', nextAttemptAt: inMs(-2 * HOUR_MS), timeline: 'damaged' }
    const paths = Array.from({ length: 210 }, (_, index) => `message_queue_jobs/${String(index).padStart(40, '0')}`)
    await queue.api.documents.commit(paths.map((path) => ({ kind: 'create', path, fields })))
    const job = await queue.job({ attempts: 1, nextAttemptAt: inMs(-HOUR_MS) })
    expect(await run()).toEqual({ ...NOTHING, overdue: 1 })
    expect((await queue.read(job)).nextAttemptAt).toBeNull()
    await queue.api.documents.commit(paths.map((path) => ({ kind: 'delete', path })))
  })
})

describe('a message for later', () => {
  it('gets its task once it has come into the reach of tasks', async () => {
    const sendAt = inMs(TASK_REACH_MS + MINUTE_MS)
    const job = await queue.job({ queuedAt: null, sendAt })
    expect(await run()).toEqual(NOTHING)
    queue.advance(MINUTE_MS + 1000)
    expect(await run()).toEqual({ ...NOTHING, enqueued: 1 })
    const task = { queue: 'retries', name: `later-${job}-${sendAt.getTime()}`, payload: { job }, at: sendAt }
    expect(queue.tasks.all).toEqual([task])
    expect(await run()).toEqual(NOTHING)
    await queue.write(job, { status: 'canceled' })
  })

  it('costs nothing while its time is near and its task exists', async () => {
    const job = await queue.job({ queuedAt: null, sendAt: inMs(DAY_MS) })
    await run()
    expect(queue.tasks.all).toEqual([])
    await queue.write(job, { status: 'canceled' })
  })
})

describe('a message that has expired', () => {
  it('fails although its session has no owner', async () => {
    const job = await queue.job({ expiresAt: inMs(MINUTE_MS) })
    expect(await run()).toEqual(NOTHING)
    queue.advance(MINUTE_MS + 1000)
    expect(await run()).toEqual({ ...NOTHING, expired: 1 })
    expect(await queue.read(job)).toMatchObject({ status: 'failed', lastError: { code: 'expired' } })
  })

  it('is left to its owner when an attempt is under way', async () => {
    const job = await queue.job({ expiresAt: inMs(-1000), status: 'processing' })
    expect(await queue.leavesAlone(job, run)).toBe(true)
  })

  it('is left to its owner where documents lag behind the journal', async () => {
    const job = await queue.job({ expiresAt: inMs(-1000) })
    expect(await queue.leavesAlone(job, () => sweep({ ...queue.dependencies, jobsLag: true }))).toBe(true)
    await queue.write(job, { status: 'canceled' })
  })
})

describe('stuck in `processing`: a job whose owner died on the way', () => {
  it('is left as it is for the next owner, however long it takes', async () => {
    const job = await queue.job({ status: 'processing', attempts: 1, nextAttemptAt: inMs(-DAY_MS), expiresAt: inMs(-DAY_MS) })
    expect(await queue.leavesAlone(job, run)).toBe(true)
  })
})

describe('a sweep', () => {
  it('goes on with its other parts when one fails', async () => {
    const job = await queue.job({ expiresAt: inMs(-1000) })
    const { documents } = queue.dependencies
    const failing = {
      ...queue.api.committing((changes, commit) => commit(changes)),
      query: (query: Parameters<typeof documents.query>[0]) =>
        query.orderBy?.[0] === 'nextAttemptAt' ? Promise.reject(new Error('9 no index')) : documents.query(query),
    }
    expect(await sweep({ ...queue.dependencies, documents: failing })).toEqual({ ...NOTHING, expired: 1 })
    expect((await queue.read(job)).status).toBe('failed')
    expect(queue.lines.join()).toContain('The sweep of retries failed.')
  })

  it('at the same time as another changes each job once', async () => {
    const job = await queue.job({ attempts: 1, nextAttemptAt: inMs(-HOUR_MS) })
    const [one, other] = await Promise.all([run(), run()])
    expect(one.overdue + other.overdue).toBe(1)
    expect((await queue.read(job)).nextAttemptAt).toBeNull()
  })

  it('logs numbers and ids, and no text and no number of a person', async () => {
    await queue.job({ attempts: 1, nextAttemptAt: inMs(-HOUR_MS) })
    await run()
    for (const secret of ['Olá', '5511999990000']) expect(queue.lines.join()).not.toContain(secret)
    expect(queue.lines.join()).toContain('"count":1')
  })
})
