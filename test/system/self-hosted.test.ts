import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { parseEnv, promisify } from 'node:util'
import { Firestore } from '@google-cloud/firestore'
import { sessionKeyPath } from '@holdfast/core/security/session-key-document'
import { sessionPath } from '@holdfast/core/session/session-document'
import type { AcceptedMessage } from '@holdfast/client/types'
import { encode } from 'uqr'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { StorageType } from '../../sandbox/environment.ts'
import { repositoryFile } from '../../sandbox/product.ts'
import { codeOnScreen, trimmed } from '../support/drawn-code.ts'
import { type Chat, EngineWorld, eventually } from '../support/engine-world.ts'
import { CTRL_C, HoldfastPty } from '../support/pty.ts'

/**
 * One machine, as `infra/selfhost` sets it up: a runner and the API server, whose embedded queue and schedules take the place of Cloud
 * Tasks, Cloud Scheduler and the functions. Sessions lie in a directory.
 */

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** Five commands, each a process that takes seconds to start beside others. */
const SCENES_LIMIT_MS = 3 * MINUTE_MS

/** The server that an earlier test killed may have died over a sweep. Its run is free again after a minute of Firestore's time. */
const AFTER_A_DEAD_SWEEP_MS = 2 * MINUTE_MS

const { TASK_QUEUE = '', SESSION_STORAGE_TYPE } = parseEnv(readFileSync(repositoryFile('infra/selfhost/.env.example'), 'utf8'))

let world: EngineWorld
/** How far the sandbox's clock is ahead. */
let aheadMs = 0

beforeAll(async () => {
  world = await EngineWorld.start({
    selfHosted: true,
    storage: SESSION_STORAGE_TYPE as StorageType,
    runnerEnv: { TASK_QUEUE },
    functionsEnv: { TASK_QUEUE },
    movableClock: true,
  })
  expect([world.sandbox.tasks.pid, TASK_QUEUE]).toEqual([null, 'embedded'])
})

afterAll(() => world?.[Symbol.asyncDispose]())

async function advance(ms: number): Promise<void> {
  aheadMs += ms
  await world.sandbox.advanceClock({ seconds: ms / 1000 })
}

const inMs = (ms: number): string => new Date(Date.now() + aheadMs + ms).toISOString()

const server = () => {
  const { functions } = world.sandbox
  if (!functions) throw new Error('The API server does not run.')
  return functions
}

const dueTasks = () => world.google.documents.query({ collection: 'due_tasks' })

/** Returns the tasks of a job. */
const tasksOf = async ({ jobId }: AcceptedMessage) =>
  (await dueTasks()).filter(({ fields }) => (fields['payload'] as { job: string }).job === jobId)

const copiesOf = async (chat: Chat, text: string): Promise<number> =>
  (await chat.received()).filter((message) => message.text === text).length

const ENDED_AFTER_ONE = { fields: { attempts: 1, endedAt: expect.any(Date) } }

let keys = 0
const later = (chat: Chat, text: string, sendAt: string, contact = chat.contact) =>
  world.api.sendText({ session: chat.name, chatId: `${contact}@c.us`, text, sendAt, idempotencyKey: `at its time ${++keys}` })

test('a session is paired, sends and receives', async () => {
  const chat = await world.linked('machine')
  await chat.untilStatus(await chat.send('from one machine'), 'delivered')
  await chat.receive('to one machine')
  await eventually(async () => expect(await chat.stored()).toContain('to one machine'))
})

