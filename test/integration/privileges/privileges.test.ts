import { WEBHOOK_ENDPOINTS } from '@holdfast/core/operations/webhook-endpoint-document'
import { backupsPath } from '@holdfast/core/session/backup-document'
import { sessionPath } from '@holdfast/core/session/session-document'
import { deliveryPath, WEBHOOK_DELIVERIES } from '@holdfast/core/session/webhook-delivery-document'
import { alertDeliveryPath } from '@holdfast/core/operations/alert-delivery-document'
import { raiseAlert } from '@holdfast/core/operations/alerts'
import { healthPath } from '@holdfast/core/operations/health-document'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTaskQueues } from '@holdfast/core/adapters/google/clients'
import { TASK_REACH_MS } from '@holdfast/core/message/due'
import { incomingFolder, mediaObjectOf } from '@holdfast/core/message/media-document'
import { receivedMediaPath } from '@holdfast/core/message/received-media-document'
import { ownerQueryPath } from '@holdfast/core/operations/owner-query-document'
import { jobPath } from '@holdfast/core/message/job-document'
import { tasksOf } from '@holdfast/core/platform/tasks-settings'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { environmentSchema } from '../../../infra/environment/environment.ts'
import { FUNCTIONS, RUNNER, SERVER } from '../../../infra/resources/deployed-functions.ts'
import { ACCOUNTS, Target } from '../../../infra/resources/target.ts'
import { type Chat, EngineWorld, eventually } from '../../support/engine-world.ts'
import { runnerChange } from '../../support/fleet-documents.ts'
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
    functionsEnv: {
      NODE_OPTIONS: `--import=${RECORDING}`,
      RECORD_CALLS_AS: 'api',
      RECORD_CALLS_TO: file,
      // A channel that refuses all, because its address is inside.
      NOTIFICATION_WEBHOOK: 'http://127.0.0.1/',
    },
    apiServer: true,
    serverEnv: { RECORD_CALLS_AS: 'server' },
    runnerPreloads: [RECORDING],
    runnerEnv: { RECORD_CALLS_AS: 'runner', RECORD_CALLS_TO: file },
  })
  await live()
  calls = readCalls(file)
  needed = neededPermissions(calls)
}, 300_000)

