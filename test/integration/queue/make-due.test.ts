import { chatIdOf } from '@holdfast/core/message/chat-id'
import { taskFor } from '@holdfast/core/message/due'
import { JOB_STATUSES } from '@holdfast/core/message/job-document'
import { WrappingKey } from '@holdfast/core/security/envelope'
import { sessionNameOf } from '@holdfast/core/session/ids'
import { sessionPath } from '@holdfast/core/session/session-document'
import { bodyPlace, WEBHOOK_DELIVERIES } from '@holdfast/core/session/webhook-delivery-document'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { handleDueTask, makeDue } from '../../../functions/src/use-cases/make-due.ts'
import { DAY_MS, MINUTE_MS, QueueUnderTest } from './queue-under-test.ts'

let queue: QueueUnderTest
beforeAll(async () => {
  queue = await QueueUnderTest.start('main')
})
afterAll(() => queue[Symbol.asyncDispose]())

const ago = (ms: number) => new Date(queue.now() - ms)
const inMs = (ms: number) => new Date(queue.now() + ms)
const handle = (payload: unknown) => handleDueTask(queue.dependencies, payload)

/** A job that was refused once and waits for its retry. */
const refused = (nextAttemptAt: Date) =>
  queue.job({
    attempts: 1,
    nextAttemptAt,
    queuedAt: ago(DAY_MS),
    timeline: [
      { status: 'pending', at: ago(DAY_MS) },
      { status: 'processing', at: ago(DAY_MS), attempt: 1 },
      { status: 'pending', at: ago(DAY_MS), attempt: 1 },
    ],
  })

const forLater = (sendAt: Date) => queue.job({ sendAt, queuedAt: null })

async function taskOf(jobId: string) {
  const task = taskFor(jobId, await queue.read(jobId), queue.now())
  if (!task) throw new Error('The job needs no task.')
  return task.payload
}

describe('a task', () => {
  it.each([
    ['a retry', refused],
    ['a message for later', forLater],
  ])('puts %s into the queue at its time', async (_, make) => {
    const job = await make(ago(1000))
    expect(await handle(await taskOf(job))).toBe('made-due')
    const { queuedAt, nextAttemptAt, status, attempts } = await queue.read(job)
    expect({ status, nextAttemptAt }).toEqual({ status: 'pending', nextAttemptAt: null })
    expect(Number(queuedAt)).toBeGreaterThan(queue.now() - MINUTE_MS)
    expect(attempts).toBe(make === refused ? 1 : 0)
  })

  it('puts the messages of its chat whose time has come into the queue with it', async () => {
    const chats = ['5511999990001@c.us', '5511999990002@c.us']
    const later = (ms: number, chatId = chats[0]) => queue.job({ sendAt: inMs(ms), queuedAt: null }, { chatId })
    const [first, second, early, elsewhere] = [
      await later(-2000),
      await later(-2000),
      await later(DAY_MS),
      await later(-2000, chats[1]),
    ]
    // The first one changes before the first commit.
    let isChanged = false
    const documents = queue.api.committing(async (changes, commit) => {
      if (!isChanged) await queue.write(first, { priority: 'high' })
      isChanged = true
      await commit(changes)
    })
    expect(await handleDueTask({ ...queue.dependencies, documents }, await taskOf(second))).toBe('made-due')
    const times = await Promise.all([first, second].map(async (id) => Number((await queue.read(id)).queuedAt)))
    expect(times[0]).toBe(times[1])
    expect(times[0]).toBeGreaterThan(0)
    for (const id of [early, elsewhere]) expect((await queue.read(id)).queuedAt).toBeNull()
    expect(await handle(await taskOf(elsewhere))).toBe('made-due')
  })

  it('that comes twice changes nothing the second time', async () => {
    const job = await refused(ago(1000))
    const task = await taskOf(job)
    await handle(task)
    expect(await queue.leavesAlone(job, async () => expect(await handle(task)).toBe('none'))).toBe(true)
  })

  it('that comes twice at once puts the job into the queue once', async () => {
    const job = await refused(ago(1000))
    const task = await taskOf(job)
    const outcomes = await Promise.all([handle(task), handle(task), handle(task)])
    expect(outcomes.toSorted()).toEqual(['made-due', 'none', 'none'])
  })

  it('of an earlier attempt, or from before a retry by hand, changes nothing', async () => {
    const job = await refused(ago(1000))
    const task = await taskOf(job)
    for (const later of [{ attempts: 2 }, { attempts: 1, generation: 1 }]) {
      await queue.write(job, later)
      expect(await queue.leavesAlone(job, async () => expect(await handle(task)).toBe('none')), JSON.stringify(later)).toBe(true)
    }
  })

  it.each(JOB_STATUSES.filter((status) => status !== 'pending'))('changes nothing of a job that is %s', async (status) => {
    const job = await refused(ago(1000))
    const task = await taskOf(job)
    await queue.write(job, { status })
    expect(await queue.leavesAlone(job, async () => expect(await handle(task)).toBe('none'))).toBe(true)
  })

  it('that comes a moment too early is repeated', async () => {
    const job = await refused(inMs(5000))
    const task = await taskOf(job)
    expect(await queue.leavesAlone(job, () => expect(handle(task)).rejects.toThrow('before its time'))).toBe(true)
  })

  it('of a time that the job had before is dropped', async () => {
    const job = await forLater(ago(1000))
    const task = await taskOf(job)
    await queue.write(job, { sendAt: inMs(DAY_MS) })
    expect(await queue.leavesAlone(job, async () => expect(await handle(task)).toBe('none'))).toBe(true)
  })

  it.each([{}, { job: 'no id' }, { job: '../../tenants/default' }, null, { job: '0'.repeat(40) }])(
    'with the payload %j is dropped',
    async (payload) => {
      expect(await handle(payload)).toBe('none')
    },
  )

  it('of a damaged job is dropped', async () => {
    const job = await refused(ago(1000))
    const task = await taskOf(job)
    await queue.write(job, { timeline: 'damaged' })
    expect(await queue.leavesAlone(job, async () => expect(await handle(task)).toBe('damaged'))).toBe(true)
  })

  it('is repeated when the database does not answer', async () => {
    const job = await refused(ago(1000))
    const away = queue.api.committing(() => Promise.reject(new Error('14 UNAVAILABLE')))
    await expect(handleDueTask({ ...queue.dependencies, documents: away }, await taskOf(job))).rejects.toThrow('14 UNAVAILABLE')
  })
})