describe('from a terminal', () => {
  const pty = (args: readonly string[], columns = 100) => {
    const { api, apiKey } = world.sandbox.info
    return new HoldfastPty(args, { columns, rows: 50, env: { HOLDFAST_URL: api ?? '', HOLDFAST_API_KEY: apiKey } })
  }

  test(
    'a phone is linked by the QR code on the screen, a text is sent, and the health and the events are seen',
    async () => {
      const chat = world.chat('terminal')
      await world.simulator.createPhone(chat.phone)
      await world.simulator.createContact(chat.contact, '山田太郎')

      await using pairing = pty(['pair', chat.name, '--create'])
      await eventually(async () => {
        const value = (await world.api.qrCode(chat.name)) ?? ''
        const drawn = codeOnScreen(pairing.screen.lines)
        expect(drawn).toEqual(trimmed(encode(value, { ecc: 'L' }).data))
        await world.simulator.scan(chat.phone, value)
      })
      expect(await pairing.ended()).toBe(0)
      // The code has gone, because nobody can use it again.
      expect(codeOnScreen(pairing.screen.lines)).toBeNull()
      expect(pairing.screen.text).toMatch(/terminal is linked with .*\d/)

      await using events = pty(['tail', '--session', chat.name, '--event', 'message', '--event', 'message.ack'], 140)
      await eventually(() => expect(events.screen.text).toContain('Listening.'))

      await using sending = pty(['send', chat.contact, 'from a terminal', '--session', chat.name, '--wait'])
      expect(await sending.ended()).toBe(0)
      expect(sending.screen.text).toMatch(/(sent|delivered): [0-9a-f]{40}/)
      expect(await copiesOf(chat, 'from a terminal')).toBe(1)
      await chat.receive('to a terminal')
      await eventually(() => expect(events.screen.text).toContain('body=to a terminal'))
      events.type(CTRL_C)
      expect(await events.ended()).toBe(130)

      await using health = pty(['health', '--watch'], 140)
      await eventually(() => expect(health.screen.text).toMatch(/terminal +WORKING/))
      await world.api.want(chat.name, 'stop')
      await eventually(() => expect(health.screen.text).toMatch(/terminal +STOPPED/))
      // One picture of it, and not one below the other.
      expect(health.screen.text.match(/Sessions of default/g)).toHaveLength(1)
      health.type(CTRL_C)
      expect(await health.ended()).toBe(130)
    },
    SCENES_LIMIT_MS,
  )
})

test('a message for later is sent at its time, which the embedded queue rings', async () => {
  const chat = await world.linked('later')
  const job = await later(chat, 'for later', inMs(HOUR_MS))
  expect(await tasksOf(job)).toMatchObject([{ fields: { attempts: 0 } }])
  await chat.untilStatus(await chat.send('now'), 'delivered')
  expect(await copiesOf(chat, 'for later')).toBe(0)
  await advance(HOUR_MS)
  await chat.untilStatus(job, 'delivered')
  await eventually(async () => expect(await tasksOf(job)).toMatchObject([ENDED_AFTER_ONE]))
})

test('a retry beyond a minute is rung by the embedded queue, although its runner was killed', async () => {
  const chat = await world.linked('refused')
  await chat.fault('nack', { code: 479, count: 1 })
  const retry = { delaysMs: [5 * MINUTE_MS] }
  const text = { session: chat.name, chatId: `${chat.contact}@c.us`, text: 'refused once', idempotencyKey: 'refused' }
  const job = await world.api.sendText({ ...text, retry })
  await eventually(async () => expect(await chat.job(job)).toMatchObject({ status: 'pending', attempts: 1 }))
  await eventually(async () => expect(await tasksOf(job)).toHaveLength(1))
  world.sandbox.runner('runner-1').kill()
  await chat.works()
  await advance(5 * MINUTE_MS)
  await chat.untilStatus(job, 'delivered')
  expect(await chat.job(job)).toMatchObject({ attempts: 2 })
  await eventually(async () => expect(await tasksOf(job)).toMatchObject([ENDED_AFTER_ONE]))
  expect(await copiesOf(chat, 'refused once')).toBe(1)
})

