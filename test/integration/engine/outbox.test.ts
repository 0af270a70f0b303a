import { setImmediate as nextTurn, setTimeout } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { SERVER_TIME, type Clock } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { FaultyDocuments } from '../../support/engine/faulty-documents.ts'
import { type OutboxUnderTest, outboxesOfAFile } from '../../support/engine/outbox-under-test.ts'

const { newOutbox, firestoreDocuments } = outboxesOfAFile()

test('a message that may have been on the wire goes out again byte for byte, before anything else to its chat', async () => {
  const { bring, accept, relayed, repeated, bytes, outbox, connection } = await newOutbox()
  const waiting = await accept('waiting')
  const begun = await accept('begun', { proto: 'as first composed' })
  outbox.closed()
  bring(waiting)
  bring(begun)
  outbox.opened(connection)
  await expect.poll(() => relayed).toEqual(['M-begun'])
  expect(bytes).toEqual(['as first composed'])
  outbox.acknowledged('M-begun', null)
  await expect.poll(() => relayed).toEqual(['M-begun', 'M-waiting'])
  expect(repeated).toEqual([true, false])
})

const ACK_TIMEOUT_MS = 20

test('a message that takes long to send is not begun a second time meanwhile', async () => {
  const { bring, accept, relayed, outbox, connection, job } = await newOutbox({ policy: { ackTimeoutMs: ACK_TIMEOUT_MS } })
  const underway = Promise.withResolvers<void>()
  connection.relay = (_chat, _message, messageId) => {
    relayed.push(messageId)
    return underway.promise
  }
  bring(await accept('slow'))
  await expect.poll(() => relayed.length).toBe(1)
  expect(await job('slow')).toMatchObject({ status: 'processing', attempts: 1 })
  // The record is durable, so an ack timer that was set too early would fire within this time.
  await setTimeout(3 * ACK_TIMEOUT_MS)
  expect(relayed).toEqual(['M-slow'])
  underway.resolve()
  await expect.poll(() => relayed).toEqual(['M-slow', 'M-slow'])
  outbox.acknowledged('M-slow', null)
})

test('a message that got no ack on a dead connection goes out at once on the next one, despite its backoff', async () => {
  const { bring, accept, relayed, outbox, connection } = await newOutbox({ policy: { ackTimeoutMs: ACK_TIMEOUT_MS } })
  bring(await accept('unheard'))
  await expect.poll(() => relayed.length).toBe(2)
  // By now the third attempt is half a minute away.
  await setTimeout(3 * ACK_TIMEOUT_MS)
  outbox.closed()
  outbox.opened(connection)
  await expect.poll(() => relayed.length).toBe(3)
  outbox.acknowledged('M-unheard', null)
})

describe('a message without an ack', () => {
  test('shows that error with its second attempt, and the time of the third in one more write; the ack clears both', async () => {
    const { bring, accept, relayed, outbox, connection, job, journal } = await newOutbox({
      policy: { ackTimeoutMs: ACK_TIMEOUT_MS },
    })
    const before = journal.head.sequence
    const second = Promise.withResolvers<void>()
    connection.relay = (_chat, _message, messageId) => (relayed.push(messageId) === 2 ? second.promise : Promise.resolve())
    bring(await accept('unacked'))
    await expect.poll(() => relayed.length).toBe(2)
    const noAck = { code: 'no-ack', message: expect.stringMatching(/^[A-Z].*\.$/) }
    expect(await job('unacked')).toMatchObject({ status: 'processing', attempts: 2, lastError: noAck, nextAttemptAt: null })
    expect(journal.head.sequence - before).toBe(2)

    second.resolve()
    await expect.poll(async () => (await job('unacked')).nextAttemptAt).not.toBeNull()
    const { nextAttemptAt, lastAttemptAt, ...waiting } = await job('unacked')
    expect(waiting).toMatchObject({ status: 'processing', attempts: 2, lastError: noAck })
    expect(Number(nextAttemptAt) - Number(lastAttemptAt)).toBeGreaterThanOrEqual(30_000)
    expect(Number(nextAttemptAt) - Number(lastAttemptAt)).toBeLessThan(40_000)
    expect(journal.head.sequence - before).toBe(3)

    outbox.acknowledged('M-unacked', null)
    expect(await job('unacked')).toMatchObject({ status: 'sent', lastError: null, nextAttemptAt: null })
  })

  test('shows that its connection ended, and waits for the next connection', async () => {
    const { bring, accept, relayed, outbox, connection, job, journal } = await newOutbox()
    bring(await accept('cut off'))
    await expect.poll(() => relayed.length).toBe(1)
    outbox.closed()
    const before = await job('cut off')
    expect(before).toMatchObject({
      status: 'processing',
      attempts: 1,
      lastError: { code: 'connection-lost' },
      nextAttemptAt: null,
    })
    const records = journal.head.sequence
    // The message is on no wire, so it needs no further write until it goes out again.
    outbox.closed()
    await journal.whenDurable()
    expect(journal.head.sequence).toBe(records)
    outbox.opened(connection)
    await expect.poll(() => relayed.length).toBe(2)
    outbox.acknowledged('M-cut off', null)
    expect(await job('cut off')).toMatchObject({ status: 'sent', attempts: 2, lastError: null, nextAttemptAt: null })
  })

  test('goes out at once from the next owner, whose connection is a new one', async () => {
    const { bring, accept, relayed, outbox } = await newOutbox()
    bring(await accept('handed over', { proto: 'as sent', nextAttemptAt: new Date(Date.now() + 600_000) }))
    await expect.poll(() => relayed).toEqual(['M-handed over'])
    outbox.acknowledged('M-handed over', null)
  })
})