const bodyOf = (bytes: Uint8Array): unknown => JSON.parse(Buffer.from(bytes).toString())

describe('a job that has expired', () => {
  it('fails when its task comes, and is not sent', async () => {
    const job = await refused(ago(1000))
    await queue.write(job, { expiresAt: ago(500) })
    const { sessionId, chat, messageId } = await queue.read(job)
    const webhooks = [{ url: 'https://receiver.example/hook', events: ['message.ack'] }]
    await queue.api.documents.commit([{ kind: 'merge', path: sessionPath(sessionId), fields: { config: { webhooks } } }])
    expect(await handle(await taskOf(job))).toBe('expired')
    const { status, failedAt, lastError, timeline, nextAttemptAt } = await queue.read(job)
    expect({ status, nextAttemptAt, lastError }).toMatchObject({
      status: 'failed',
      nextAttemptAt: null,
      lastError: { code: 'expired' },
    })
    expect(timeline.at(-1)).toEqual({ status: 'failed', at: failedAt, by: 'sweep', why: 'expired' })

    // The end points of its session are told in the same commit.
    const told = await queue.api.documents.query({ collection: WEBHOOK_DELIVERIES, where: [['sessionId', '==', sessionId]] })
    const cipher = await queue.api.cipher(sessionNameOf(sessionId))
    const events = told.map(({ id, fields }) => bodyOf(cipher.openContent(fields['body'] as Buffer, bodyPlace(id))))
    const payload = { id: `true_${chatIdOf(chat)}_${messageId}`, ack: -1, ackName: 'ERROR' }
    expect(events).toMatchObject([{ event: 'message.ack', timestamp: Number(failedAt), payload }])
    expect(told[0]?.fields).toMatchObject({ status: 'pending', waitsIn: told[0]?.fields['lane'], isSealed: true })
    // They hear it at once, and not when the sweep comes.
    const bells = queue.tasks.all.filter((task) => task.queue === 'webhooks')
    expect(bells.map(({ payload }) => payload)).toEqual([{ lane: told[0]?.fields['lane'] }])
  })

  it('fails and is told of also when the key of its session cannot be had', async () => {
    const job = await refused(ago(1000))
    await queue.write(job, { expiresAt: ago(500) })
    const { messageId } = await queue.read(job)
    const wrappingKey = new WrappingKey(Buffer.alloc(32, 9))
    expect(await handleDueTask({ ...queue.dependencies, wrappingKey }, await taskOf(job))).toBe('expired')
    const told = await queue.api.documents.query({ collection: WEBHOOK_DELIVERIES, where: [['isSealed', '==', false]] })
    expect(told.map(({ fields }) => bodyOf(fields['body'] as Buffer))).toMatchObject([
      { event: 'message.ack', payload: { id: expect.stringContaining(messageId), ack: -1 } },
    ])
  })

  it('goes out again when it may be on the wire', async () => {
    const job = await refused(ago(1000))
    await queue.write(job, {
      expiresAt: ago(500),
      timeline: [
        { status: 'pending', at: ago(DAY_MS) },
        { status: 'processing', at: ago(DAY_MS), attempt: 1 },
        { status: 'processing', at: ago(DAY_MS), attempt: 2 },
        { status: 'failed', at: ago(DAY_MS) },
        { status: 'pending', at: ago(DAY_MS), by: 'api', why: 'retried' },
      ],
    })
    expect(await handle(await taskOf(job))).toBe('made-due')
  })

  it('is left to its owner where documents lag behind the journal', async () => {
    const job = await refused(ago(1000))
    await queue.write(job, { expiresAt: ago(500) })
    expect(await handleDueTask({ ...queue.dependencies, jobsLag: true }, await taskOf(job))).toBe('made-due')
  })
})

describe('two retry owners: a job that its owner takes while its task is handled', () => {
  it('stays as the owner wrote it', async () => {
    const job = await refused(ago(1000))
    const seen = await queue.snapshot(job)
    await queue.write(job, { status: 'processing', attempts: 2, nextAttemptAt: null })
    const work = async () => expect(await makeDue(queue.dependencies, seen)).toBe('none')
    expect(await queue.leavesAlone(job, work)).toBe(true)
  })

  it('stays canceled when it was canceled first', async () => {
    const job = await refused(ago(1000))
    const seen = await queue.snapshot(job)
    await queue.write(job, { status: 'canceled' })
    expect(await makeDue(queue.dependencies, seen)).toBe('none')
    expect((await queue.read(job)).status).toBe('canceled')
  })
})
