import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AcceptedMessage } from '@holdfast/client/types'
import type { Exit } from '../../sandbox/processes.ts'
import { type Chat, EngineWorld, eventually } from '../support/engine-world.ts'
import { OtlpReceiver, type TakenSpan } from '../support/otlp-receiver.ts'
import { WebhookReceiver } from '../support/webhook-receiver.ts'

/**
 * Checks everything that the runner and the functions print at the lowest log level: one JSON object a line, with ids and without
 * content. And everything that they trace meanwhile, which must tell no more.
 */

const NOBODY = '5511000000000'
/** The number of a contact whose phone sends no receipts. */
const SILENT = '5511000000001'
/** Texts and values that callers may put in the wrong place. Each could end up in a log. */
const SECRETS: Record<string, string> = {
  sent: 'Opening hours are nine to five, my dear',
  received: 'I would like an appointment on Thursday',
  unsent: 'Nobody is ever going to read these words',
  crash: 'The handler choked on a whole message of somebody',
  reason: 'Because my neighbour told me that they read along',
  idempotencyKey: 'order-number-4711-of-mister-miller',
  wrongKey: 'an-api-key-of-another-installation',
  inPath: 'a-secret-in-the-path-of-a-request',
  inQuery: 'a-secret-in-the-query-of-a-request',
  inBody: 'a-secret-in-the-body-of-a-bad-request',
  inHeader: 'a-secret-in-a-header-that-is-too-long',
  traceToken: 'the-token-of-the-end-point-of-traces',
}
/** The span of a caller that traces its request. */
const CALLER = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' }
const secret = (name: string): string => SECRETS[name] ?? ''

let world: EngineWorld
let receiver: OtlpReceiver
let endpoint: WebhookReceiver
let chat: Chat
let crashed: Exit
let requestIds: (string | null)[]
/** The accepted jobs, by their fate. */
const jobs: Record<string, AcceptedMessage> = {}

/**
 * Plays the story whose logs are checked: a pairing, messages both ways, failed messages, bad requests, a crash by an exception,
 * and the end.
 */
beforeAll(async () => {
  receiver = await OtlpReceiver.start()
  endpoint = await WebhookReceiver.start()
  const traced = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint, OTEL_EXPORTER_OTLP_HEADERS: `x-token=${secret('traceToken')}` }
  world = await EngineWorld.start({
    runnerEnv: {
      LOG_LEVEL: 'debug',
      CHECKPOINT_RECORDS: '16',
      CRASH_TEXT: secret('crash'),
      SEND_ACK_TIMEOUT_MS: '3000',
      ...traced,
    },
    functionsEnv: { LOG_LEVEL: 'debug', ALLOW_INSIDE_ADDRESSES: '127.0.0.1', ...traced },
    runnerPreloads: [new URL('../support/fixtures/crash-on-signal.ts', import.meta.url).href],
  })
  await world.api.createSession('waiting')
  const qr = await eventually(async () => {
    const shown = await world.api.qrCode('waiting')
    if (shown === null) throw new Error('There is no QR code yet.')
    return shown
  })
  // The first four parts are secret: a reference and three keys. The rest is the platform type.
  const parts = qr
    .slice(qr.indexOf('#') + 1)
    .split(',')
    .slice(0, 4)
  for (const [index, part] of parts.entries()) SECRETS[`qr ${index}`] = part
  chat = await world.linked('secret')
  await configureWebhook()
  jobs['sent'] = await message(secret('sent'), {
    idempotencyKey: secret('idempotencyKey'),
    headers: { traceparent: `00-${CALLER.traceId}-${CALLER.spanId}-01` },
  })
  jobs['failed'] = await message(secret('unsent'), { to: NOBODY })
  await chat.fault('nack', { code: 479 })
  jobs['refused'] = await message(secret('unsent'))
  await world.post('/contacts', { phone: SILENT, name: 'Silent', autoReceipt: false })
  await chat.fault('no-acks')
  jobs['unacknowledged'] = await message(secret('unsent'), { to: SILENT, until: ['sent'] })
  await chat.receive(secret('received'))
  await eventually(async () => expect(await chat.stored()).toEqual([secret('received')]))
  await eventually(() => expect(receiver.spans.filter(({ name }) => name === 'webhook')).toHaveLength(2))

  requestIds = await badRequests()
  // A crash takes with it what was not exported yet, and nobody waits for that: the test does.
  const exported = (fate: string) => spansOf(fate).filter(({ attributes }) => attributes['holdfast.status'] === 'sent')
  await eventually(() => expect(['sent', 'unacknowledged'].flatMap(exported)).toHaveLength(2))
  const runner = world.sandbox.runner('runner-1')
  const exited = new Promise<Exit>((resolve) => runner.once('exited', resolve))
  runner.kill('SIGUSR2')
  crashed = await exited
  await message(`${secret('sent')} again`)
  // The process that sent it is gone, and what it knew.
  await world.post(`/contacts/${chat.contact}/receipt`, { id: jobs['sent'].messageId, type: 'read' })
  await chat.untilStatus(jobs['sent'], 'read')
  await runner.stop()
}, 120_000)