test('nothing is lost or doubled when the server is killed over due tasks', async () => {
  const chat = await world.linked('killed')
  const sendAt = inMs(HOUR_MS)
  const contacts = Array.from({ length: 12 }, (_, index) => `55117${String(10_000_000 + index)}`)
  const jobs: AcceptedMessage[] = []
  for (const phone of contacts) {
    await world.post('/contacts', { phone, name: `Contact ${phone}`, autoReceipt: true })
    jobs.push(await later(chat, 'over the kill', sendAt, phone))
  }
  // The server dies as soon as it has begun a delivery.
  const begun = Promise.withResolvers<void>()
  const stop = world.google.documents.listen(
    { collection: 'due_tasks', where: [['attempts', '>', 0]] },
    (events) => events.some(({ document: { id } }) => jobs.some((job) => id.includes(job.jobId))) && begun.resolve(),
    (error) => begun.reject(error),
  )
  const back = once(server(), 'ready')
  await advance(HOUR_MS)
  await begun.promise
  server().kill()
  stop()
  await back
  const ends = (await Promise.all(jobs.map(tasksOf))).flat().map(({ fields }) => fields['endedAt'])
  // At least one delivery was cut off, or the kill came between two of them.
  expect(ends).toHaveLength(12)
  await advance(MINUTE_MS)
  for (const job of jobs) await chat.untilStatus(job, 'delivered')
  const { contacts: all } = await world.simulator.state()
  const received = all.filter(({ phone }) => contacts.includes(phone)).map((contact) => contact.received.length)
  expect(received).toEqual(contacts.map(() => 1))
  await eventually(async () =>
    expect((await Promise.all(jobs.map(tasksOf))).flat().every(({ fields }) => fields['endedAt'] instanceof Date)).toBe(true),
  )
})

test(
  'the sweep, which the server runs itself, finds a message whose task was lost',
  async () => {
    const chat = await world.linked('lost')
    const job = await later(chat, 'its task was lost', inMs(HOUR_MS))
    const [task] = await tasksOf(job)
    await world.google.documents.commit([{ kind: 'delete', path: task?.path ?? '' }])
    await advance(HOUR_MS + 3 * MINUTE_MS)
    await chat.untilStatus(job, 'delivered', AFTER_A_DEAD_SWEEP_MS)
    expect(await copiesOf(chat, 'its task was lost')).toBe(1)
  },
  3 * MINUTE_MS,
)

test('a server that was away at a due time catches up, and leaves on SIGTERM', async () => {
  const chat = await world.linked('away')
  const job = await later(chat, 'while it was away', inMs(HOUR_MS))
  const exited = once(server(), 'exited')
  await server().stop()
  expect((await exited)[0]).toMatchObject({ code: 0, expected: true })
  await advance(HOUR_MS)
  await server().start()
  await chat.untilStatus(job, 'delivered')
  expect(await copiesOf(chat, 'while it was away')).toBe(1)
})

