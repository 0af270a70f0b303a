import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTaskQueues } from '@holdfast/core/adapters/google/clients'
import { TASK_REACH_MS } from '@holdfast/core/message/due'
import { jobPath } from '@holdfast/core/message/job-document'
import { tasksOf } from '@holdfast/core/platform/tasks-settings'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { environmentSchema } from '../../../infra/environment/environment.ts'
import { RUNNER, SERVER } from '../../../infra/resources/deployed-functions.ts'
import { ACCOUNTS, Target } from '../../../infra/resources/target.ts'
import { EngineWorld, eventually } from '../../support/engine-world.ts'
import { EVERY_ROUTE } from '../api/every-route.ts'
import { grantedPermissions } from './granted-permissions.ts'
import { neededPermissions } from './needed-permissions.ts'
import { type Call, otherHosts, readCalls } from './recorded-calls.ts'

/**
 * Each account's rights, compared with what its processes ask of Google: real units in a sandbox, each function in a process of its own,
 * and the API server beside them.
 */

const RECORDING = new URL('record-calls.ts', import.meta.url).href
const TARGET = new Target(environmentSchema.parse({ v: 1, project: 'demo-holdfast' }), {
  functions: 'f',
  runner: 'r',
  server: 's',
  version: '0.0.0',
  revision: 'unknown',
})

let world: EngineWorld
let folder: string
let needed: ReturnType<typeof neededPermissions>
let calls: readonly Call[]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-calls-'))
  const file = join(folder, 'calls.jsonl')
  world = await EngineWorld.start({
    schedules: false,
    functionsEntry: new URL('separate-functions.ts', import.meta.url).pathname,
    functionsEnv: { NODE_OPTIONS: `--import=${RECORDING}`, RECORD_CALLS_AS: 'api', RECORD_CALLS_TO: file },
    apiServer: true,
    serverEnv: { RECORD_CALLS_AS: 'server' },
    runnerPreloads: [RECORDING],
    runnerEnv: { RECORD_CALLS_AS: 'runner', RECORD_CALLS_TO: file },
  })
  await live()
  calls = readCalls(file)
  needed = neededPermissions(calls)
}, 180_000)