afterAll(async () => {
  await world[Symbol.asyncDispose]()
  await receiver[Symbol.asyncDispose]()
  await endpoint[Symbol.asyncDispose]()
})

/** Has the session tell of received messages. The end point takes an event the second time. */
async function configureWebhook(): Promise<void> {
  let asked = 0
  endpoint.answer('traced', () => (asked++ === 0 ? 503 : 200))
  const retries = { policy: 'constant', delaySeconds: 1 }
  const config = { webhooks: [{ url: endpoint.url('traced'), events: ['message'], retries }] }
  const response = await world.sandbox.api(`/api/sessions/${chat.name}`, { method: 'PUT', json: { config } })
  expect(response.status).toBe(200)
}

/** The spans of the trace of a message, in the order of their beginnings. */
function spansOf(fate: string): TakenSpan[] {
  const { jobId } = jobs[fate] as AcceptedMessage
  const made = receiver.spans.find(({ name, attributes }) => name === 'job' && attributes['holdfast.job'] === jobId)
  return inTraceOf(made)
}

function inTraceOf(made: TakenSpan | undefined): TakenSpan[] {
  return receiver.spans
    .filter(({ traceId }) => traceId === made?.traceId)
    .toSorted((one, other) => Number(one.startedAtNs - other.startedAtNs))
}

/** Sends a text and waits until the job is delivered or has failed. */
async function message(
  text: string,
  { to = chat.contact, idempotencyKey = text.slice(0, 30), until = ['delivered', 'failed'], headers = {} } = {},
): Promise<AcceptedMessage> {
  const job = await world.api.sendText({
    session: chat.name,
    chatId: `${to}@c.us`,
    text,
    idempotencyKey: `${idempotencyKey} ${to}`,
    headers,
  })
  await eventually(async () => expect(until).toContain((await chat.job(job)).status))
  return job
}

/** Makes requests that are refused, and returns the request ids in their answers. */
async function badRequests(): Promise<(string | null)[]> {
  const ids: (string | null)[] = []
  const ask = async (path: string, init: RequestInit & { json?: unknown } = {}) => {
    const response = await world.sandbox.api(path, init)
    ids.push(response.headers.get('x-request-id'))
    return response.status
  }
  const text = { session: 'secret', chatId: `${chat.contact}@c.us`, text: secret('inBody') }
  expect(await ask('/api/sendText', { json: text, headers: { 'Idempotency-Key': secret('inHeader').repeat(10) } })).toBe(400)
  expect(await ask('/api/keys', { json: { name: 'x', role: 'read', [secret('inBody')]: secret('inBody') } })).toBe(400)
  expect(await ask('/api/sendText', { json: { ...text, chatId: `${chat.contact}/1@c.us` } })).toBe(400)
  expect(await ask('/api/sendText', { json: { ...text, session: secret('inBody') } })).toBe(404)
  expect(await ask('/api/sendText', { json: { ...text, text: secret('inBody').repeat(3000) } })).toBe(400)
  for (const type of ['text/plain', 'application/json']) {
    const broken = { method: 'POST', headers: { 'Content-Type': type }, body: `{${secret('inBody')}` }
    expect(await ask('/api/sendText', broken)).toBe(400)
  }
  expect(await ask(`/api/sessions/${secret('inPath')}`)).toBe(404)
  expect(await ask(`/api/${secret('inPath')}/messages?since=${secret('inQuery')}`)).toBe(400)
  expect(await ask(`/api/messages/${secret('inPath')}?key=${secret('inQuery')}`)).toBe(404)
  expect(await ask(`/${secret('inPath')}`)).toBe(404)
  expect(await ask('/api/sessions/waiting/restart', { json: { reason: secret('reason') } })).toBe(201)
  const { api } = world.sandbox.info
  const refused = await fetch(`${api}/api/sessions`, {
    headers: { 'X-Api-Key': secret('wrongKey'), Authorization: `Bearer ${secret('wrongKey')}` },
  })
  expect(refused.status).toBe(401)
  ids.push(refused.headers.get('x-request-id'))
  return ids
}

