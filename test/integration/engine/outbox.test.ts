import { setImmediate as nextTurn, setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { jobDocumentSchema, jobPath } from '@holdfast/core/message/job-document'
import { sealJobContent, sealJobProto } from '@holdfast/core/message/sealed-content'
import { createLogger } from '@holdfast/core/platform/logging'
import { SERVER_TIME, type Clock, type DocumentSnapshot, type DocumentStore } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import type { Connection } from '../../../runner/src/whatsapp/port.ts'
import { Outbox } from '../../../runner/src/session/outbox/outbox.ts'
import { DEFAULT_SEND_POLICY, type SendPolicy } from '../../../runner/src/session/outbox/send-policy.ts'
import { Receipts } from '../../../runner/src/session/outbox/receipts.ts'
import { type FirestoreUnderTest, startFirestore } from '../../support/firestore-under-test.ts'
import { FaultyDocuments } from '../../support/engine/faulty-documents.ts'
import { takeOver } from '../../support/engine/owner.ts'
import { SessionUnderTest } from '../../support/engine/session-under-test.ts'

let firestore: FirestoreUnderTest

beforeAll(async () => {
  firestore = await startFirestore()
})

afterAll(async () => {
  await firestore[Symbol.asyncDispose]()
})

/** An outbox whose jobs the test brings, and whose connection notes what would have been on the wire. */
async function newOutbox(
  isReachable: boolean | (() => Promise<boolean>) = true,
  policy: Partial<SendPolicy> = {},
  forReceipts: { documents?: DocumentStore; clock?: Clock } = {},
) {
  const session = await new SessionUnderTest(firestore.clients.documents).create()
  const { sessionId, cipher, documents } = session
  const { state, journal } = await takeOver(session)
  const parts = { state, cipher, clock: systemClock, logger: createLogger('test', 'silent') }
  const receipts = new Receipts({ ...parts, sessionId, documents, ...forReceipts })
  let bring: (jobs: readonly DocumentSnapshot[]) => void = () => {}
  const subscribe = (onJobs: typeof bring) => {
    bring = onJobs
    return () => {}
  }
  const rest = { settled: new Map<string, number>(), contactOf: (chat: string) => chat }
  const outbox = new Outbox({ ...parts, ...rest, subscribe, receipts, policy: { ...DEFAULT_SEND_POLICY, ...policy } })
  const relayed: string[] = []
  const repeated: boolean[] = []
  const bytes: string[] = []
  const connection: Connection = {
    compose: (_, { text }) => Buffer.from(text),
    relay: async (_, message, messageId, isRepeated) => {
      repeated.push(isRepeated)
      relayed.push(messageId)
      bytes.push(Buffer.from(message).toString())
    },
    isReachable: async () => (typeof isReachable === 'boolean' ? isReachable : isReachable()),
    mute: () => {},
    heldForMs: () => 0,
    close: async () => {},
    unlink: () => Promise.resolve(),
    cut: () => {},
  }
  outbox.listen()
  outbox.opened(connection)
  const accept = async (id: string, before: { proto?: string; nextAttemptAt?: Date } = {}): Promise<DocumentSnapshot> => {
    const content = sealJobContent(cipher, id, { type: 'text', text: 'hello' })
    const fixed = { v: 1, tenant: 'default', sessionId, chat: '5511900000002@s.whatsapp.net', type: 'text', requestHash: '' }
    const times = { createdAt: SERVER_TIME, queuedAt: SERVER_TIME, timeline: [{ status: 'pending', at: new Date() }] }
    const proto = before.proto === undefined ? {} : { proto: sealJobProto(cipher, id, Buffer.from(before.proto)) }
    const status = before.proto === undefined ? 'pending' : 'processing'
    const nextAttemptAt = before.nextAttemptAt ?? null
    const fields = { ...fixed, ...times, ...proto, content, messageId: `M-${id}`, status, nextAttemptAt }
    await documents.commit([{ kind: 'create', path: jobPath(id), fields }])
    return (await documents.read(jobPath(id))) as DocumentSnapshot
  }
  const job = async (id: string) => {
    await journal.whenDurable()
    return jobDocumentSchema.parse((await documents.read(jobPath(id)))?.fields)
  }
  const statuses = async (id: string) => (await job(id)).timeline.map(({ status }) => status)
  return {
    outbox,
    receipts,
    documents,
    connection,
    relayed,
    repeated,
    bytes,
    bring: (one: DocumentSnapshot) => bring([one]),
    accept,
    job,
    statuses,
    journal,
  }
}

test('what may have been on the wire goes out again as it was, byte for byte, before anything else to its chat', async () => {
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

test('a message that is long in getting on its way is not begun a second time meanwhile', async () => {
  const { bring, accept, relayed, outbox, connection, job } = await newOutbox(true, { ackTimeoutMs: ACK_TIMEOUT_MS })
  const underway = Promise.withResolvers<void>()
  connection.relay = (_chat, _message, messageId) => {
    relayed.push(messageId)
    return underway.promise
  }
  bring(await accept('slow'))
  await expect.poll(() => relayed.length).toBe(1)
  expect(await job('slow')).toMatchObject({ status: 'processing', attempts: 1 })
  // Its record is durable: a shorter timer that had been set by then would fire before this one.
  await setTimeout(3 * ACK_TIMEOUT_MS)
  expect(relayed).toEqual(['M-slow'])
  underway.resolve()
  await expect.poll(() => relayed).toEqual(['M-slow', 'M-slow'])
  outbox.acknowledged('M-slow', null)
})

test('a message that got no ack on a dead connection, however often, goes out at once on the next one', async () => {
  const { bring, accept, relayed, outbox, connection } = await newOutbox(true, { ackTimeoutMs: ACK_TIMEOUT_MS })
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
  test('says so in the record of the attempt that follows at once, and until when it waits in one write; the ack takes it back', async () => {
    const { bring, accept, relayed, outbox, connection, job, journal } = await newOutbox(true, { ackTimeoutMs: ACK_TIMEOUT_MS })
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

  test('whose connection ended says that, and that it waits for the next one', async () => {
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
    // It is on no wire any more: no further write until it goes out again.
    outbox.closed()
    await journal.whenDurable()
    expect(journal.head.sequence).toBe(records)
    outbox.opened(connection)
    await expect.poll(() => relayed.length).toBe(2)
    outbox.acknowledged('M-cut off', null)
    expect(await job('cut off')).toMatchObject({ status: 'sent', attempts: 2, lastError: null, nextAttemptAt: null })
  })

  test('is not waited for by the next owner, who has a connection of its own', async () => {
    const { bring, accept, relayed, outbox } = await newOutbox()
    bring(await accept('handed over', { proto: 'as sent', nextAttemptAt: new Date(Date.now() + 600_000) }))
    await expect.poll(() => relayed).toEqual(['M-handed over'])
    outbox.acknowledged('M-handed over', null)
  })
})

test('a message that is acknowledged at once is two writes: the attempt, and that it was sent', async () => {
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
  /** The attempts that are due later are up to the test. */
  async function awayFrom(id: string) {
    const documents = new FaultyDocuments(firestore.clients.documents)
    const due = new Map<() => void, number>()
    const after: Clock['after'] = (delayMs, callback) => {
      due.set(callback, delayMs)
      return () => due.delete(callback)
    }
    const parts = await newOutbox(true, {}, { documents, clock: { ...systemClock, after } })
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

  test('is settled later, as often as it takes, by the newest word of it', async () => {
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

  test('is left to whoever has the session next when it is given up', async () => {
    const { due, outbox, receipts } = await awayFrom('given-up')
    outbox.abandon()
    expect(due.size).toBe(0)
    // It fails before the turn is over.
    receipts.settleRecorded()
    await nextTurn()
    expect(due.size).toBe(0)
  })
})

describe('a message that a contact asks for again', () => {
  test('is given as it was sent', async () => {
    const { accept, receipts } = await newOutbox()
    await accept('asked', { proto: 'as sent' })
    expect(await receipts.messageOf('M-asked')).toEqual(Buffer.from('as sent'))
    expect(await receipts.messageOf('M-of-another')).toBeNull()
  })

  test.each([
    ['sealed bytes', { proto: Buffer.from('not what was sealed') }],
    ['shape', { status: 'lost' }],
    ['version', { v: 2 }],
  ])('and is damaged in its %s is as good as none: nobody waits until that changes', async (what, fields) => {
    const { accept, receipts, documents } = await newOutbox()
    const { path } = await accept(`damaged ${what}`, { proto: 'as sent' })
    await documents.commit([{ kind: 'merge', path, fields }])
    expect(await receipts.messageOf(`M-damaged ${what}`)).toBeNull()
  })
})

describe('a job of which Firestore tells once more, as it was before it was taken', () => {
  test('is sent once while it is on its way', async () => {
    const { bring, accept, relayed } = await newOutbox()
    const job = await accept('brought-twice')
    bring(job)
    bring(job)
    await expect.poll(() => relayed.length).toBeGreaterThan(0)
    bring(job)
    await nextTurn()
    expect(relayed).toEqual(['M-brought-twice'])
  })

  test('after WhatsApp took it, is not sent again and stays what it is', async () => {
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

  test('after it failed, stays failed', async () => {
    const { bring, accept, relayed, statuses } = await newOutbox(false)
    const job = await accept('nobody')
    bring(job)
    await expect.poll(() => statuses('nobody')).toEqual(['pending', 'failed'])
    bring(job)
    await nextTurn()
    expect(await statuses('nobody')).toEqual(['pending', 'failed'])
    expect(relayed).toEqual([])
  })
})

describe('a number of which WhatsApp does not say whether somebody has it', () => {
  test('is asked for once more, and then waits: no answer is not a no, and no reason to hammer', async () => {
    let asked = 0
    const { bring, accept, relayed, job } = await newOutbox(async () => {
      asked++
      throw new Error('rate-overlimit')
    })
    bring(await accept('unanswered'))
    await expect.poll(async () => (await job('unanswered')).nextAttemptAt?.getTime() ?? 0).toBeGreaterThan(Date.now() + 60_000)
    expect([asked, relayed]).toEqual([2, []])
    expect(await job('unanswered')).toMatchObject({ status: 'pending', lastError: { code: 'send-failed' } })
  })
})

describe('a message that WhatsApp has, and that some devices of its chat will miss', () => {
  test('goes out once more, byte for byte, before anything else to its chat; then it is sent, whatever is said', async () => {
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
