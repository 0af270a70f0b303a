import { isTombstone } from '@holdfast/core/message/archived-job'
import { tenantPath } from '@holdfast/core/operations/tenant-document'
import { type DocumentStore, type Fields } from '@holdfast/core/platform/ports'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { archiveOldJobs } from '../../../functions/src/use-cases/archive-old-jobs.ts'
import { MemoryObjects } from '../contract/memory-objects.ts'
import { DAY_MS, QueueUnderTest } from './queue-under-test.ts'

let queue: QueueUnderTest
let archives = new MemoryObjects()
beforeAll(async () => {
  queue = await QueueUnderTest.start('main')
})
afterAll(() => queue[Symbol.asyncDispose]())
beforeEach(async () => {
  queue.lines.length = 0
  archives = new MemoryObjects()
  await run()
  archives = new MemoryObjects()
})

const run = (changes: { documents?: DocumentStore } = {}) =>
  archiveOldJobs({ ...queue.dependencies, archives, ...(changes as Pick<typeof queue.dependencies, 'documents'>) })

const daysAgo = (days: number) => new Date(queue.now() - days * DAY_MS)

/** A job that was accepted and came to its end so many days ago. */
const ended = (status: string, days: number, accepted = days, more: Fields = {}): Promise<string> =>
  queue.job({
    status,
    createdAt: daysAgo(accepted),
    timeline: [
      { status: 'pending', at: daysAgo(accepted) },
      { status, at: daysAgo(days) },
    ],
    ...more,
  })

const isArchived = async (job: string): Promise<boolean> => isTombstone((await queue.snapshot(job)).fields)

const configure = (retention: Fields) =>
  queue.api.documents.commit([
    {
      kind: 'merge',
      path: tenantPath('default'),
      fields: { v: 1, name: 'Default', createdAt: new Date(), config: { retention } },
    },
  ])

describe('the daily maintenance', () => {
  it.each(['sent', 'delivered', 'read', 'canceled', 'failed'])('archives jobs that are %s after 30 days', async (status) => {
    const [young, old] = [await ended(status, 29), await ended(status, 31)]
    expect(await run()).toBe(1)
    expect([await isArchived(young), await isArchived(old)]).toEqual([false, true])
    expect(await run()).toBe(0)
  })

  it.each(['pending', 'processing'])('never archives a job that is %s', async (status) => {
    const job = await ended(status, 400)
    expect(await run()).toBe(0)
    expect(await isArchived(job)).toBe(false)
    await queue.write(job, { status: 'canceled' })
  })

  it('counts from the last thing that happened to a job', async () => {
    const job = await ended('sent', 5, 60)
    expect(await run()).toBe(0)
    expect(await isArchived(job)).toBe(false)
  })

  it('follows the retention of the tenant', async () => {
    await configure({ finishedDays: 3, failedDays: 90 })
    const [sent, failed] = [await ended('sent', 4), await ended('failed', 60)]
    await run()
    expect([await isArchived(sent), await isArchived(failed)]).toEqual([true, false])
    await configure({})
    await run()
    expect(await isArchived(failed)).toBe(true)
  })

  it('archives more than one page, also of one moment, and what stands behind jobs that have to stay', async () => {
    const one = await queue.snapshot(await ended('sent', 31))
    const stays = await queue.snapshot(await ended('sent', 1, 90))
    const path = (index: number) => `message_queue_jobs/${String(index).padStart(40, '0')}`
    const copies = (fields: Fields, from: number) =>
      Array.from({ length: 120 }, (_, index) => ({ kind: 'create', path: path(from + index), fields }) as const)
    await queue.api.documents.commit([...copies(stays.fields, 0), ...copies(one.fields, 200)])
    // Those of one moment that are left over are the first of the next run.
    expect((await run()) + (await run())).toBe(121)
    expect(await archives.list('archive/')).toHaveLength(121)
  })

  it('goes on when one job cannot be archived, and names it', async () => {
    const damaged = await ended('sent', 40, 40, { content: 'not bytes' })
    const job = await ended('sent', 35)
    expect(await run()).toBe(1)
    expect([await isArchived(damaged), await isArchived(job)]).toEqual([false, true])
    expect(queue.lines.join()).toContain(damaged)
    for (const secret of ['Olá', '5511999990000']) expect(queue.lines.join()).not.toContain(secret)
  })

  it('that ended in the middle is completed by the next one', async () => {
    const job = await ended('sent', 31)
    const documents = queue.api.committing(() => Promise.reject(new Error('14 UNAVAILABLE')))
    expect(await run({ documents })).toBe(0)
    expect([await isArchived(job), (await archives.list('archive/')).length]).toEqual([false, 1])
    expect(await run()).toBe(1)
    expect(await archives.list('archive/')).toHaveLength(1)
  })

  it('keeps all jobs of an installation without a bucket', async () => {
    const job = await ended('sent', 400)
    expect(await archiveOldJobs({ ...queue.dependencies, archives: null })).toBe(0)
    expect(await isArchived(job)).toBe(false)
  })
})