const identity = async (): Promise<{ apiKey: string; sessionEncryptionKey: string; project: string }> =>
  JSON.parse(await readFile(join(world.sandbox.folder, 'identity.json'), 'utf8')) as never

/** Returns the text in every encoding in which it could appear in a log. A key is also decoded first, and its bytes encoded. */
function disguisesOf(text: string): string[] {
  const all = [Buffer.from(text), ...(/^[A-Za-z0-9+/_-]{40,}=*$/.test(text) ? [Buffer.from(text, 'base64')] : [])]
  const encoded = all.flatMap((bytes) => [
    bytes.toString('base64').slice(0, 20),
    bytes.toString('base64url').slice(0, 20),
    bytes.toString('hex'),
  ])
  return [text, encodeURIComponent(text), JSON.stringify(text).slice(1, -1), ...encoded]
}

interface Line {
  readonly from: 'runner' | 'functions'
  readonly text: string
}

/**
 * Reads all lines that runner and functions printed on either output. It leaves out the first line of the functions, which their
 * host prints.
 */
async function printed(): Promise<Line[]> {
  const read = async (from: Line['from'], file: string) => {
    const text = await readFile(join(world.sandbox.folder, 'logs', file), 'utf8')
    return text.split('\n').flatMap((line) => (line === '' || line.startsWith('{"ready":true') ? [] : [{ from, text: line }]))
  }
  return [...(await read('runner', 'runner-1.log')), ...(await read('functions', 'functions.log'))]
}

describe('the logs', () => {
  test('contain no message text, no full phone number, no key of any kind, and no QR code', async () => {
    const { apiKey, sessionEncryptionKey } = await identity()
    const phones = { phone: chat.phone, contact: chat.contact, nobody: NOBODY, silent: SILENT }
    const all = (await printed()).map(({ text }) => text).join('\n')
    for (const [name, text] of Object.entries({ ...SECRETS, ...phones, apiKey, sessionEncryptionKey })) {
      expect(text.length, name).toBeGreaterThan(8)
      for (const disguise of disguisesOf(text)) expect(all.includes(disguise), `${name} as ${disguise}`).toBe(false)
    }
    expect(all).not.toMatch(/privKey|"private"|rootKey|chainKey/)
  })

  test('are one JSON object a line, with severity, time and a sentence', async () => {
    const lines = await printed()
    expect(lines.length).toBeGreaterThan(60)
    for (const { text } of lines) {
      const line = JSON.parse(text) as Record<string, unknown>
      expect(line, text).toMatchObject({
        severity: expect.stringMatching(/^(DEBUG|INFO|WARNING|ERROR|CRITICAL)$/),
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        message: expect.stringMatching(/^[A-Z].*[.:]/),
      })
    }
  })

  test('name the session and the request, so that an operator can follow both', async () => {
    const lines = await printed()
    expect(lines.some(({ from, text }) => from === 'runner' && text.includes(`"session":"${chat.sessionId}"`))).toBe(true)
    const logged = new Set(
      lines.filter(({ from }) => from === 'functions').map(({ text }) => (JSON.parse(text) as { requestId?: string }).requestId),
    )
    expect(logged).not.toContain(undefined)
    expect(requestIds).not.toContain(null)
    expect(new Set(requestIds).size).toBe(requestIds.length)
    for (const id of requestIds) expect(logged).toContain(id)
  })
})

