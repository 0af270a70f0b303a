import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type JobDocument, jobPath } from '@holdfast/core/message/job-document'
import { Append } from '@holdfast/core/platform/ports'
import type { AcceptedMessage } from '@holdfast/client/types'
import { type Chat, EngineWorld, eventually } from '../support/engine-world.ts'

let world: EngineWorld

beforeAll(async () => {
  // Short for messages whose ack never comes, and long for those of a busy machine: a second copy is one too many.
  world = await EngineWorld.start({ runnerEnv: { SEND_ACK_TIMEOUT_MS: '4000' } })
})

afterAll(async () => {
  const { violations } = await world.simulator.state()
  await world[Symbol.asyncDispose]()
  expect(violations).toEqual([])
})

const statusesOf = ({ timeline }: JobDocument): string[] => timeline.map(({ status }) => status)

const atContact = async (chat: Chat, { messageId }: AcceptedMessage) => {
  const { id, copies } = (await chat.received()).find((message) => message.id === messageId) ?? {}
  return { id, copies }
}

const expectAscending = ({ timeline }: JobDocument): void => {
  const times = timeline.map(({ at }) => at.getTime())
  expect(times).toEqual(times.toSorted((one, other) => one - other))
}

describe('while the runner is alive,', () => {
  test.concurrent('a refused message is tried again under its id', async () => {
    const chat = await world.linked('nack')
    await chat.fault('nack', { code: 479 })
    const job = await chat.send('refused once')
    await chat.untilStatus(job, 'delivered')
    const document = await chat.job(job)
    expect(statusesOf(document)).toEqual(['pending', 'processing', 'pending', 'processing', 'sent', 'delivered'])
    expectAscending(document)
    expect(document).toMatchObject({ attempts: 2, nextAttemptAt: null, lastError: null, messageId: job.messageId })
    expect(await atContact(chat, job)).toEqual({ id: job.messageId, copies: 1 })
  })

  test.concurrent('a message that was refused twice waits, and the wait is stored completely', async () => {
    const chat = await world.linked('nack-twice')
    await chat.fault('nack', { count: 2 })
    const job = await chat.send('refused twice')
    await eventually(async () => expect((await chat.job(job)).attempts).toBe(2))
    await chat.untilStatus(job, 'pending')
    const { nextAttemptAt, lastAttemptAt, lastError } = await chat.job(job)
    const delayMs = (nextAttemptAt?.getTime() ?? 0) - (lastAttemptAt?.getTime() ?? 0)
    expect(delayMs).toBeGreaterThanOrEqual(5 * 60_000)
    expect(delayMs).toBeLessThan(5 * 60_000 + 10_000)
    expect(lastError?.code).toBe('whatsapp-479')
    // The wait delays only the messages to the same chat.
    const other = await chat.send('to somebody else', chat.phone)
    await eventually(async () => expect(statusesOf(await chat.job(other))).toContain('processing'))
  })

  test.concurrent('a message without an ack goes out again, and the contact has it once', async () => {
    const chat = await world.linked('no-acks', { receipts: false })
    await chat.fault('no-acks')
    const job = await chat.send('without an ack')
    await chat.untilStatus(job, 'sent')
    expect(await atContact(chat, job)).toEqual({ id: job.messageId, copies: 2 })
    const document = await chat.job(job)
    expect(statusesOf(document)).toEqual(['pending', 'processing', 'processing', 'sent'])
    expect(document.attempts).toBe(2)
  })

  test.concurrent('a receipt replaces a lost ack', async () => {
    const chat = await world.linked('receipt-for-ack')
    await chat.fault('no-acks')
    const job = await chat.send('receipted, not acked')
    await chat.untilStatus(job, 'delivered')
    expect(await atContact(chat, job)).toEqual({ id: job.messageId, copies: 1 })
    expect(statusesOf(await chat.job(job))).toEqual(['pending', 'processing', 'sent', 'delivered'])
  })

  test.concurrent('a message to a number without WhatsApp fails at once, and delays no other message', async () => {
    const chat = await world.linked('nobody')
    const job = await chat.send('is anybody there?', '5511000000000')
    await chat.untilStatus(job, 'failed')
    const document = await chat.job(job)
    expect(document).toMatchObject({ attempts: 0, lastError: { code: 'not-on-whatsapp' }, nextAttemptAt: null })
    expect(document.failedAt).toBeInstanceOf(Date)
    const other = await chat.send('to somebody')
    await chat.untilStatus(other, 'delivered')
  })

  test.concurrent('messages to one chat arrive in the order of their acceptance', async () => {
    const chat = await world.linked('order')
    await chat.fault('nack')
    const jobs: AcceptedMessage[] = []
    for (let index = 0; index < 10; index++) jobs.push(await chat.send(`number ${index}`))
    await chat.untilStatus(jobs.at(-1) as AcceptedMessage, 'delivered')
    expect((await chat.received()).map(({ text }) => text)).toEqual(jobs.map((_, index) => `number ${index}`))
  })

  test.concurrent('a message that was cancelled before its session took it is never sent', async () => {
    const chat = await world.linked('cancelled')
    await world.api.want(chat.name, 'stop')
    await chat.untilSession('STOPPED STOPPED requested')
    const cancelled = await chat.send('on second thought, not this')
    const timeline = new Append({ status: 'canceled', at: new Date() })
    await world.google.documents.commit([
      { kind: 'merge', path: jobPath(cancelled.jobId), fields: { status: 'canceled', timeline } },
    ])
    const next = await chat.send('but this')
    await world.api.want(chat.name, 'start')
    await chat.untilStatus(next, 'delivered')
    expect((await chat.received()).map(({ text }) => text)).toEqual(['but this'])
    const document = await chat.job(cancelled)
    expect(statusesOf(document)).toEqual(['pending', 'canceled'])
    expect(document).toMatchObject({ status: 'canceled', attempts: 0, lastAttemptAt: null })
  })

  test.concurrent('a message that was read stays read when a delivery receipt follows', async () => {
    const chat = await world.linked('read', { receipts: false })
    const job = await chat.send('read me')
    await chat.untilStatus(job, 'sent')
    const receipt = (type: string) => world.post(`/contacts/${chat.contact}/receipt`, { id: job.messageId, type })
    await receipt('read')
    await chat.untilStatus(job, 'read')
    await receipt('delivery')
    const next = await chat.send('and this')
    await chat.untilStatus(next, 'sent')
    const document = await chat.job(job)
    expect(statusesOf(document)).toEqual(['pending', 'processing', 'sent', 'read'])
    expectAscending(document)
  })
})

