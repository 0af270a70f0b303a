import { SERVER_TIME } from '@holdfast/core/platform/ports'
import { sealJobContent } from '@holdfast/core/message/sealed-content'
import { randomInt } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { FaultyDocuments } from '../../support/engine/faulty-documents.ts'
import { type OutboxOptionsUnderTest, outboxesOfAFile } from '../../support/engine/outbox-under-test.ts'
import { steppedClock } from '../../support/engine/stepped-clock.ts'

/** What an owner does with a pending job that others may cancel, change, move, or make due. */

const { newOutbox } = outboxesOfAFile()

const canceled = { status: 'canceled', timeline: [{ status: 'canceled', at: new Date() }] }

describe('a pending job that was changed after the owner had read it', () => {
  test('and canceled is never sent, and stays canceled', async () => {
    const { accept, change, bring, job, relayed, outbox, connection } = await newOutbox()
    outbox.closed()
    const read = await accept('cancelled')
    bring(read)
    bring(await accept('next'))
    await change(read, canceled)
    outbox.opened(connection)
    await expect.poll(() => relayed).toEqual(['M-next'])
    expect(await job('cancelled')).toMatchObject({ status: 'canceled', attempts: 0 })
    outbox.acknowledged('M-next', null)
  })

  test('and got another content is sent with that one', async () => {
    const { accept, change, bring, bytes, outbox, connection, cipher } = await newOutbox()
    outbox.closed()
    const read = await accept('replaced', { text: 'first' })
    bring(read)
    await change(read, { content: sealJobContent(cipher, 'replaced', { type: 'text', text: 'second' }) })
    outbox.opened(connection)
    await expect.poll(() => bytes).toEqual(['second'])
    outbox.acknowledged('M-replaced', null)
  })

  test('and moved to another session is left to that one', async () => {
    const { accept, change, bring, job, relayed, outbox, connection } = await newOutbox()
    outbox.closed()
    const read = await accept('moved')
    bring(read)
    bring(await accept('next one'))
    await change(read, { sessionId: 'default.another' })
    outbox.opened(connection)
    await expect.poll(() => relayed).toEqual(['M-next one'])
    expect(await job('moved')).toMatchObject({ sessionId: 'default.another', status: 'pending', attempts: 0 })
    outbox.acknowledged('M-next one', null)
  })

  test('is not failed either, when its number turns out to be without an account', async () => {
    const asked = Promise.withResolvers<boolean>()
    const { accept, change, bring, job, relayed } = await newOutbox({ isReachable: () => asked.promise })
    const read = await accept('unreachable')
    bring(read)
    await change(read, canceled)
    asked.resolve(false)
    await nextTurn()
    expect(await job('unreachable')).toMatchObject({ status: 'canceled', failedAt: null })
    expect(relayed).toEqual([])
  })
})

test('a race between a cancel and the owner ends in one of the two, never in both', async () => {
  const { accept, change, bring, job, relayed, outbox } = await newOutbox({ policy: { chatsAtOnce: 100 } })
  const ids = Array.from({ length: 40 }, (_, index) => `race-${index}`)
  const reads = await Promise.all(ids.map((id, index) => accept(id, { chat: `55119000${1000 + index}@s.whatsapp.net` })))
  const won = await Promise.all(
    reads.map(async (read) => {
      const cancel = async () => {
        for (let turns = randomInt(12); turns > 0; turns--) await nextTurn()
        return change(read, canceled).then(
          () => true,
          () => false,
        )
      }
      const result = cancel()
      for (let turns = randomInt(12); turns > 0; turns--) await nextTurn()
      bring(read)
      return result
    }),
  )
  const isCanceled = (id: string): boolean => won[ids.indexOf(id)] === true
  await expect.poll(() => relayed.length).toBe(won.filter((each) => !each).length)
  for (const id of ids) {
    expect({ id, sent: relayed.includes(`M-${id}`) }).toEqual({ id, sent: !isCanceled(id) })
    expect((await job(id)).status).toBe(isCanceled(id) ? 'canceled' : 'processing')
  }
  for (const id of ids) outbox.acknowledged(`M-${id}`, null)
})