test('a message that is acknowledged at once costs two writes: one for the attempt and one for `sent`', async () => {
  const { bring, accept, relayed, outbox, job, journal } = await newOutbox()
  const before = journal.head.sequence
  bring(await accept('acked'))
  await expect.poll(() => relayed.length).toBe(1)
  expect((await job('acked')).status).toBe('processing')
  outbox.acknowledged('M-acked', null)
  expect(await job('acked')).toMatchObject({ status: 'sent', attempts: 1, lastError: null, nextAttemptAt: null })
  expect(journal.head.sequence - before).toBe(2)
})

describe('a receipt whose job could not be looked up', () => {
  /** A receipt whose lookup has failed. The test runs the later attempts. */
  async function awayFrom(id: string) {
    const documents = new FaultyDocuments(firestoreDocuments())
    const due = new Map<() => void, number>()
    const after: Clock['after'] = (delayMs, callback) => {
      due.set(callback, delayMs)
      return () => due.delete(callback)
    }
    const parts = await newOutbox({ receipts: { documents, clock: { ...systemClock, after } } })
    await parts.accept(id, { proto: 'as sent' })
    documents.failQueries(true)
    parts.receipts.receipt(`M-${id}`, 'delivered')
    await expect.poll(() => [...due.values()]).toEqual([60_000])
    const attempt = () => {
      const [callback] = due.keys()
      if (!callback) return expect.unreachable()
      due.delete(callback)
      callback()
    }
    return { ...parts, faulty: documents, due, attempt }
  }

  test('is looked up again until that succeeds, and then the newest receipt counts', async () => {
    const { faulty, due, attempt, receipts, job } = await awayFrom('unsettled')
    receipts.receipt('M-unsettled', 'read')
    attempt()
    await expect.poll(() => due.size).toBe(1)
    expect((await job('unsettled')).status).toBe('processing')
    faulty.failQueries(false)
    attempt()
    await expect.poll(async () => (await job('unsettled')).status).toBe('read')
    expect(due.size).toBe(0)
  })

  test('is left to the next owner when this one ends', async () => {
    const { due, outbox, receipts } = await awayFrom('given-up')
    outbox.abandon()
    expect(due.size).toBe(0)
    // The lookup fails before the turn is over.
    receipts.settleRecorded()
    await nextTurn()
    expect(due.size).toBe(0)
  })
})

test('a receipt whose message id looks like a recorded one of another message is left alone', async () => {
  const { receipts, state } = await newOutbox()
  receipts.receipt('played M-other', 'read')
  expect([...state.image.entries('receipt')]).toEqual([])
})

describe('a message whose receipt comes before its ack', () => {
  const delivered = async ({ job, receipts }: OutboxUnderTest, id: string, type: 'delivered' | 'read'): Promise<void> => {
    receipts.receipt(`M-${id}`, type)
    await expect.poll(async () => (await job(id)).status).toBe(type)
  }

  test('does not go out again after a crash, and lets the next one out', async () => {
    const parts = await newOutbox()
    const { accept, bring, outbox, connection, relayed, job, statuses } = parts
    outbox.closed()
    const error = { code: 'no-ack', message: 'No ack came.' }
    bring(await accept('arrived', { proto: 'as sent', lastError: error }))
    bring(await accept('behind'))
    await delivered(parts, 'arrived', 'delivered')
    outbox.opened(connection)
    await expect.poll(() => relayed).toEqual(['M-behind'])
    expect(await statuses('arrived')).toEqual(['pending', 'delivered'])
    expect(await job('arrived')).toMatchObject({ status: 'delivered', lastError: null, nextAttemptAt: null })
    outbox.acknowledged('M-behind', null)
  })

  test.each([
    ['the ack', null],
    ['a refusal', '479'],
  ])('stays as it is when %s comes', async (what, refusal) => {
    const parts = await newOutbox()
    const { accept, bring, outbox, relayed, job, statuses } = parts
    bring(await accept(what))
    await expect.poll(() => relayed).toEqual([`M-${what}`])
    await delivered(parts, what, 'read')
    outbox.acknowledged(`M-${what}`, refusal)
    bring(await accept(`after ${what}`))
    await expect.poll(() => relayed).toEqual([`M-${what}`, `M-after ${what}`])
    expect(await statuses(what)).toEqual(['pending', 'processing', 'read'])
    expect(await job(what)).toMatchObject({ status: 'read', nextAttemptAt: null })
    outbox.acknowledged(`M-after ${what}`, null)
  })
})

