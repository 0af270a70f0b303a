import { DocumentJournals } from '@holdfast/core/journal/document-journals'
import { DocumentTaskQueues } from '@holdfast/core/operations/document-task-queues'
import { isTombstone } from '@holdfast/core/message/archived-job'
import { taskFor } from '@holdfast/core/message/due'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EmbeddedWork, startEmbeddedWork } from '../../../functions/src/embedded/embedded-work.ts'
import { eventually } from '../../support/engine-world.ts'
import { MemoryObjects } from '../contract/memory-objects.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, QueueUnderTest } from './queue-under-test.ts'

/** What functions do elsewhere, done by the process of the API. */

let queue: QueueUnderTest
let work: EmbeddedWork

beforeAll(async () => {
  queue = await QueueUnderTest.start('main')
  const { documents } = queue.dependencies
  const stores = { archives: new MemoryObjects(), media: new MemoryObjects(), objects: new MemoryObjects() }
  work = startEmbeddedWork({ ...queue.dependencies, ...stores, journals: new DocumentJournals(documents) })
})

afterAll(async () => {
  await work?.stop()
  await queue?.[Symbol.asyncDispose]()
})

const later = (ms: number) => new Date(queue.now() + ms)

test('a message for later enters the queue at its time', async () => {
  const job = await queue.job({ queuedAt: null, sendAt: later(HOUR_MS) })
  const { documents, clock } = queue.dependencies
  const task = taskFor(job, await queue.read(job), queue.now())
  expect(await new DocumentTaskQueues({ documents, clock }).enqueue(task!)).toBe('queued')
  expect((await queue.read(job)).queuedAt).toBeNull()
  queue.advance(HOUR_MS)
  await eventually(async () => expect((await queue.read(job)).queuedAt).not.toBeNull())
})

test('the sweep finds a retry that has no task', async () => {
  const job = await queue.job({ attempts: 1, nextAttemptAt: later(HOUR_MS) })
  queue.advance(HOUR_MS + 2 * MINUTE_MS)
  await eventually(async () => expect((await queue.read(job)).nextAttemptAt).toBeNull())
})

test('the maintenance of each night archives old messages', async () => {
  const createdAt = new Date(queue.now() - 400 * DAY_MS)
  const job = await queue.job({ status: 'sent', createdAt, timeline: [{ status: 'sent', at: createdAt }] })
  // The first look at a schedule only notes it.
  queue.advance(DAY_MS)
  await eventually(async () => expect(isTombstone((await queue.snapshot(job)).fields)).toBe(true))
})
