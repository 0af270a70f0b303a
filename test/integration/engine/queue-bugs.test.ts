import { tombstoneOf } from '@holdfast/core/message/archived-job'
import { jobDocumentSchema } from '@holdfast/core/message/job-document'
import { type Clock, SERVER_TIME } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { describe, expect, test } from 'vitest'
import { FaultyDocuments } from '../../support/engine/faulty-documents.ts'
import { steppedClock } from '../../support/engine/stepped-clock.ts'
import { type OutboxOptionsUnderTest, type OutboxUnderTest, outboxesOfAFile } from '../../support/engine/outbox-under-test.ts'

/**
 * Bugs of comparable queues that the owner of a session could have. The other half of each is tested elsewhere:
 *
 * told "failed" and sent later              api/message-changes, engine/outbox ("a job that Firestore delivers again in its old state")
 * retry with a new id                       api/message-changes, engine/outbox ("goes out again byte for byte")
 * two retry owners                          queue/make-due, engine/outbox-queue ("a retry that is more than a minute away")
 * stuck in `processing`                     queue/sweep, engine/outbox ("goes out at once from the next owner")
 * distinct messages taken for duplicates    api/message-changes
 */

const { newOutbox } = outboxesOfAFile()

const OTHER_CHAT = '5511900000003@s.whatsapp.net'
const canceled = { status: 'canceled', timeline: [{ status: 'canceled', at: new Date() }] }

describe('attempts counted after the send', () => {
  test('an attempt is in the document before its message can leave', async () => {
    const { accept, bring, read, connection, outbox, journal } = await newOutbox()
    const { promise: left, resolve: leave } = Promise.withResolvers<object>()
    // The first attempt waits for its record, and the gate holds a repeated one until then.
    connection.relay = async () => leave((await read('counted')).fields)
    bring(await accept('counted'))
    expect(await left).toMatchObject({ status: 'processing', attempts: 1, lastAttemptAt: expect.any(Date) })
    outbox.acknowledged('M-counted', null)
    await journal.whenDurable()
  })

  test('a connection that ends before the job is taken costs no attempt', async () => {
    const asked = Promise.withResolvers<boolean>()
    const answers = [asked.promise, Promise.resolve(true)]
    const { accept, bring, job, outbox, connection, relayed } = await newOutbox({
      isReachable: () => answers.shift() ?? Promise.resolve(true),
    })
    bring(await accept('cut off'))
    outbox.closed()
    asked.resolve(true)
    outbox.opened(connection)
    await expect.poll(() => relayed).toEqual(['M-cut off'])
    expect(await job('cut off')).toMatchObject({ status: 'processing', attempts: 1 })
    outbox.acknowledged('M-cut off', null)
  })

  test('an attempt that failed before the job was taken counts', async () => {
    const { accept, bring, job, connection } = await newOutbox({ policy: { retryDelaysMs: [50_000], maxRetries: 1 } })
    connection.compose = async () => {
      throw new Error('The message cannot be encoded (made by the test).')
    }
    bring(await accept('not composed'))
    await expect.poll(async () => (await job('not composed')).attempts).toBe(1)
    expect(await job('not composed')).toMatchObject({ status: 'pending', lastError: { code: 'send-failed' } })
  })
})

test('stuck in `pending`: a failed attempt of a job that somebody has changed is judged anew, because no task would make it due', async () => {
  let asked = 0
  const { accept, bring, change, relayed, outbox } = await newOutbox({
    policy: { retryDelaysMs: [300_000], maxRetries: 1 },
    isReachable: async () => {
      if (++asked === 1) throw new Error('WhatsApp does not answer (made by the test).')
      return true
    },
  })
  const read = await accept('changed')
  await change(read, { priority: 'high' })
  bring(read)
  await expect.poll(() => relayed).toEqual(['M-changed'])
  outbox.acknowledged('M-changed', null)
})