describe('a message that expires', () => {
  test('before its first attempt fails, and is not sent', async () => {
    const { accept, bring, job, relayed } = await newOutbox()
    bring(await accept('expired', { expiresAt: new Date(Date.now() - 1) }))
    await expect.poll(async () => (await job('expired')).status).toBe('failed')
    expect(await job('expired')).toMatchObject({ lastError: { code: 'expired' }, failedAt: expect.any(Date), attempts: 0 })
    expect(relayed).toEqual([])
  })

  test('after it may have left goes out again all the same, because its outcome is unknown', async () => {
    const { accept, bring, relayed, outbox } = await newOutbox()
    bring(await accept('on the wire', { proto: 'as sent', expiresAt: new Date(Date.now() - 1) }))
    await expect.poll(() => relayed).toEqual(['M-on the wire'])
    outbox.acknowledged('M-on the wire', null)
  })

  test('after an attempt without an answer goes out again, although a later attempt was refused', async () => {
    const { accept, change, bring, read, job, relayed, outbox } = await newOutbox()
    const at = new Date()
    const timeline = [
      { status: 'pending', at },
      { status: 'processing', at, attempt: 1 },
      { status: 'processing', at, attempt: 2 },
      { status: 'pending', at, attempt: 2 },
    ]
    await change(await accept('unanswered', { expiresAt: new Date(Date.now() - 1) }), { timeline, attempts: 2 })
    bring(await read('unanswered'))
    await expect.poll(() => relayed).toEqual(['M-unanswered'])
    outbox.acknowledged('M-unanswered', null)
    expect(await job('unanswered')).toMatchObject({ status: 'sent', attempts: 3 })
  })
})

describe('a retry that is more than a minute away', () => {
  const policy = { retryDelaysMs: [300_000], maxRetries: 3 }

  test('is reported once its record is durable, and begins when a task has made the job due', async () => {
    const { clock, step, timers } = steppedClock()
    const { accept, bring, change, read, job, relayed, later, outbox } = await newOutbox({ policy, clock })
    bring(await accept('refused'))
    await expect.poll(() => relayed.length).toBe(1)
    outbox.acknowledged('M-refused', '479')
    await expect.poll(() => later).toEqual(['refused'])
    expect(await job('refused')).toMatchObject({ status: 'pending', attempts: 1, lastError: { code: 'whatsapp-479' } })
    // Two retry owners would send twice: the owner sets no timer for this job.
    expect(timers.size).toBe(0)
    step(290_000)
    expect(relayed).toEqual(['M-refused'])

    await change(await read('refused'), { queuedAt: SERVER_TIME, nextAttemptAt: null })
    bring(await read('refused'))
    await expect.poll(() => relayed).toEqual(['M-refused', 'M-refused'])
    outbox.acknowledged('M-refused', null)
    expect(await job('refused')).toMatchObject({ status: 'sent', attempts: 2 })
  })

  test('blocks its own chat only, and no longer than until its cancel is noticed', async () => {
    const { clock, step } = steppedClock()
    const { accept, bring, change, read, job, relayed, outbox } = await newOutbox({ policy, clock })
    bring(await accept('blocking'))
    await expect.poll(() => relayed.length).toBe(1)
    outbox.acknowledged('M-blocking', '479')
    expect((await job('blocking')).status).toBe('pending')
    bring(await accept('behind'))
    bring(await accept('beside', { chat: '5511900000003@s.whatsapp.net' }))
    await expect.poll(() => relayed).toEqual(['M-blocking', 'M-beside'])
    outbox.acknowledged('M-beside', null)

    await change(await read('blocking'), canceled)
    step(60_000)
    await expect.poll(() => relayed).toEqual(['M-blocking', 'M-beside', 'M-behind'])
    outbox.acknowledged('M-behind', null)
  })

  test('keeps the count of refusals after a restart, and a retry by hand begins it anew', async () => {
    const refusal = { status: 'pending', at: new Date(), attempt: 1 }
    const { accept, bring, change, read, job, relayed, outbox } = await newOutbox({
      policy: { retryDelaysMs: [0], maxRetries: 1 },
    })
    bring(await accept('again'))
    await expect.poll(() => relayed.length).toBe(1)
    outbox.acknowledged('M-again', '479')
    await expect.poll(() => relayed.length).toBe(2)
    outbox.acknowledged('M-again', '479')
    await expect.poll(async () => (await job('again')).status).toBe('failed')

    const before = await job('again')
    const retried = { status: 'pending', at: new Date(), by: 'api', why: 'retried' }
    const fields = { status: 'pending', queuedAt: SERVER_TIME, generation: 1, failedAt: null, lastError: null }
    await change(await read('again'), { ...fields, timeline: [...before.timeline, { ...refusal, at: new Date(1) }, retried] })
    bring(await read('again'))
    await expect.poll(() => relayed).toEqual(['M-again', 'M-again', 'M-again'])
    outbox.acknowledged('M-again', '479')
    // One refusal since the retry by hand is followed by one more attempt.
    await expect.poll(() => relayed.length).toBe(4)
    outbox.acknowledged('M-again', null)
    expect((await job('again')).status).toBe('sent')
  })
})