afterAll(async () => {
  await world?.[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

const HOUR_MS = 3_600_000

/** Each function is a process, and they start at the same time. */
const FUNCTIONS_START_MS = 120_000

/** Makes a message that waits for a retry since an hour ago, of a session that no runner has: only a function can change it. */
async function likeButNobodys(id: string, more: object = {}): Promise<string> {
  const { documents } = world.google
  const copy = randomBytes(20).toString('hex')
  const fields = {
    ...(await documents.read(jobPath(id)))?.fields,
    sessionId: 'default.nobody',
    status: 'pending',
    nextAttemptAt: new Date(Date.now() - HOUR_MS),
    ...more,
  }
  await documents.commit([{ kind: 'create', path: jobPath(copy), fields }])
  return copy
}

/** Resolves when a function has returned the message to the queue of its session. */
const untilQueued = (id: string): Promise<void> =>
  eventually(async () => {
    const snapshot = await world.google.documents.read(jobPath(id))
    expect(snapshot?.fields['nextAttemptAt']).toBeNull()
  }, FUNCTIONS_START_MS)

/** A file whose time is over, one that a request left behind, and a question that nobody removed. */
async function leaveThings(sessionId: string): Promise<void> {
  const { google, sandbox } = world
  const { storage, bucket } = sandbox.info
  const id = 'e'.repeat(40)
  const object = mediaObjectOf(sessionId, id)
  for (const name of [object, `${incomingFolder('default')}left`]) {
    const facts = JSON.stringify({ name, metadata: { 'made-at': '2020-01-01T00:00:00.000Z' } })
    const parts = [`Content-Type: application/json\r\n\r\n${facts}`, 'Content-Type: text/plain\r\n\r\nbytes']
    const body = `${parts.map((part) => `--part\r\n${part}\r\n`).join('')}--part--`
    const headers = { 'content-type': 'multipart/related; boundary=part' }
    const made = await fetch(`${storage}/upload/storage/v1/b/${bucket}/o?uploadType=multipart`, { method: 'POST', headers, body })
    expect(made.status).toBe(200)
  }
  const medium = { v: 1, state: 'stored', object }
  await google.documents.commit([
    { kind: 'create', path: `${receivedMediaPath(sessionId)}/${id}`, fields: medium },
    { kind: 'create', path: ownerQueryPath('old'), fields: { v: 1, expiresAt: new Date(0) } },
  ])
}

/** A session whose purge is due. */
async function leavePurge(): Promise<void> {
  const { google, sandbox } = world
  expect((await sandbox.api('/api/sessions', { json: { name: 'doomed', start: false } })).status).toBe(201)
  expect((await sandbox.api('/api/sessions/doomed?purge=true&confirm=doomed', { method: 'DELETE' })).status).toBe(200)
  const path = sessionPath('default.doomed')
  const purge = { ...((await google.documents.read(path))?.fields['purge'] as object), dueAt: new Date(0) }
  await google.documents.commit([{ kind: 'update', path, fields: { purge } }])
}

/** A checkpoint that nobody has described, of a session whose backups an open alert is about: the nightly check describes it. */
async function leaveCheckpoint({ name, sessionId }: Chat): Promise<void> {
  const { google, sandbox } = world
  expect((await sandbox.api(`/api/sessions/${name}/backups`, { json: {} })).status).toBe(202)
  const [made] = await eventually(async () => {
    const found = await google.documents.query({ collection: backupsPath(sessionId) })
    expect(found).toHaveLength(1)
    return found
  })
  await google.documents.commit([{ kind: 'delete', path: made?.path ?? '' }])
  const alert = { type: 'backup-check-failed', scope: sessionId, severity: 'critical', userAction: null } as const
  await raiseAlert(google.documents, { ...alert, sentence: 'A backup could not be read back.' })
}

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
  // An end point that takes nothing, because its address is inside. The owner hears of it before the next message but one.
  const webhooks = [{ url: 'http://127.0.0.1/', events: ['*'] }]
  await documents.commit([{ kind: 'merge', path: sessionPath(chat.sessionId), fields: { config: { webhooks } } }])
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
  const due = await likeButNobodys(refused.jobId)
  await queues.enqueue({ queue: 'retries', name: 'now', payload: { job: due } })
  await untilQueued(due)
  // One that has expired, of which the function tells an end point.
  const nobody = { v: 1, tenant: 'default', name: 'nobody', wanted: 'offline', createdAt: new Date(), config: { webhooks } }
  await documents.commit([{ kind: 'create', path: sessionPath('default.nobody'), fields: nobody }])
  const expiresAt = new Date(Date.now() - HOUR_MS)
  const expired = await likeButNobodys(refused.jobId, { expiresAt, attempts: 0, timeline: [] })
  await queues.enqueue({ queue: 'retries', name: 'expired', payload: { job: expired } })
  await eventually(async () =>
    expect((await documents.read(jobPath(expired)))?.fields).toMatchObject({ status: 'failed', lastError: { code: 'expired' } }),
  )
  await queues.close()

  // The sweep finds a retry whose task was lost, and a message for later that has come into the reach of tasks.
  const lost = await likeButNobodys(refused.jobId)
  const sendAt = new Date(Date.now() + HOUR_MS).toISOString()
  const later = await api.sendText({
    session: 'main',
    chatId: `${chat.contact}@c.us`,
    text: 'Much later.',
    sendAt,
    idempotencyKey: 'later',
  })
  const inReach = new Date(Date.now() + TASK_REACH_MS - 60_000)
  await documents.commit([{ kind: 'update', path: jobPath(later.jobId), fields: { sendAt: inReach } }])
  // An alert that nobody was told of, and the health of a session that is well again.
  await raiseAlert(documents, { type: 'crash-loop', scope: 'one', severity: 'critical', sentence: 'It dies.', userAction: null })
  const unwell = { v: 1, scope: 'session.default.nobody', status: 'critical', since: new Date(), measuredAt: new Date() }
  await documents.commit([{ kind: 'create', path: healthPath('session.default.nobody'), fields: unwell }])
  // An event whose task was lost, and the end point that has failed.
  await eventually(async () => expect(await documents.query({ collection: WEBHOOK_ENDPOINTS })).toHaveLength(2))
  const [told] = await documents.query({ collection: WEBHOOK_DELIVERIES, limit: 1 })
  const [delivery, lane] = [randomBytes(20).toString('hex'), randomBytes(20).toString('hex')]
  const overdue = {
    lane,
    waitsIn: lane,
    status: 'pending',
    lookAt: new Date(Date.now() - HOUR_MS),
    notBefore: null,
    endedAt: null,
  }
  const givenUp = { ...overdue, status: 'dead', lane: delivery, waitsIn: null, lookAt: null }
  await documents.commit([
    { kind: 'create', path: deliveryPath(delivery), fields: { ...told?.fields, ...overdue } },
    { kind: 'create', path: deliveryPath(lane), fields: { ...told?.fields, ...givenUp } },
  ])
  await toBoth('/api/webhooks/deliveries/redrive', { method: 'POST', headers: { 'X-Api-Key': sandbox.info.apiKey } })
  await sandbox.fireSchedule('sweep')
  await untilQueued(lost)
  await eventually(async () =>
    expect(await documents.read(alertDeliveryPath('crash-loop:one', 'installation.webhook'))).not.toBeNull(),
  )

  // A month has passed for one message; another one is archived by hand.
  const at = new Date(Date.now() - 40 * 24 * HOUR_MS)
  await documents.commit([
    { kind: 'update', path: jobPath(old.jobId), fields: { createdAt: at, timeline: [{ status: 'delivered', at }] } },
  ])
  await leaveCheckpoint(chat)
  await sandbox.fireSchedule('maintain')
  expect(await google.objects.list('archive/')).toHaveLength(1)
  await leaveThings(chat.sessionId)
  await leavePurge()
  await sandbox.fireSchedule('cleanup')
  expect(await google.objects.list('media/')).toEqual([])
  expect((await documents.read(sessionPath('default.doomed')))?.fields['purge']).toMatchObject({ phase: 'done' })
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

  // The runner tells of a crash loop by itself, because the sweep may be dead.
  const INSTANCE_ID = 'dies-young'
  const [startedAt, heartbeatAt] = [new Date(Date.now() - 2000), new Date(Date.now() - 1000)]
  const died = { instanceId: INSTANCE_ID, shortLives: 9, startedAt, heartbeatAt, workingSince: startedAt }
  await documents.commit([runnerChange('runner-that-died', {}, died)])
  const restarted = await sandbox.addRunner({ INSTANCE_ID, RESTART_ALERT_AFTER: '3', RESTART_PAUSE_LIMIT_MS: '1000' })
  await eventually(async () =>
    expect(await documents.read(alertDeliveryPath(`crash-loop:${INSTANCE_ID}`, 'installation.webhook'))).not.toBeNull(),
  )
  await restarted.stop('SIGTERM')
}

/** Rights beyond what the calls need, by their permission, with the reason. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'secretmanager.versions.access':
    'Cloud Run reads the secrets in the name of the account, not the code; the next test compares those',
  'cloudtasks.tasks.fullView': "part of Google's smallest role for enqueuing",
  'iam.serviceAccounts.get': "part of Google's smallest role for acting as the invoker",
  'iam.serviceAccounts.list': "part of Google's smallest role for acting as the invoker",
  'datastore.entities.list': 'one role for all who only change documents',
}

/** The account of each process. */
const PROCESSES = {
  runner: 'runner',
  api: 'api',
  server: 'api',
  tasks: 'tasks',
  alerts: 'alerts',
  webhooks: 'webhooks',
  sweeper: 'sweeper',
  maintainer: 'maintainer',
  cleaner: 'cleaner',
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
  const allowed = Object.entries({ ...FUNCTIONS, runner: RUNNER, server: SERVER }).filter(
    ([, { reaches }]) => reaches === 'internet',
  )
  expect(callers.toSorted()).toEqual(allowed.map(([unit]) => unit).toSorted())
})

test('no account of a process deletes objects, but the cleaner those of media, archives and backups, or overwrites them, changes rights, or reaches a secret that it is not given', () => {
  for (const account of UNITS) {
    const granted = [...grantedPermissions(TARGET, account)]
    const harmful = granted.filter((one) => /storage\.objects\.(delete|update)|setIamPolicy|versions\.(add|destroy)/.test(one))
    expect(harmful).toEqual(account === 'cleaner' ? ['storage.objects.delete on the bucket of sessions'] : [])
    const secrets = granted.filter((one) => one.startsWith('secretmanager.')).map((one) => one.split(' ').at(-1))
    const own: Readonly<Record<string, readonly string[]>> = { api: ['API_KEY'], alerts: ['NOTIFICATION_SECRETS'] }
    expect([account, new Set(secrets)]).toEqual([account, new Set([...(own[account] ?? []), 'SESSION_ENCRYPTION_KEY'])])
  }
})