describe('told "failed" and sent later', () => {
  test('a message that may be on the wire does not expire, although a later attempt was refused and it was retried by hand', async () => {
    const { accept, bring, change, read, job, relayed, outbox } = await newOutbox()
    const at = new Date()
    await accept('maybe sent', { expiresAt: new Date(Date.now() - 1) })
    const timeline = [
      { status: 'pending', at },
      { status: 'processing', at, attempt: 1 },
      { status: 'processing', at, attempt: 2 },
      { status: 'failed', at },
      { status: 'pending', at, by: 'api', why: 'retried' },
    ]
    await change(await read('maybe sent'), { timeline, attempts: 2, generation: 1, queuedAt: SERVER_TIME })
    bring(await read('maybe sent'))
    await expect.poll(() => relayed).toEqual(['M-maybe sent'])
    outbox.acknowledged('M-maybe sent', null)
    expect(await job('maybe sent')).toMatchObject({ status: 'sent', attempts: 3 })
  })
})

test('told "failed" and sent later: the refusal of a first copy fails no message whose second copy is about to leave', async () => {
  const { accept, bring, job, connection, outbox } = await newOutbox({ policy: { ackTimeoutMs: 1 } })
  const encrypted = Promise.withResolvers<void>()
  let copies = 0
  connection.relay = async () => {
    copies++
    if (copies === 2) await encrypted.promise
  }
  bring(await accept('two copies'))
  await expect.poll(() => copies).toBe(2)
  outbox.acknowledged('M-two copies', '400')
  expect(await job('two copies')).toMatchObject({ status: 'processing', failedAt: null, attempts: 2 })
  encrypted.resolve()
  await encrypted.promise
  outbox.acknowledged('M-two copies', null)
  expect(await job('two copies')).toMatchObject({ status: 'sent', lastError: null })
})

describe('told "failed" and sent later: the ack of a first copy that comes after the refusal of the second', () => {
  /** A message with two copies on the wire. */
  async function twoCopies(id: string, retryDelaysMs: number[], through?: OutboxOptionsUnderTest['through']) {
    const { clock, step } = steppedClock()
    const policy = { ackTimeoutMs: 20_000, retryDelaysMs, maxRetries: 1 }
    const parts = await newOutbox({ policy, clock, ...(through && { through }) })
    parts.bring(await parts.accept(id))
    parts.bring(await parts.accept(`behind ${id}`))
    await expect.poll(() => (step(20_000), parts.relayed)).toEqual([`M-${id}`, `M-${id}`])
    // An answer to the second copy counts once that has left.
    await parts.job(id)
    const end = async () => {
      await expect.poll(() => parts.relayed).toEqual([`M-${id}`, `M-${id}`, `M-behind ${id}`])
      parts.outbox.acknowledged(`M-behind ${id}`, null)
      return parts.job(id)
    }
    return { ...parts, end }
  }

  test.each([
    ['while it waits for its retry', 300_000],
    ['while its retry begins', 0],
  ])('makes the message `sent` %s, and no third copy leaves', async (when, delayMs) => {
    const { outbox, job, end } = await twoCopies(when, [delayMs])
    outbox.acknowledged(`M-${when}`, '479')
    if (delayMs > 0) expect(await job(when)).toMatchObject({ status: 'pending', lastError: { code: 'whatsapp-479' } })
    outbox.acknowledged(`M-${when}`, null)
    expect(await end()).toMatchObject({ status: 'sent', lastError: null, nextAttemptAt: null })
  })

  test('makes the message `sent` while it is taken from the queue again, and no third copy leaves', async () => {
    let faulty: FaultyDocuments | null = null
    const { outbox, end, statuses } = await twoCopies('taken again', [0], (real) => (faulty ??= new FaultyDocuments(real)))
    const begun = Promise.withResolvers<void>()
    faulty!.faults((changes) => {
      if (!changes.some(({ kind }) => kind === 'update')) return null
      begun.resolve()
      faulty!.faults(null)
      return 'hang'
    })
    outbox.acknowledged('M-taken again', '479')
    await begun.promise
    outbox.acknowledged('M-taken again', null)
    faulty!.release()
    expect(await end()).toMatchObject({ status: 'sent', attempts: 3, lastError: null })
    expect((await statuses('taken again')).slice(-2)).toEqual(['processing', 'sent'])
  })

  test('changes no message that was canceled meanwhile', async () => {
    const { outbox, job, change, read, end } = await twoCopies('canceled', [300_000])
    outbox.acknowledged('M-canceled', '479')
    expect((await job('canceled')).status).toBe('pending')
    await change(await read('canceled'), canceled)
    outbox.acknowledged('M-canceled', null)
    expect((await end()).status).toBe('canceled')
  })
})