describe('a connection that ends while a job is taken from the queue', () => {
  test.each(['lose-answer', 'refuse'] as const)('leaves it to the next connection, sent once (%s)', async (fault) => {
    let faulty: FaultyDocuments | null = null
    const through: OutboxOptionsUnderTest['through'] = (real) => (faulty ??= new FaultyDocuments(real))
    const { accept, bring, relayed, outbox, connection, statuses } = await newOutbox({ through })
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
    faulty!.faults((changes) => {
      if (!changes.some(({ kind }) => kind === 'update')) return null
      begin()
      outbox.closed()
      faulty!.faults(null)
      return fault
    })
    bring(await accept(`cut off: ${fault}`))
    await begun
    outbox.opened(connection)
    await expect.poll(() => relayed).toEqual([`M-cut off: ${fault}`])
    outbox.acknowledged(`M-cut off: ${fault}`, null)
    expect((await statuses(`cut off: ${fault}`)).at(-1)).toBe('sent')
    expect(relayed).toEqual([`M-cut off: ${fault}`])
  })
})

test('a job that Firestore does not let its owner take is tried again, and everything else goes on meanwhile', async () => {
  const { clock, step } = steppedClock()
  let faulty: FaultyDocuments | null = null
  const through: OutboxOptionsUnderTest['through'] = (real) => (faulty ??= new FaultyDocuments(real))
  const { accept, bring, relayed, outbox, journal, job } = await newOutbox({ through, clock })
  faulty!.faults((changes) => (changes.some(({ kind }) => kind === 'update') ? 'refuse' : null))
  bring(await accept('not taken'))
  await expect.poll(() => journal.head.sequence, { timeout: 15_000 }).toBeGreaterThanOrEqual(3)
  await journal.whenDurable()
  expect(await job('not taken')).toMatchObject({ status: 'pending', attempts: 0 })
  expect(relayed).toEqual([])

  faulty!.faults(null)
  await expect.poll(() => (step(5000), relayed)).toEqual(['M-not taken'])
  outbox.acknowledged('M-not taken', null)
  expect((await job('not taken')).status).toBe('sent')
})

test('a job that Firestore does not let its owner fail stays in the queue, and fails once Firestore is back', async () => {
  const { clock, step } = steppedClock()
  let faulty: FaultyDocuments | null = null
  const through: OutboxOptionsUnderTest['through'] = (real) => (faulty ??= new FaultyDocuments(real))
  const { accept, bring, relayed, journal, job } = await newOutbox({ through, clock })
  faulty!.faults((changes) => (changes.some(({ kind }) => kind === 'update') ? 'refuse' : null))
  bring(await accept('not failed', { expiresAt: new Date(clock.now() - 1) }))
  await expect.poll(() => journal.head.sequence, { timeout: 15_000 }).toBeGreaterThanOrEqual(3)
  expect(await job('not failed')).toMatchObject({ status: 'pending', failedAt: null })

  faulty!.faults(null)
  await expect.poll(async () => (step(5000), (await job('not failed')).status)).toBe('failed')
  expect(relayed).toEqual([])
})

