import { jobDocumentSchema } from '@holdfast/core/message/job-document'
import { parseStored } from '@holdfast/core/platform/parse'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { decideMove } from '../../../functions/src/use-cases/failover-decision.ts'
import { moveJob } from '../../../functions/src/use-cases/move-job.ts'
import { type OutboxUnderTest, outboxUnderTest } from '../../support/engine/outbox-under-test.ts'
import { type FirestoreUnderTest, startFirestore } from '../../support/firestore-under-test.ts'

/** Two sessions with their real outboxes, and a message that moves from one to the other. */

let firestore: FirestoreUnderTest
let former: OutboxUnderTest
let next: OutboxUnderTest
let messages = 0
beforeAll(async () => {
  firestore = await startFirestore()
  former = await outboxUnderTest(firestore.clients.documents)
  next = await outboxUnderTest(firestore.clients.documents)
})
afterAll(() => firestore[Symbol.asyncDispose]())

/** Moves a job as the sweep does, in the version that it has now. False: it does not move. */
async function move(id: string): Promise<boolean> {
  const snapshot = await former.read(id)
  const job = parseStored(jobDocumentSchema, snapshot.fields, snapshot.path)
  const ciphers = new Map([former, next].map(({ session, cipher }) => [session.sessionId, cipher]))
  const { documents } = firestore.clients
  const own = { sessionId: former.session.sessionId, isConnected: false, comesBack: true, downForMs: 3_600_000 }
  const other = { sessionId: next.session.sessionId, isConnected: true, comesBack: false, downForMs: 0 }
  const decided = decideMove(job, { pool: [own, other], own, failoverAfterMs: 300_000, nowMs: systemClock.now() })
  if (!decided) return false
  return moveJob({ documents, clock: systemClock }, { snapshot, job, move: decided }, async (sessionId) => {
    const cipher = ciphers.get(sessionId)
    if (!cipher) throw new Error(`Nobody has the key of ${sessionId}.`)
    return cipher
  })
}

const newId = (): string => `move-${++messages}`

/** Sends another message of the former session, which comes after all before it in the chat. */
async function sendAnother(): Promise<string[]> {
  const [id, before] = [newId(), former.relayed.length]
  former.bring(await former.accept(id))
  await expect.poll(() => former.relayed.at(-1)).toBe(`M-${id}`)
  former.outbox.acknowledged(`M-${id}`, null)
  await expect.poll(async () => (await former.job(id)).status).toBe('sent')
  return former.relayed.slice(before).filter((messageId) => messageId !== `M-${id}`)
}

describe('a message that moves while its session has no connection', () => {
  test('is sent by the next session, and not by the former owner when that wakes up', async () => {
    const id = newId()
    former.outbox.closed()
    const accepted = await former.accept(id, { text: 'once', pool: 'both' })
    former.bring(accepted)
    expect(await move(id)).toBe(true)

    former.outbox.opened(former.connection)
    // The former owner tries to take the message in the version that it knows, is refused, and reads it again.
    expect(await sendAnother()).toEqual([])
    next.bring(await next.read(id))
    await expect.poll(() => next.relayed).toEqual([`M-${id}`])
    next.outbox.acknowledged(`M-${id}`, null)
    await expect.poll(async () => (await next.job(id)).status).toBe('sent')

    expect(next.bytes).toEqual(['once'])
    const { timeline, sessionId } = await next.job(id)
    expect(sessionId).toBe(next.session.sessionId)
    expect(timeline.map(({ status }) => status)).toEqual(['pending', 'pending', 'processing', 'sent'])
  })

  test('does not keep its former owner from sending what comes after it in the chat', async () => {
    const [first, second] = [newId(), newId()]
    former.outbox.closed()
    former.bring(await former.accept(first, { chat: 'one chat', pool: 'both' }))
    former.bring(await former.accept(second, { chat: 'one chat' }))
    expect(await move(first)).toBe(true)
    const before = former.relayed.length
    former.outbox.opened(former.connection)
    await expect.poll(() => former.relayed.slice(before)).toEqual([`M-${second}`])
    former.outbox.acknowledged(`M-${second}`, null)
    await expect.poll(async () => (await former.job(second)).status).toBe('sent')
    expect((await former.job(first)).sessionId).toBe(next.session.sessionId)
  })

  test('is dropped by its former owner, that hears of a version from before the move', async () => {
    const id = newId()
    const accepted = await former.accept(id, { pool: 'both' })
    expect(await move(id)).toBe(true)
    former.bring(accepted)
    expect(await sendAnother()).toEqual([])
    expect(await former.job(id)).toMatchObject({ status: 'pending', sessionId: next.session.sessionId, attempts: 0 })
  })
})

describe('a message that its owner has taken', () => {
  test('does not move, however the move and the owner meet', async () => {
    for (let round = 0; round < 10; round++) {
      const id = newId()
      const [before, beforeNext] = [former.relayed.length, next.relayed.length]
      const accepted = await former.accept(id, { pool: 'both' })
      const moving = move(id)
      former.bring(accepted)
      const moved = await moving
      if (moved) next.bring(await next.read(id))
      const sender = moved ? next : former
      await expect.poll(() => sender.relayed.at(-1)).toBe(`M-${id}`)
      sender.outbox.acknowledged(`M-${id}`, null)
      await expect.poll(async () => (await sender.job(id)).status).toBe('sent')
      await former.journal.whenDurable()
      expect([...former.relayed.slice(before), ...next.relayed.slice(beforeNext)]).toEqual([`M-${id}`])
    }
  })
})