test('two retry owners: an answer to an attempt of before sets no timer for a job that a task makes due', async () => {
  const timers = new Set<() => void>()
  const after: Clock['after'] = (_, callback) => {
    timers.add(callback)
    return () => timers.delete(callback)
  }
  const { accept, bring, job, relayed, outbox } = await newOutbox({
    policy: { retryDelaysMs: [300_000], maxRetries: 1 },
    clock: { ...systemClock, after },
  })
  bring(await accept('refused'))
  await expect.poll(() => relayed).toEqual(['M-refused'])
  outbox.acknowledged('M-refused', '479')
  expect(await job('refused')).toMatchObject({ status: 'pending', attempts: 1 })
  outbox.missedDevices('M-refused')
  expect(timers.size).toBe(0)
})

describe('a chat that is stuck', () => {
  test.each([
    [
      'archived',
      (found: Awaited<ReturnType<OutboxUnderTest['read']>>) => {
        const archive = { object: 'archive/of-it', generation: '1' }
        return tombstoneOf(found, jobDocumentSchema.parse({ ...found.fields, ...canceled }), archive, new Date())
      },
    ],
    ['damaged', () => ({ timeline: 'damaged' })],
  ])('goes on when the message before was canceled and is %s', async (what, fieldsOf) => {
    const { accept, bring, change, read, relayed, outbox, connection } = await newOutbox()
    outbox.closed()
    bring(await accept(what))
    bring(await accept(`behind ${what}`))
    await change(await read(what), fieldsOf(await read(what)))
    outbox.opened(connection)
    await expect.poll(() => relayed).toEqual([`M-behind ${what}`])
    outbox.acknowledged(`M-behind ${what}`, null)
  })

  test('goes on with an older message that was retried by hand, when a newer one was refused for long', async () => {
    const { accept, bring, change, read, job, relayed, outbox } = await newOutbox({
      policy: { retryDelaysMs: [300_000], maxRetries: 1 },
    })
    await accept('older')
    await change(await read('older'), { status: 'failed' })
    bring(await accept('newer'))
    await expect.poll(() => relayed).toEqual(['M-newer'])
    await change(await read('older'), { status: 'pending', queuedAt: SERVER_TIME, generation: 1 })
    bring(await read('older'))
    outbox.acknowledged('M-newer', '479')
    await expect.poll(() => relayed).toEqual(['M-newer', 'M-older'])
    outbox.acknowledged('M-older', null)
    expect(await job('newer')).toMatchObject({ status: 'pending', attempts: 1 })
  })
})

test('distinct messages taken for duplicates: two messages of one text to one contact are both sent, each once', async () => {
  const { accept, bring, relayed, outbox, bytes, statuses } = await newOutbox()
  const two = [await accept('one', { text: 'Yes' }), await accept('other', { text: 'Yes' })]
  for (const job of [...two, ...two]) bring(job)
  await expect.poll(() => relayed).toEqual(['M-one'])
  outbox.acknowledged('M-one', null)
  await expect.poll(() => relayed).toEqual(['M-one', 'M-other'])
  outbox.acknowledged('M-other', null)
  expect(bytes).toEqual(['Yes', 'Yes'])
  for (const id of ['one', 'other']) expect(await statuses(id)).toEqual(['pending', 'processing', 'sent'])
})

test('stuck in `processing`: a job whose owner died between the record and the frame is sent by the next owner, once', async () => {
  const { accept, bring, job, relayed, repeated, outbox } = await newOutbox()
  bring(await accept('taken', { proto: 'as composed', chat: OTHER_CHAT }))
  await expect.poll(() => relayed).toEqual(['M-taken'])
  // Its keys may not have arrived, as far as anybody knows.
  expect(repeated).toEqual([true])
  outbox.acknowledged('M-taken', null)
  expect((await job('taken')).status).toBe('sent')
})