describe('log lines about a session or a message have the same field names in both processes:', () => {
  const parsed = async (): Promise<({ from: Line['from'] } & Record<string, unknown>)[]> =>
    (await printed()).map(({ from, text }) => ({ ...(JSON.parse(text) as Record<string, unknown>), from }))

  test('tenant and session, on every line that belongs to one', async () => {
    const lines = await parsed()
    for (const line of lines) {
      expect(Object.keys(line)).not.toEqual(expect.arrayContaining([expect.stringMatching(/^(sessionId|jobId|name)$/)]))
      if ('session' in line) expect(line).toMatchObject({ tenant: 'default', session: expect.stringMatching(/^default\./) })
    }
    const [tenant, session] = ['default', chat.sessionId]
    expect(lines).toContainEqual(expect.objectContaining({ tenant, session, message: 'A session was created.' }))
    expect(lines).toContainEqual(expect.objectContaining({ tenant, session, message: 'A session was claimed.' }))
    expect(lines).toContainEqual(expect.objectContaining({ tenant, session, message: 'Connected to WhatsApp.' }))
    const answered = { message: 'A request was answered.', status: 200 }
    expect(lines).toContainEqual(expect.objectContaining({ ...answered, tenant, session, route: '/api/:name/messages' }))
    expect(lines).toContainEqual(expect.objectContaining({ ...answered, tenant, session, route: '/api/sessions/:name' }))
  })

  test.each([
    ['sent', []],
    ['failed', ['runner: A message has failed for good. not-on-whatsapp']],
    ['refused', ['runner: A message was refused; it is tried again. whatsapp-479']],
    ['unacknowledged', ['runner: A message got no ack; it goes out again. no-ack']],
  ])('a message that was %s can be followed by its id from the request on', async (fate, between) => {
    const { jobId: job, messageId } = jobs[fate] as AcceptedMessage
    const lines = (await parsed()).filter((line) => line['messageId'] === messageId)
    for (const line of lines) expect(line).toMatchObject({ tenant: 'default', session: chat.sessionId, job, messageId })
    expect(lines.find(({ from }) => from === 'functions')).toHaveProperty('requestId')
    const logged = lines.map((line) => [`${line.from}: ${String(line['message'])}`, line['code']].filter(Boolean).join(' '))
    const end = fate === 'failed' ? [] : ['runner: A message was sent: WhatsApp has it.']
    expect(logged).toEqual(expect.arrayContaining(['functions: A message was accepted.', ...between, ...end]))
  })
})