test('a number without an account is asked for once, whatever number of messages waits for it', async () => {
  let asked = 0
  const { accept, bring, job } = await newOutbox({ isReachable: () => Promise.resolve(asked++ < 0) })
  for (const id of ['one', 'two', 'three']) bring(await accept(`nobody-${id}`))
  for (const id of ['one', 'two', 'three']) await expect.poll(async () => (await job(`nobody-${id}`)).status).toBe('failed')
  expect(asked).toBe(1)
})

describe('the pace of a session', () => {
  test('is not used up by messages that were canceled while they waited for it', async () => {
    const { clock, step } = steppedClock()
    let isFree = false
    let counted = 0
    const pacer = {
      isPaced: true,
      holdOf: () => (isFree ? null : ({ reason: 'pacing-delay', untilMs: clock.now() + 5000 } as const)),
      sent: () => (counted++, { keys: {}, events: [] }),
    }
    const { accept, bring, change, relayed, outbox } = await newOutbox({ pacer, clock })
    for (const id of ['one', 'two', 'three']) {
      const read = await accept(`paced ${id}`, { chat: `551190000${id.length}${id.charCodeAt(0)}@s.whatsapp.net` })
      bring(read)
      if (id !== 'three') await change(read, canceled)
    }
    isFree = true
    step(5000)
    await expect.poll(() => relayed).toEqual(['M-paced three'])
    expect(counted).toBe(1)
    outbox.acknowledged('M-paced three', null)
  })

  test('is asked once more right before a message is taken, because WhatsApp may have announced a limit', async () => {
    const asked = Promise.withResolvers<boolean>()
    let isLocked = false
    let counted = 0
    const pacer = {
      isPaced: false,
      holdOf: () => (isLocked ? ({ reason: 'reach-out-lock', untilMs: Date.now() + 5000 } as const) : null),
      sent: () => (counted++, { keys: {}, events: [] }),
    }
    const { accept, bring, job, relayed, outbox } = await newOutbox({ pacer, isReachable: () => asked.promise })
    bring(await accept('locked out'))
    isLocked = true
    asked.resolve(true)
    await nextTurn()
    expect(await job('locked out')).toMatchObject({ status: 'pending', attempts: 0 })
    expect([relayed, counted]).toEqual([[], 0])
    isLocked = false
    outbox.reconsider()
    await expect.poll(() => relayed).toEqual(['M-locked out'])
    outbox.acknowledged('M-locked out', null)
  })

  test('sends one message at a time, holds the others, and says for how long a long hold lasts', async () => {
    const { clock, step } = steppedClock()
    const until = clock.now() + 3_600_000
    let free = 1
    const pacer = {
      isPaced: true,
      holdOf: () => (free > 0 ? null : ({ reason: 'daily-limit', untilMs: until } as const)),
      sent: () => (free--, { keys: {}, events: [] }),
    }
    const { accept, bring, job, relayed, outbox } = await newOutbox({ pacer, clock })
    bring(await accept('first'))
    bring(await accept('held', { chat: '5511900000003@s.whatsapp.net' }))
    await expect.poll(() => relayed).toEqual(['M-first'])
    outbox.acknowledged('M-first', null)
    const hold = { reason: 'daily-limit', until: new Date(until) }
    await expect.poll(async () => (await job('held')).hold).toEqual(hold)
    expect((await job('held')).status).toBe('pending')

    free = 1
    step(3_600_000)
    outbox.reconsider()
    await expect.poll(() => relayed).toEqual(['M-first', 'M-held'])
    expect(await job('held')).toMatchObject({ status: 'processing', hold: null })
    outbox.acknowledged('M-held', null)
  })
})
