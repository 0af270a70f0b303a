import { afterAll, beforeAll, expect, test } from 'vitest'
import { HoldfastProblem } from '@holdfast/client/problem'
import { type Chat, EngineWorld, eventually } from '../support/engine-world.ts'

/** What callers do with the queue, from the API to the contact's phone. */

const HOUR_MS = 3_600_000

let world: EngineWorld
/** How far the sandbox's clock is ahead. */
let aheadMs = 0

beforeAll(async () => {
  world = await EngineWorld.start({ movableClock: true, schedules: false })
})
afterAll(() => world[Symbol.asyncDispose]())

async function advance(ms: number): Promise<void> {
  aheadMs += ms
  await world.sandbox.advanceClock({ seconds: ms / 1000 })
}

const inMs = (ms: number): string => new Date(Date.now() + aheadMs + ms).toISOString()

const texts = async (chat: Chat): Promise<(string | null)[]> => (await chat.received()).map(({ text }) => text)

let keys = 0

const to = (chat: Chat, text: string, options: object = {}) => ({
  session: chat.name,
  chatId: `${chat.contact}@c.us`,
  text,
  idempotencyKey: `by-api-${++keys}`,
  ...options,
})

test('a message for later is sent at its time, a replaced one with its new text, and a canceled one never', async () => {
  const chat = await world.linked('later')
  const { api } = world
  const sendAt = inMs(2 * HOUR_MS)
  const later = await api.sendText(to(chat, 'later', { sendAt }))
  const replaced = await api.sendText(to(chat, 'to be replaced', { sendAt }))
  const canceled = await api.sendText(to(chat, 'to be canceled', { sendAt }))
  const now = await api.sendText(to(chat, 'now'))
  expect((await api.replace(replaced.id, { text: 'replaced' })).text).toBe('replaced')
  expect((await api.cancel(canceled.id)).status).toBe('canceled')
  await chat.untilStatus(now, 'delivered')
  expect(await texts(chat)).toEqual(['now'])
  expect((await api.message(later.id)).waiting).toEqual({ reason: 'scheduled', until: sendAt })
  await advance(2 * HOUR_MS)
  for (const job of [later, replaced]) await chat.untilStatus(job, 'delivered')
  // Comes after everything that could still be sent to this chat.
  await chat.untilStatus(await api.sendText(to(chat, 'last')), 'delivered')
  expect(await texts(chat)).toEqual(['now', 'later', 'replaced', 'last'])
  expect((await api.message(canceled.id)).status).toBe('canceled')
})

test('what waits in the memory of its owner can be replaced, put off and canceled', async () => {
  const chat = await world.linked('held')
  const { api } = world
  // The first message is refused for some minutes, and blocks its chat.
  await chat.fault('nack', { code: 479, count: 2 })
  const first = await api.sendText(to(chat, 'first', { retry: { delaysMs: [0, 10 * 60_000] } }))
  await eventually(async () => expect((await api.message(first.id)).waiting?.reason).toBe('retry'))
  const [replaced, putOff, canceled] = [
    await api.sendText(to(chat, 'old text')),
    await api.sendText(to(chat, 'put off')),
    await api.sendText(to(chat, 'canceled')),
  ]
  await api.replace(replaced.id, { text: 'new text' })
  await api.replace(putOff.id, { text: 'put off', sendAt: inMs(HOUR_MS) })
  await api.cancel(canceled.id)
  await advance(10 * 60_000)
  for (const job of [first, replaced]) await chat.untilStatus(job, 'delivered')
  expect(await texts(chat)).toEqual(['first', 'new text'])
  await advance(HOUR_MS)
  await chat.untilStatus(putOff, 'delivered')
  expect(await texts(chat)).toEqual(['first', 'new text', 'put off'])
})

test('a race between cancel and send ends in one of the two', async () => {
  const chat = await world.linked('race')
  const { api } = world
  const jobs = Array.from({ length: 12 }, (_, index) => api.sendText(to(chat, `race ${index}`)))
  const canceled = new Set<string>()
  await Promise.all(
    jobs.map(async (accepted) => {
      const { id } = await accepted
      await api.cancel(id).then(
        () => canceled.add(id),
        (error: unknown) => expect(error).toBeInstanceOf(HoldfastProblem),
      )
    }),
  )
  const accepted = await Promise.all(jobs)
  await eventually(async () => {
    const states = await Promise.all(accepted.map(async ({ id }) => (await api.message(id)).status))
    expect(states.map((status) => status === 'canceled' || status === 'delivered')).not.toContain(false)
  })
  const arrived = new Set((await chat.received()).map(({ id }) => id))
  for (const { id, messageId } of accepted) {
    const isCanceled = (await api.message(id)).status === 'canceled'
    expect([id, isCanceled, arrived.has(messageId)]).toEqual([id, canceled.has(id), !canceled.has(id)])
  }
})

test('a retry by hand sends the same message under its id', async () => {
  const chat = await world.linked('by-hand')
  const { api } = world
  await chat.fault('nack', { code: 479, count: 1 })
  const job = await api.sendText(to(chat, 'by hand', { retry: { maxRetries: 0 } }))
  await chat.untilStatus(job, 'failed')
  expect((await api.messages({ status: 'failed', session: 'by-hand' })).map(({ id }) => id)).toEqual([job.id])
  expect((await api.queue()).sessions['by-hand']).toMatchObject({ failed: 1 })
  await api.retry(job.id)
  await chat.untilStatus(job, 'delivered')
  expect((await chat.received()).map(({ id, text }) => [id, text])).toEqual([[job.messageId, 'by hand']])
  expect(await api.retryFailed()).toMatchObject({ retried: 0, isComplete: true })
  expect((await api.remove(job.id)).archivedAt).toEqual(expect.any(String))
  expect((await api.message(job.id)).text).toBe('by hand')
})

test('many messages of one request arrive in their order', async () => {
  const chat = await world.linked('bulk')
  const { name: session, contact } = chat
  const messages = Array.from({ length: 120 }, (_, index) => ({ session, chatId: `${contact}@c.us`, text: `bulk ${index}` }))
  const { accepted, results } = await world.api.sendBulk(messages, 'by-api-bulk')
  expect(accepted).toBe(120)
  const last = results.at(-1)
  if (!last || !('id' in last)) throw new Error('The last message was refused.')
  await chat.untilStatus(last, 'delivered')
  expect(await texts(chat)).toEqual(messages.map(({ text }) => text))
  expect(
    (await world.api.sendBulk(messages, 'by-api-bulk')).results.map((result) => ('id' in result ? result.id : null)),
  ).toEqual(results.map((result) => ('id' in result ? result.id : null)))
})