describe('the trace of a message', () => {
  /** Each span as `name < the name of its parent`, with what its record or receipt says. */
  const ways = (fate: string): string[] => waysOf(spansOf(fate))
  const waysOf = (spans: readonly TakenSpan[]): string[] => {
    const nameOf = ({ name, attributes }: TakenSpan) => [name, attributes['holdfast.status']].filter(Boolean).join(' ')
    return spans.map((span) => {
      const parent = spans.find(({ spanId }) => spanId === span.parentSpanId)
      return `${nameOf(span)} < ${parent ? nameOf(parent) : span.parentSpanId}`
    })
  }

  test('leads from the request of a caller to the receipt that the next runner got', () => {
    const [request] = spansOf('sent')
    expect([request?.traceId, request?.kind]).toEqual([CALLER.traceId, 2])
    expect(ways('sent')).toEqual([
      `POST /api/sendText < ${CALLER.spanId}`,
      'job < POST /api/sendText',
      'send < job',
      'record processing < send',
      'frame < send',
      'ack < send',
      'record sent < send',
      'receipt delivered < job',
      'receipt read < job',
    ])
    const services = new Set(spansOf('sent').map(({ name, service }) => `${name}: ${String(service)}`))
    expect(services).toContain('job: holdfast-api')
    expect(services).toContain('receipt: holdfast-runner')
  })

  test('shows each attempt and why it failed', () => {
    expect(ways('refused').filter((way) => way.startsWith('send'))).toHaveLength(2)
    const [first, second] = spansOf('refused').filter(({ name }) => name === 'send')
    expect([first?.hasFailed, first?.attributes['error.type'], second?.hasFailed]).toEqual([true, 'whatsapp-479', false])
    expect(ways('unacknowledged').filter((way) => way.startsWith('frame'))).toHaveLength(2)
    expect(spansOf('failed').find(({ name }) => name === 'send')?.attributes).toMatchObject({ 'error.type': 'not-on-whatsapp' })
  })

  test('that was received leads from its frame to each attempt to tell of it', () => {
    const spans = inTraceOf(receiver.spans.find(({ name }) => name === 'webhook'))
    // The SDK's clock does not tell the first two apart.
    expect(waysOf(spans).toSorted()).toEqual([
      'decrypt < receive',
      'receive < ',
      'record < receive',
      'webhook < receive',
      'webhook < receive',
    ])
    const [whole, record] = ['receive', 'record'].map((one) => spans.find(({ name }) => name === one))
    const [first, second] = spans.filter(({ name }) => name === 'webhook')
    expect([whole?.service, record?.service, first?.service]).toEqual(['holdfast-runner', 'holdfast-runner', 'holdfast-webhooks'])
    expect(whole?.attributes).toMatchObject({ 'holdfast.session': chat.sessionId, 'holdfast.message_id': expect.any(String) })
    expect(record?.attributes['holdfast.record']).toEqual(expect.any(Number))
    expect(first?.attributes).toMatchObject({ 'http.response.status_code': 503, 'error.type': 'status-503' })
    expect(second?.attributes).toMatchObject({ 'http.response.status_code': 200, 'holdfast.attempt': 2 })
    expect([first?.hasFailed, second?.hasFailed, second?.kind]).toEqual([true, false, 3])
    const sent = endpoint.requests.map(({ headers }) => headers['traceparent'])
    expect(sent).toEqual([first, second].map((span) => `00-${span?.traceId}-${span?.spanId}-01`))
  })

  test('is named by the log lines of both processes', async () => {
    const { messageId } = jobs['sent'] as AcceptedMessage
    const { project } = await identity()
    const lines = (await printed()).filter(({ text }) => text.includes(messageId))
    const name = `"logging.googleapis.com/trace":"projects/${project}/traces/${CALLER.traceId}"`
    for (const from of ['functions', 'runner']) expect(lines.find((line) => line.from === from)?.text).toContain(name)
  })

  test('has no text, no number, no key and no chat', async () => {
    const { apiKey, sessionEncryptionKey } = await identity()
    const all = Buffer.concat(receiver.requests.map(({ body }) => body)).toString('latin1')
    const { phone, contact } = chat
    for (const [name, text] of Object.entries({
      ...SECRETS,
      phone,
      contact,
      nobody: NOBODY,
      silent: SILENT,
      apiKey,
      sessionEncryptionKey,
    }))
      for (const disguise of disguisesOf(text)) expect(all.includes(disguise), `${name} as ${disguise}`).toBe(false)
    expect(all).not.toMatch(/@(c\.us|s\.whatsapp|lid|g\.us)/)
    expect(receiver.requests.every(({ headers }) => headers['x-token'] === secret('traceToken'))).toBe(true)
  })
})

describe('the runner logs', () => {
  const logsOf = async (pattern: RegExp) => (await printed()).filter(({ from, text }) => from === 'runner' && pattern.test(text))

  test('its limits at its start, when it is ready, and how it leaves', async () => {
    expect(
      await logsOf(/"message":"The runner starts: up to 50 sessions, \d+ CPUs, (an unknown limit|\d+ MB) of memory\."/),
    ).toHaveLength(2)
    expect(await logsOf(/"tookMs":\d+,"message":"The runner is ready after \d+ ms/)).toHaveLength(2)
    expect(
      await logsOf(/"why":"SIGTERM","sessions":2,"message":"Leaving because of SIGTERM: 2 session\(s\) to hand over\."/),
    ).toHaveLength(1)
    expect(await logsOf(/"left":0,"tookMs":\d+,"exitCode":0,"message":"Left in order after \d+ ms\."/)).toHaveLength(1)
  })

  test('what Node would print by itself: a warning, an unhandled rejection, and the exception that ended the process', async () => {
    expect(crashed).toMatchObject({ code: 70, signal: null })
    expect(await logsOf(/"severity":"WARNING".*"message":"Node warns: Warning\."/)).toHaveLength(1)
    expect(await logsOf(/"severity":"WARNING".*"message":"A rejected promise has no handler\."/)).not.toHaveLength(0)
    const [last, ...others] = await logsOf(/"severity":"CRITICAL"/)
    expect(others).toEqual([])
    expect(last?.text).toMatch(/"type":"TypeError".*crash-on-signal\.ts.*"exitCode":70/)
  })
})
