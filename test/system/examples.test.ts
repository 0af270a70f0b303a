import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { runInNewContext } from 'node:vm'
import { webhookHeaders } from '@holdfast/core/security/webhook-signature'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Chat, EngineWorld, eventually } from '../support/engine-world.ts'
import { rawApi } from '../support/raw-api.ts'
import { type Delivered, WebhookReceiver } from '../support/webhook-receiver.ts'

// Runs what docs/examples has: the bridge as a process, the workflow's expressions on a real event, the requests with curl.

vi.setConfig({ testTimeout: 180_000 })

const EXAMPLES = new URL('../../docs/examples/', import.meta.url)
const KEY = 'a key of the webhook'

interface Node {
  readonly name: string
  readonly type: string
  readonly parameters: Readonly<Record<string, unknown>>
}

interface Workflow {
  readonly nodes: readonly Node[]
  readonly connections: Readonly<Record<string, { readonly main: readonly (readonly { readonly node: string }[])[] }>>
}

let world: EngineWorld
let chat: Chat
let bridge: Awaited<ReturnType<typeof startBridge>>
let receiver: WebhookReceiver
let workflow: Workflow

beforeAll(async () => {
  workflow = JSON.parse(await readFile(new URL('n8n-answer.json', EXAMPLES), 'utf8')) as Workflow
  receiver = await WebhookReceiver.start()
  world = await EngineWorld.start({ schedules: false, functionsEnv: { ALLOW_INSIDE_ADDRESSES: '127.0.0.1' } })
  bridge = await startBridge()
  chat = await world.linked('default')
  const to = (url: string) => ({ url, events: ['message'], hmac: { key: KEY } })
  const config = { webhooks: [to(bridge.url), to(receiver.url('n8n'))] }
  expect(await rawApi(world)('PUT', '/api/sessions/default', { config })).toMatchObject({ status: 200 })
  // The owner hears of the change by its listener.
  await eventually(async () => {
    await chat.receive('warming up')
    await eventually(async () => expect(await answers()).not.toEqual([]), 3000)
  })
}, 180_000)

afterAll(async () => {
  bridge?.process.kill('SIGTERM')
  await world?.[Symbol.asyncDispose]()
  await receiver?.[Symbol.asyncDispose]()
})

