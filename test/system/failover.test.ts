import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AcceptedMessage } from '@holdfast/client/types'
import { jobPath } from '@holdfast/core/message/job-document'
import { type Chat, EngineWorld, eventually } from '../support/engine-world.ts'

/** Two sessions of a pool, with real owners. One clock moves ahead for runners, functions, tasks and WhatsApp. */

const MINUTES = 60
const QUIET = '5511955550000'

let world: EngineWorld
let first: Chat
let second: Chat

beforeAll(async () => {
  world = await EngineWorld.start({ movableClock: true, schedules: false })
  first = await world.linked('first')
  second = await world.linked('second')
  // Sends no receipts, which would tell that a message without an ack has arrived.
  await world.post('/contacts', { phone: QUIET, name: 'Quiet', autoReceipt: false })
  await world.api.putPool('sales', ['first', 'second'])
})

afterAll(() => world[Symbol.asyncDispose]())

let messages = 0

const sendToPool = (text: string, to = first.contact): Promise<AcceptedMessage> =>
  world.api.sendText({ pool: 'sales', chatId: `${to}@c.us`, text, idempotencyKey: `pooled-${++messages}` })

/** Counts what reached any contact. */
const copiesOf = async (text: string): Promise<number> =>
  (await world.simulator.state()).contacts.flatMap(({ received }) => received).filter((message) => message.text === text).length

/** Ends the connection of a session, and keeps it from getting another one until `clearFaults`. */
async function cutOff(chat: Chat): Promise<void> {
  await chat.fault('refuse', { count: 10_000 })
  await chat.fault('drop')
  await eventually(async () => expect((await world.api.session(chat.name)).state).toBe('BACKOFF'))
}

async function passes(minutes: number): Promise<void> {
  await world.sandbox.advanceClock({ seconds: minutes * MINUTES })
  await world.sandbox.fireSchedule('sweep')
}

const sessionOf = async (job: AcceptedMessage): Promise<unknown> =>
  (await world.google.documents.read(jobPath(job.jobId)))?.fields['sessionId']

describe('a message whose session has lost its connection', () => {
  test('is sent once, by another session of its pool, also when its former owner comes back', async () => {
    await world.api.want('second', 'stop')
    await second.untilSession('STOPPED STOPPED requested')
    await cutOff(first)
    const job = await sendToPool('from the other one')
    expect(await sessionOf(job)).toBe(first.sessionId)
    await world.api.want('second', 'start')
    await second.works()

    await passes(3)
    expect(await sessionOf(job)).toBe(first.sessionId)
    await passes(3)
    await second.untilStatus(job, 'delivered')
    const { sessionId, timeline } = await second.job(job)
    expect(sessionId).toBe(second.sessionId)
    expect(timeline.map(({ status, why = '' }) => `${status} ${why}`.trim())).toEqual([
      'pending',
      'pending session-down',
      'processing',
      'sent',
      'delivered',
    ])

    // The former owner still has the message in its memory.
    await world.clearFaults()
    await passes(10)
    await first.works()
    const later = await first.send('after the outage')
    await first.untilStatus(later, 'delivered')
    expect(await copiesOf('from the other one')).toBe(1)
    expect(await second.job(job)).toMatchObject({ sessionId: second.sessionId, status: 'delivered', attempts: 1 })
  })

  test('stays with its session when it may be on the wire, and is sent once when that one is back', async () => {
    await first.fault('hold-acks')
    const job = await sendToPool('on the wire', QUIET)
    await eventually(async () => expect(await copiesOf('on the wire')).toBe(1))
    await cutOff(first)
    await passes(30)
    expect(await first.job(job)).toMatchObject({ sessionId: first.sessionId, status: 'processing' })
    await world.clearFaults()
    await passes(10)
    await first.untilStatus(job, 'sent')
    expect(await first.job(job)).toMatchObject({ sessionId: first.sessionId })
    expect(await copiesOf('on the wire')).toBe(1)
  })
})

describe('a message that WhatsApp refuses from its session', () => {
  test('is sent by another session of its pool', async () => {
    await first.works()
    await first.fault('nack', { code: 463, count: 100 })
    const job = await sendToPool('refused at first')
    await eventually(async () => expect((await first.job(job)).lastError).toMatchObject({ code: 'whatsapp-463' }))
    await passes(0)
    await second.untilStatus(job, 'delivered')
    expect((await second.job(job)).timeline.map(({ status, why = '' }) => `${status} ${why}`.trim())).toEqual([
      'pending',
      'processing',
      'pending',
      'pending refused',
      'processing',
      'sent',
      'delivered',
    ])
    expect(await copiesOf('refused at first')).toBe(1)
  })
})