afterAll(async () => {
  await world?.[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

const HOUR_MS = 3_600_000

/** Makes a message that waits for a retry since an hour ago, of a session that no runner has: only a function can change it. */
async function likeButNobodys(id: string): Promise<string> {
  const { documents } = world.google
  const copy = randomBytes(20).toString('hex')
  const fields = {
    ...(await documents.read(jobPath(id)))?.fields,
    sessionId: 'default.nobody',
    status: 'pending',
    nextAttemptAt: new Date(Date.now() - HOUR_MS),
  }
  await documents.commit([{ kind: 'create', path: jobPath(copy), fields }])
  return copy
}

/** Resolves when a function has returned the message to the queue of its session. */
const untilQueued = (id: string): Promise<void> =>
  eventually(async () => {
    const snapshot = await world.google.documents.read(jobPath(id))
    expect(snapshot?.fields['nextAttemptAt']).toBeNull()
  })

/** Sends a request to the function and to the server. */
async function toBoth(path: string, init: RequestInit = {}): Promise<void> {
  const { api, apiServer } = world.sandbox.info
  await Promise.all([api, apiServer].map((url) => fetch(`${url}${path}`, init)))
}

/** Things happen that let every account do all that it does. */
async function live(): Promise<void> {
  const { sandbox, google, api } = world
  const { documents } = google
  const chat = await world.linked('main')
  const job = await chat.send('Hello.')
  await chat.untilStatus(job, 'delivered')
  const old = await chat.send('Of old.')
  await chat.untilStatus(old, 'delivered')
  await chat.receive('Hello.')
  await eventually(async () => expect(await chat.stored()).toHaveLength(1))

  // The runner enqueues a task for the retry after the next one.
  await chat.fault('nack', { code: 479, count: 2 })
  const refused = await chat.send('Later.')
  await eventually(async () => expect(await chat.job(refused)).toMatchObject({ status: 'pending', attempts: 2 }))

  // A task, as the runner's will be in five minutes.
  const { project, tasks, api: url } = sandbox.info
  const queues = createTaskQueues(
    tasksOf({
      GOOGLE_CLOUD_PROJECT: project,
      FUNCTIONS_REGION: 'us-central1',
      FUNCTIONS_URL: url ?? '',
      CLOUD_TASKS_EMULATOR_HOST: tasks,
    }),
  )
  const due = await likeButNobodys(refused.id)
  await queues.enqueue({ queue: 'retries', name: 'now', payload: { job: due } })
  await untilQueued(due)
  await queues.close()

  // The sweep finds a retry whose task was lost, and a message for later that has come into the reach of tasks.
  const lost = await likeButNobodys(refused.id)
  const sendAt = new Date(Date.now() + HOUR_MS).toISOString()
  const later = await api.sendText({
    session: 'main',
    chatId: `${chat.contact}@c.us`,
    text: 'Much later.',
    sendAt,
    idempotencyKey: 'later',
  })
  const inReach = new Date(Date.now() + TASK_REACH_MS - 60_000)
  await documents.commit([{ kind: 'update', path: jobPath(later.id), fields: { sendAt: inReach } }])
  await sandbox.fireSchedule('sweep')
  await untilQueued(lost)

  // A month has passed for one message; another one is archived by hand.
  const at = new Date(Date.now() - 40 * 24 * HOUR_MS)
  await documents.commit([
    { kind: 'update', path: jobPath(old.id), fields: { createdAt: at, timeline: [{ status: 'delivered', at }] } },
  ])
  await sandbox.fireSchedule('maintain')
  expect(await google.objects.list('archive/')).toHaveLength(1)
  expect((await sandbox.api(`/api/messages/${job.id}`, { method: 'DELETE' })).status).toBe(200)
  expect((await sandbox.api(`/api/messages/${job.id}`)).status).toBe(200)

  // Each route, with the example of its description, of the function and of the server. What they answer is tested elsewhere.
  await api.putPool('sales', ['main'])
  for (const [route, { path, body, headers }] of Object.entries(EVERY_ROUTE)) {
    const [method = ''] = route.split(' ')
    const all = { 'content-type': 'application/json', 'x-api-key': sandbox.info.apiKey, ...headers }
    await toBoth(path, { method, headers: all, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
  }
  await toBoth('/health')
  await sandbox.stopRunner('runner-1')
}

/** Rights beyond what the calls need, by their permission, with the reason. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'secretmanager.versions.access':
    'Cloud Run reads the secrets in the name of the account, not the code; the next test compares those',
  'cloudtasks.tasks.fullView': "part of Google's smallest role for enqueuing",
  'iam.serviceAccounts.get': "part of Google's smallest role for acting as the invoker",
  'iam.serviceAccounts.list': "part of Google's smallest role for acting as the invoker",
  'datastore.entities.list': 'one role for all who only change documents',
  'storage.objects.list': 'without it Google answers 403 instead of 404 for an object that does not exist',
}

/** The account of each process. */
const PROCESSES = {
  runner: 'runner',
  api: 'api',
  server: 'api',
  tasks: 'tasks',
  sweeper: 'sweeper',
  maintainer: 'maintainer',
} as const

const UNITS = [...new Set(Object.values(PROCESSES))]

const without = (some: ReadonlySet<string>, others: ReadonlySet<string>): readonly string[] =>
  [...some].filter((one) => !others.has(one))

const callsOf = (process: string): ReadonlySet<string> => needed.get(process) ?? new Set<string>()

/** What all processes of an account need. */
const callsUnder = (account: string): ReadonlySet<string> =>
  new Set(
    Object.entries(PROCESSES)
      .filter(([, own]) => own === account)
      .flatMap(([process]) => [...callsOf(process)]),
  )

test.each(Object.entries(PROCESSES))('%s calls nothing that its account %s may not', (process, account) => {
  expect(without(callsOf(process), grantedPermissions(TARGET, account))).toEqual([])
})

test.each(UNITS)('%s may do nothing that its processes do not need', (account) => {
  const unused = without(grantedPermissions(TARGET, account), callsUnder(account))
  expect(unused.filter((one) => EXCEPTIONS[one.slice(0, one.indexOf(' '))] === undefined)).toEqual([])
})

test('each exception is needed, and there is no process without an account', () => {
  const all = UNITS.flatMap((account) => without(grantedPermissions(TARGET, account), callsUnder(account)))
  const used = new Set<string>(all.map((one) => one.slice(0, one.indexOf(' '))))
  expect([...used].toSorted()).toEqual(Object.keys(EXCEPTIONS).toSorted())
  expect([...needed.keys()].toSorted()).toEqual(Object.keys(PROCESSES).toSorted())
  // Those have no code of ours.
  const withoutProcess = Object.keys(ACCOUNTS).filter((account) => !UNITS.some((unit) => unit === account))
  expect(withoutProcess).toEqual(['invoker', 'build'])
})

test('only units that the deployment lets reach the internet call somebody else than Google', () => {
  const { firestore, storage, tasks } = world.sandbox.info
  const others = otherHosts(calls, [firestore, new URL(storage).host, tasks])
  const callers = [...others].filter(([, hosts]) => hosts.size > 0).map(([process]) => process)
  const allowed = Object.entries({ runner: RUNNER, server: SERVER }).filter(([, { reaches }]) => reaches === 'internet')
  expect(callers.toSorted()).toEqual(allowed.map(([unit]) => unit))
})

test('no account of a process deletes or overwrites objects, changes rights, or reaches a secret that it is not given', () => {
  for (const account of UNITS) {
    const granted = [...grantedPermissions(TARGET, account)]
    expect(granted.filter((one) => /storage\.objects\.(delete|update)|setIamPolicy|versions\.(add|destroy)/.test(one))).toEqual(
      [],
    )
    const secrets = granted.filter((one) => one.startsWith('secretmanager.')).map((one) => one.split(' ').at(-1))
    expect([account, secrets]).toEqual([
      account,
      account === 'api' ? ['API_KEY', 'SESSION_ENCRYPTION_KEY'] : ['SESSION_ENCRYPTION_KEY'],
    ])
  }
})