test(
  'a session is purged by the commands of the page, and another one of the directory goes on',
  async () => {
    const [chat, other] = [await world.linked('doomed'), await world.linked('stays')]
    for (const one of [chat, other]) {
      await one.receive(`text for ${one.name}`)
      await eventually(async () => expect(await one.stored()).toContain(`text for ${one.name}`))
    }
    // The API itself stores files to send in the directory.
    const file = { mimetype: 'image/png', data: randomBytes(2000).toString('base64') }
    const image = { session: chat.name, chatId: `${chat.contact}@c.us`, file }
    expect((await world.sandbox.api('/api/sendImage', { json: image })).status).toBe(201)
    const stored = await pathsOf(chat)
    expect(stored).toEqual(expect.arrayContaining([chat.sessionId, `_store/objects/media/default/${chat.sessionId}`]))
    const { api, apiKey } = world.sandbox.info
    const refused = await world.sandbox.api(`/api/sessions/${chat.name}?purge=true&confirm=${chat.name}`, { method: 'DELETE' })
    expect(refused.status).toBe(422)
    const [stopping, ...removing] = commandsOfThePage(chat)
    expect(((await refused.json()) as { detail: string }).detail).toContain(
      `firebase firestore:delete --force ${removing[0]?.split(' ').at(-1)}`,
    )

    const env = { api: api ?? '', key: apiKey, SESSION_STORAGE_PATH: world.sandbox.sessionsFolder }
    expect(await bash([stopping ?? ''], env)).toEqual([])
    await eventually(async () =>
      expect(await chat.document()).toMatchObject({ state: 'STOPPED', runnerId: null, isRemoved: true }),
    )
    expect((await chat.account()).deviceJid).toBeNull()
    await world.sandbox.stopRunner('runner-1')
    // Repeated after a run that was cut short, they say the same.
    for (let run = 1; run <= 2; run++) for (const removed of await bash(removing, env)) await deleteAsFirebase(removed)

    expect(await pathsOf(chat)).toEqual([])
    expect(await collectionsOf(chat)).toEqual([])
    expect(await world.google.documents.read(sessionKeyPath(chat.sessionId))).toBeNull()
    await world.sandbox.startRunner('runner-1')
    await other.works()
    await other.untilStatus(await other.send('still here'), 'delivered')
    expect((await other.received()).at(-1)?.text).toBe('still here')
    // Nothing makes a key for the name again.
    const again = await world.sandbox.api('/api/sessions', { json: { name: chat.name } })
    expect([again.status, await again.json()]).toMatchObject([422, { code: 'session-exists' }])
    expect(await world.google.documents.read(sessionKeyPath(chat.sessionId))).toBeNull()
  },
  3 * MINUTE_MS,
)

/** The commands of docs/BACKUP.md, "In storage mode `local`", for another session than that of the page. Without the comments. */
function commandsOfThePage({ name, sessionId }: Chat): string[] {
  const page = readFileSync(repositoryFile('docs/BACKUP.md'), 'utf8')
  const block = page.split('### In storage mode `local`')[1]?.split('```')[1] ?? ''
  const named = block.replaceAll('default.main', sessionId).replaceAll('/main', `/${name}`)
  const lines = named.split('\n').map((line) => line.replace(/\s+#.*$/, ''))
  const commands = lines.filter((line) => line.trim() !== '')
  return [...commands.slice(0, -3), commands.slice(-3).join('\n')]
}

/** Runs commands. Returns what they ask of Firebase's command line, which is not here: the arguments of each call. */
async function bash(commands: readonly string[], variables: Readonly<Record<string, string>>): Promise<string[]> {
  const firebase = 'firebase() { echo "firebase $*"; }'
  const env = { ...variables, PATH: process.env['PATH'] ?? '' }
  const { stdout } = await promisify(execFile)('bash', ['-euc', [firebase, ...commands].join('\n')], { env })
  return stdout.split('\n').filter((line) => line.startsWith('firebase '))
}

/** Does what `firebase firestore:delete` does. */
async function deleteAsFirebase(command: string): Promise<void> {
  const [, recursive, path = ''] = /^firebase firestore:delete --force (--recursive )?(\S+)$/.exec(command) ?? []
  const { documents } = world.google
  const found = recursive ? await documents.query({ collection: path, select: [] }) : [{ path }]
  if (found.length > 0) await documents.commit(found.map((one) => ({ kind: 'delete', path: one.path })))
}

/** Names in the directory that name the session, wherever they lie. */
const pathsOf = async ({ sessionId }: Chat): Promise<string[]> =>
  (await readdir(world.sandbox.sessionsFolder, { recursive: true })).filter((path) => path.includes(sessionId))

/** Collections below the document of the session. */
async function collectionsOf({ sessionId }: Chat): Promise<string[]> {
  const { project, firestore } = world.sandbox.info
  const database = new Firestore({ projectId: project, host: firestore, ssl: false })
  try {
    return (await database.doc(sessionPath(sessionId)).listCollections()).map(({ id }) => id)
  } finally {
    await database.terminate()
  }
}