async function startBridge() {
  const { api, apiKey } = world.sandbox.info
  const child = spawn(process.execPath, [fileURLToPath(new URL('bridge.mjs', EXAMPLES))], {
    env: { HOLDFAST_URL: api ?? '', HOLDFAST_API_KEY: apiKey, WEBHOOK_KEY: KEY, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  return { process: child, url: line.replace(/^.* /, '') }
}

/** What the contact got. */
const heard = async (): Promise<readonly string[]> => (await chat.received()).map(({ text }) => text)

/** What the contact got from the bridge. */
const answers = async () => (await heard()).filter((one) => one.startsWith('You wrote: '))

/** Posts an event to the bridge, signed with a key at a time. Returns the status of the answer. */
async function post(event: object, { key = KEY, timestampMs = Date.now() } = {}): Promise<number> {
  const body = Buffer.from(JSON.stringify(event))
  const headers = webhookHeaders([key], { id: 'an-event', body, timestampMs }, 'a-request')
  const { status } = await fetch(bridge.url, { method: 'POST', headers, body })
  return status
}

const messageOf = (id: string, body: string) => ({
  id,
  event: 'message',
  session: 'default',
  payload: { id: `false_${chat.contact}@c.us_${id}`, from: `${chat.contact}@c.us`, fromMe: false, body },
})

test('the bridge answers a message once, also when its event comes again', async () => {
  await chat.receive('a first one')
  await eventually(async () => expect(await answers()).toContain('You wrote: a first one'))
  const [delivered] = receiver.taken('n8n').filter(({ event }) => event.payload['body'] === 'a first one')
  expect(await post(delivered?.event ?? {})).toBe(200)
  await chat.receive('a second one')
  await eventually(async () => expect(await answers()).toContain('You wrote: a second one'))
  expect((await answers()).filter((one) => one.endsWith(' one'))).toEqual(['You wrote: a first one', 'You wrote: a second one'])
})

test('the bridge takes nothing that Holdfast has not signed just now, and answers nobody but persons', async () => {
  const unsigned = await fetch(bridge.url, { method: 'POST', body: JSON.stringify(messageOf('1', 'forged')) })
  expect(unsigned.status).toBe(401)
  expect(await post(messageOf('2', 'forged'), { key: 'another key' })).toBe(401)
  expect(await post(messageOf('3', 'forged'), { timestampMs: Date.now() - 3_600_000 })).toBe(401)
  const { payload } = messageOf('4', 'unanswered')
  expect(await post({ ...messageOf('4', ''), payload: { ...payload, fromMe: true } })).toBe(200)
  expect(await post({ ...messageOf('5', ''), payload: { ...payload, from: '120363000000000001@g.us' } })).toBe(200)
  await chat.receive('the last of these')
  await eventually(async () => expect(await answers()).toContain('You wrote: the last of these'))
  expect((await heard()).filter((one) => /forged|unanswered/.test(one))).toEqual([])
})

const nodeOf = (type: string): Node['parameters'] =>
  workflow.nodes.find((node) => node.type === `n8n-nodes-base.${type}`)?.parameters ?? {}

/** The value of a parameter of n8n: a text, or an expression on the item. */
const valueOf = (parameter: unknown, $json: object): unknown => {
  const expression = /^=\{\{(.*)\}\}(.*)$/s.exec(String(parameter))
  return expression ? [runInNewContext(expression[1] ?? '', { $json, JSON }), expression[2]].join('') : parameter
}

test('the workflow for n8n goes from its webhook to an answer, by routes and fields that the API describes', async () => {
  const next = Object.entries(workflow.connections).map(
    ([from, { main }]) => [from, main.flat().map(({ node }) => node)] as const,
  )
  const names = workflow.nodes.map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(next.flatMap(([from, to]) => [from, ...to])))
  expect(new Set(next.flatMap(([, to]) => to))).toEqual(new Set(names.slice(1)))
  for (const type of ['webhook', 'httpRequest']) expect(JSON.stringify(nodeOf(type))).toMatch(/headerAuth/i)

  await chat.receive('something for n8n')
  const isIt = ({ event }: Delivered) => event.payload['body'] === 'something for n8n'
  await eventually(() => expect(receiver.taken('n8n').some(isIt)).toBe(true))
  const item = { api: world.sandbox.info.api, event: receiver.taken('n8n').find(isIt)?.event ?? {} }
  const { conditions } = nodeOf('if')['conditions'] as { conditions: { leftValue: string; rightValue: string }[] }
  const [event, fromMe, from] = conditions.map(({ leftValue }) => valueOf(leftValue, item))
  expect([event, fromMe]).toEqual(['message', 'false'])
  expect(from).toMatch(new RegExp(conditions[2]?.rightValue ?? ''))

  const { method, url, jsonBody, headerParameters } = nodeOf('httpRequest') as Record<string, string>
  const { parameters } = headerParameters as unknown as { parameters: { name: string; value: string }[] }
  const headers = Object.fromEntries(parameters.map(({ name, value }) => [name, String(valueOf(value, item))]))
  const address = String(valueOf(url, item))
  const body = String(valueOf(jsonBody, item))
  const { body: description } = await rawApi(world)('GET', '/api/openapi.json')
  const described = description.paths[new URL(address).pathname.replace(/^.*(?=\/api\/)/, '')]?.[method?.toLowerCase() ?? '']
  const { $ref } = described.requestBody.content['application/json'].schema
  const { properties } = description.components.schemas[String($ref).split('/').at(-1) ?? '']
  expect(Object.keys(properties as object)).toEqual(expect.arrayContaining(Object.keys(JSON.parse(body) as object)))
  const sent = await fetch(address, {
    method: method ?? '',
    headers: { ...headers, 'X-Api-Key': world.sandbox.info.apiKey, 'Content-Type': 'application/json' },
    body,
  })
  expect([sent.status, sent.headers.get('x-ignored-fields')]).toEqual([201, null])
  // The bridge and the workflow answer it, with keys of their own.
  const both = Array.from({ length: 2 }, () => 'You wrote: something for n8n')
  await eventually(async () => expect((await answers()).filter((one) => one.endsWith('n8n'))).toEqual(both))
})

test('the requests of the page are answered', async () => {
  const page = await readFile(new URL('README.md', EXAMPLES), 'utf8')
  const script = /```sh\n(.*?)```/s.exec(page)?.[1] ?? ''
  const { api, apiKey } = world.sandbox.info
  const shell = spawn('bash', ['-euc', script], {
    env: { ...process.env, HOLDFAST_URL: api ?? '', HOLDFAST_API_KEY: apiKey, SESSION: 'default', CHAT: `${chat.contact}@c.us` },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [[code], problems] = await Promise.all([once(shell, 'close'), text(shell.stderr), text(shell.stdout)])
  expect([code, problems]).toEqual([0, ''])
  await eventually(async () =>
    expect(await heard()).toEqual(expect.arrayContaining(['Your table is booked.', 'See you tomorrow at eight.'])),
  )
})