describe('a message that was given up although WhatsApp has it', () => {
  test('is `sent` when its ack comes late', async () => {
    const { accept, bring, outbox, relayed, job, statuses } = await newOutbox()
    bring(await accept('late ack'))
    await expect.poll(() => relayed.length).toBe(1)
    outbox.acknowledged('M-late ack', '404')
    // One for each copy that left.
    for (let copy = 0; copy < 3; copy++) outbox.acknowledged('M-late ack', null)
    await expect.poll(() => statuses('late ack')).toEqual(['pending', 'processing', 'failed', 'sent'])
    expect(await job('late ack')).toMatchObject({ status: 'sent', failedAt: null, lastError: null })
  })

  test.each(['this owner', 'an earlier owner'])('by %s is `sent` and delivered when a receipt comes', async (who) => {
    const { accept, bring, change, outbox, receipts, relayed, job, statuses } = await newOutbox()
    const accepted = await accept(who)
    const error = { code: 'whatsapp-404', message: 'WhatsApp refused the message (404).' }
    if (who === 'an earlier owner') await change(accepted, { status: 'failed', failedAt: new Date(), lastError: error })
    else {
      bring(accepted)
      await expect.poll(() => relayed.length).toBe(1)
      outbox.acknowledged(`M-${who}`, '404')
    }
    receipts.receipt(`M-${who}`, 'delivered')
    await expect.poll(async () => (await job(who)).status).toBe('delivered')
    expect((await statuses(who)).slice(-2)).toEqual(['sent', 'delivered'])
    expect(await job(who)).toMatchObject({ failedAt: null, lastError: null })
  })

  test('stays delivered when the ack of its earlier copy comes in the moment of the receipt, and it is in the queue again', async () => {
    const { accept, bring, change, read, outbox, receipts, relayed, job, statuses } = await newOutbox()
    bring(await accept('delivered'))
    await expect.poll(() => relayed.length).toBe(1)
    outbox.acknowledged('M-delivered', '404')
    await expect.poll(async () => (await job('delivered')).status).toBe('failed')
    const later = new Date(Date.now() + 3_600_000)
    await change(await read('delivered'), { status: 'pending', queuedAt: SERVER_TIME, failedAt: null, nextAttemptAt: later })
    bring(await read('delivered'))
    const add = receipts.add.bind(receipts)
    receipts.add = (...known) => {
      add(...known)
      if (known[2] === 'delivered') queueMicrotask(() => outbox.acknowledged('M-delivered', null))
    }
    receipts.receipt('M-delivered', 'delivered')
    bring(await accept('after it'))
    await expect.poll(() => relayed).toEqual(['M-delivered', 'M-after it'])
    outbox.acknowledged('M-after it', null)
    await expect.poll(async () => (await job('after it')).status).toBe('sent')
    expect((await job('delivered')).status).toBe('delivered')
    expect((await statuses('delivered')).at(-1)).toBe('delivered')
    // It counts as one that WhatsApp has.
    expect(outbox.sent).toBe(2)
  })

  test('stays in the queue when somebody returns it there during the lookup', async () => {
    const documents = new FaultyDocuments(firestoreDocuments())
    const { accept, bring, change, read, outbox, relayed, job, statuses, journal } = await newOutbox({ receipts: { documents } })
    const looked = Promise.withResolvers<void>()
    const query = documents.query.bind(documents)
    documents.query = async (what) => {
      const found = await query(what)
      await change(await read('requeued'), { status: 'pending', queuedAt: SERVER_TIME, failedAt: null })
      looked.resolve()
      return found
    }
    bring(await accept('requeued'))
    await expect.poll(() => relayed.length).toBe(1)
    outbox.acknowledged('M-requeued', '404')
    outbox.acknowledged('M-requeued', null)
    await looked.promise
    documents.query = query
    await nextTurn()
    await journal.whenShown()
    expect((await job('requeued')).status).toBe('pending')
    bring(await read('requeued'))
    await expect.poll(() => relayed.length).toBe(2)
    outbox.acknowledged('M-requeued', null)
    expect(await statuses('requeued')).toEqual(['pending', 'processing', 'failed', 'processing', 'sent'])
  })
})