describe('when the runner is killed', () => {
  test('before the acks arrive, each message goes out again under its id, and the contact has it once', async () => {
    const chat = await world.linked('held-acks', { receipts: false })
    await chat.fault('hold-acks')
    const jobs = [await chat.send('first'), await chat.send('second')]
    const [first, second] = jobs as [AcceptedMessage, AcceptedMessage]
    await world.happens(({ type, id }) => type === 'contact-received' && id === first.messageId)
    expect((await chat.job(first)).status).toBe('processing')
    world.sandbox.runner('runner-1').kill()
    await world.clearFaults()
    for (const job of jobs) await chat.untilStatus(job, 'sent')
    expect(await atContact(chat, first)).toEqual({ id: first.messageId, copies: 2 })
    expect(await atContact(chat, second)).toEqual({ id: second.messageId, copies: 1 })
    expect((await chat.received()).map(({ text }) => text)).toEqual(['first', 'second'])
  })

  test('after a message was sent, a receipt that arrives meanwhile still counts', async () => {
    const chat = await world.linked('late-receipt', { receipts: false })
    const job = await chat.send('read while you were away')
    await chat.untilStatus(job, 'sent')
    world.sandbox.runner('runner-1').kill()
    await world.post(`/contacts/${chat.contact}/receipt`, { id: job.messageId, type: 'read' })
    await chat.untilStatus(job, 'read')
    expect(statusesOf(await chat.job(job))).toEqual(['pending', 'processing', 'sent', 'read'])
  })

  test('at the moment of a receipt, the next owner applies it to the job', async () => {
    const chat = await world.linked('struck-receipt', { receipts: false })
    const job = await chat.send('read at the very moment')
    await chat.untilStatus(job, 'sent')
    await world.post(`/contacts/${chat.contact}/receipt`, { id: job.messageId, type: 'read' })
    world.sandbox.runner('runner-1').kill()
    await chat.untilStatus(job, 'read')
    await eventually(async () => expect((await chat.account()).offlineQueue).toBe(0))
  })
})

test('a body that is no JSON is answered as every other error', async () => {
  const { api, apiKey } = world.sandbox.info
  const headers = { 'X-Api-Key': apiKey, 'Content-Type': 'application/json' }
  const answer = await fetch(`${api}/api/sendText`, { method: 'POST', headers, body: '{"text":' })
  expect([answer.status, answer.headers.get('Content-Type')]).toEqual([400, 'application/problem+json'])
  expect(await answer.json()).toMatchObject({ code: 'bad-request', detail: 'The body is not JSON.' })
})

describe('a request without `Content-Length`', () => {
  /** Sends a request with Node's own client, because `fetch` adds a length. */
  async function ask(method: string, path: string, chunks: readonly string[] = []) {
    const { api, apiKey } = world.sandbox.info
    const { promise: answered, resolve, reject } = Promise.withResolvers<{ status: number | undefined; body: string }>()
    const headers = { 'X-Api-Key': apiKey, ...(chunks.length > 0 && { 'Content-Type': 'application/json' }) }
    const sent = request(`${api}${path}`, { method, headers })
    if (chunks.length === 0) for (const name of ['Transfer-Encoding', 'Content-Length']) sent.removeHeader(name)
    sent.on('error', reject)
    sent.on('response', (response) => void text(response).then((body) => resolve({ status: response.statusCode, body }), reject))
    for (const chunk of chunks) sent.write(chunk)
    sent.end()
    return answered
  }

  test('is answered like one with it, in chunks and without a body', async () => {
    const chat = await world.linked('chunks')
    const chatId = `${chat.contact}@c.us`
    const body = JSON.stringify({ session: chat.name, chatId, text: 'in chunks' })
    const { status, body: accepted } = await ask('POST', '/api/sendText', [body.slice(0, 20), body.slice(20)])
    expect([status, accepted]).toEqual([201, expect.any(String)])
    await chat.untilStatus(JSON.parse(accepted) as AcceptedMessage, 'delivered')
    expect(await ask('POST', `/api/sessions/${chat.name}/start`)).toMatchObject({ status: 201 })
    for (const method of ['PUT', 'DELETE']) expect([method, (await ask(method, '/api/x')).status]).toEqual([method, 404])
    const large = ['{"text":"', ...Array<string>(3).fill('x'.repeat(500_000)), '"}']
    expect(await ask('POST', '/api/sendText', large)).toMatchObject({ status: 413 })
  })
})