describe('a message that a contact asks for again', () => {
  test('is returned as it was sent', async () => {
    const { accept, receipts } = await newOutbox()
    await accept('asked', { proto: 'as sent' })
    expect(await receipts.messageOf('M-asked')).toEqual(Buffer.from('as sent'))
    expect(await receipts.messageOf('M-of-another')).toBeNull()
  })

  test.each([
    ['sealed bytes', { proto: Buffer.from('not what was sealed') }],
    ['shape', { status: 'lost' }],
    ['version', { v: 2 }],
  ])('counts as missing when its %s is damaged, because waiting cannot repair it', async (what, fields) => {
    const { accept, receipts, documents } = await newOutbox()
    const { path } = await accept(`damaged ${what}`, { proto: 'as sent' })
    await documents.commit([{ kind: 'merge', path, fields }])
    expect(await receipts.messageOf(`M-damaged ${what}`)).toBeNull()
  })
})

describe('a job that Firestore delivers again in its old state', () => {
  test('is sent once while it is being sent', async () => {
    const { bring, accept, relayed } = await newOutbox()
    const job = await accept('brought-twice')
    bring(job)
    bring(job)
    await expect.poll(() => relayed.length).toBeGreaterThan(0)
    bring(job)
    await nextTurn()
    expect(relayed).toEqual(['M-brought-twice'])
  })

  test('after WhatsApp accepted it is not sent again, and keeps its state', async () => {
    const { bring, accept, relayed, outbox, statuses } = await newOutbox()
    const job = await accept('late')
    bring(job)
    await expect.poll(() => relayed.length).toBe(1)
    outbox.acknowledged('M-late', null)
    bring(job)
    await nextTurn()
    expect(await statuses('late')).toEqual(['pending', 'processing', 'sent'])
    expect(relayed).toEqual(['M-late'])
  })

  test('after it failed on the wire is not sent again', async () => {
    const { bring, accept, read, relayed, outbox, statuses, job } = await newOutbox()
    bring(await accept('nacked'))
    await expect.poll(() => relayed.length).toBe(1)
    await expect.poll(async () => (await job('nacked')).status).toBe('processing')
    const underway = await read('nacked')
    outbox.acknowledged('M-nacked', '404')
    bring(underway)
    expect(await statuses('nacked')).toEqual(['pending', 'processing', 'failed'])
    expect(relayed).toEqual(['M-nacked'])
  })

  test('after it failed stays failed', async () => {
    const { bring, accept, relayed, statuses } = await newOutbox({ isReachable: () => Promise.resolve(false) })
    const job = await accept('nobody')
    bring(job)
    await expect.poll(() => statuses('nobody')).toEqual(['pending', 'failed'])
    bring(job)
    await nextTurn()
    expect(await statuses('nobody')).toEqual(['pending', 'failed'])
    expect(relayed).toEqual([])
  })
})

describe('a message to a number that WhatsApp does not answer for', () => {
  test('leads to one more query and then waits: a missing answer is not a no, and no reason for many queries', async () => {
    let asked = 0
    const { bring, accept, relayed, job } = await newOutbox({
      isReachable: async () => {
        asked++
        throw new Error('rate-overlimit')
      },
    })
    bring(await accept('unanswered'))
    await expect.poll(async () => (await job('unanswered')).nextAttemptAt?.getTime() ?? 0).toBeGreaterThan(Date.now() + 60_000)
    expect([asked, relayed]).toEqual([2, []])
    expect(await job('unanswered')).toMatchObject({ status: 'pending', lastError: { code: 'send-failed' } })
  })
})

describe('a message that WhatsApp has but some devices of its chat will miss', () => {
  test('goes out once more, byte for byte, before anything else to its chat, and is `sent` after that', async () => {
    const { bring, accept, relayed, bytes, outbox, statuses } = await newOutbox()
    bring(await accept('missed'))
    bring(await accept('next'))
    await expect.poll(() => relayed).toEqual(['M-missed'])
    outbox.missedDevices('M-missed')
    await expect.poll(() => relayed).toEqual(['M-missed', 'M-missed'])
    outbox.missedDevices('M-missed')
    await expect.poll(() => relayed).toEqual(['M-missed', 'M-missed', 'M-next'])
    expect(bytes[0]).toBe(bytes[1])
    expect(await statuses('missed')).toEqual(['pending', 'processing', 'processing', 'sent'])
  })
})
