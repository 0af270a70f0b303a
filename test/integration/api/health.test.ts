import { VERSION } from '@holdfast/core/platform/version'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createGoogleClients } from '@holdfast/core/adapters/google/clients'
import { runnerPath } from '@holdfast/core/operations/runner-document'
import { sessionPath } from '@holdfast/core/session/session-document'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { SERVER_TIME, type Fields, type StoreCheck } from '@holdfast/core/platform/ports'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type StorageServer, startServer } from '../../../sandbox/google/storage/under-test.ts'
import { type Answer, type ApiUnderTest, startApiToHarm } from './api-under-test.ts'

const BUCKET = 'checkpoints'

let folder: string
let server: StorageServer
let storage: StoreCheck
let api: Awaited<ReturnType<typeof startApiToHarm>>

beforeAll(async () => {
  api = await startApiToHarm()
  folder = await mkdtemp(join(tmpdir(), 'holdfast-health-'))
  server = await startServer(folder)
  await fetch(`${server.url}/storage/v1/b?project=any`, { method: 'POST', body: JSON.stringify({ name: BUCKET }) })
  process.env['STORAGE_EMULATOR_HOST'] = server.url
  storage = createGoogleClients({ projectId: api.firestore.projectId, bucket: BUCKET }).objects
  // The first call opens the connection, which on a busy machine takes longer than a health check waits.
  await api.documents.query({ collection: 'runners' })
})

afterAll(async () => {
  await server.kill('SIGKILL')
  await rm(folder, { recursive: true, force: true })
  await api[Symbol.asyncDispose]()
})

const removed: string[] = []

afterEach(async () => {
  if (removed.length > 0) await api.documents.commit(removed.splice(0).map((path) => ({ kind: 'delete', path })))
})

/** Returns the health from a new API, because an API keeps its figures for a second. */
const health = (changes: Parameters<ApiUnderTest['with']>[0] = {}): Promise<Answer> =>
  api.with({ storage, ...changes }).get('/health')

const resources = (cpu: number | null, memory: number | null): Fields => ({
  memory: { rssBytes: 1, limitBytes: memory === null ? null : 100, percentage: memory },
  cpu: { cpus: 2, percentage: cpu },
  eventLoop: { p99Ms: 1, maxMs: 2 },
})

async function heartbeat(id: string, more: Fields = {}, sessions: Fields = {}): Promise<void> {
  removed.push(runnerPath(id))
  await api.heartbeat(id, sessions, more)
}

async function session(name: string, fields: Fields): Promise<void> {
  const id = `default.${name}`
  removed.push(sessionPath(id), `session_keys/${id}`)
  await api.post('/api/sessions', { name, start: fields['wanted'] !== 'offline' })
  await api.asOwner(name, { since: SERVER_TIME, runnerId: 'runner-1', ...fields })
}

describe('an installation without problems', () => {
  it('is healthy while it is empty, and shows all figures', async () => {
    expect(await health()).toMatchObject({ status: 200 })
    expect((await health()).body).toEqual({
      status: 'healthy',
      version: VERSION,
      uptime: expect.any(Number),
      measuredAt: null,
      connections: { total: 0, active: 0, failed: 0, recovering: 0 },
      queue: { waiting: 0, active: 0, failed: 0 },
      resources: { cpu: null, memory: { percentage: null } },
      runners: [],
      outage: 'none',
      availability: null,
      problems: [],
    })
  })

  it('is healthy with sessions that work, wait for a phone, or are stopped', async () => {
    await heartbeat('runner-1', { resources: resources(12.5, 40), version: '0.1.0+f00d', revision: 'r2' })
    await session('connected', { state: 'CONNECTED' })
    await session('pairing', { state: 'PAIRING' })
    await session('stopped', { state: 'STOPPED', wanted: 'offline', runnerId: null })
    await api.post('/api/sendText', { session: 'connected', chatId: '5511999990000@c.us', text: 'Hello' })
    expect((await health()).body).toMatchObject({
      status: 'healthy',
      connections: { total: 3, active: 1, failed: 0, recovering: 0 },
      queue: { waiting: 1, active: 0, failed: 0 },
      resources: { cpu: 12.5, memory: { percentage: 40 } },
      runners: [
        {
          id: 'runner-1',
          state: 'active',
          sessions: 0,
          version: '0.1.0+f00d',
          revision: 'r2',
          cpu: 12.5,
          memory: { percentage: 40 },
          silentForMs: expect.any(Number),
        },
      ],
      problems: [],
    })
  })
})

describe('sessions that are not connected', () => {
  beforeEach(() => heartbeat('runner-1'))

  it('make the status degraded and are counted', async () => {
    await session('connected', { state: 'CONNECTED' })
    await session('out', { state: 'LOGGED_OUT' })
    await session('back', { state: 'BACKOFF' })
    await session('silent', { state: 'CONNECTED', runnerId: 'never-heard' })
    const { body } = await health()
    expect(body).toMatchObject({ status: 'degraded', connections: { total: 4, active: 1, failed: 1, recovering: 2 } })
    expect(body.problems).toEqual([
      { code: 'sessions-failed', sentence: expect.stringContaining('1 of 4 sessions') },
      { code: 'sessions-recovering', sentence: expect.stringContaining('2 of 4 sessions') },
    ])
  })

  it('make the status critical when all that are wanted online have failed, and healthy again when they recover', async () => {
    await session('out', { state: 'LOGGED_OUT' })
    await session('banned', { state: 'BANNED' })
    await session('stopped', { state: 'STOPPED', wanted: 'offline', runnerId: null })
    expect((await health()).body).toMatchObject({ status: 'critical', problems: [{ code: 'all-sessions-failed' }, {}] })
    await api.asOwner('out', { state: 'CONNECTED' })
    await api.asOwner('banned', { state: 'CONNECTED' })
    expect((await health()).body).toMatchObject({ status: 'healthy', problems: [] })
  })
})

describe('runners', () => {
  it('above a threshold cause a warning, which ends when their use falls', async () => {
    await heartbeat('runner-1', { resources: resources(71, 20) })
    await heartbeat('runner-2', { resources: resources(5, 75) })
    expect((await health()).body).toMatchObject({
      status: 'warning',
      resources: { cpu: 71, memory: { percentage: 75 } },
      problems: [{ code: 'cpu-high', sentence: 'runner-1 uses 71 % of its CPU; the threshold is 70 %.' }],
    })
    await heartbeat('runner-1', { resources: resources(70, 20) })
    expect((await health()).body).toMatchObject({ status: 'healthy', resources: { cpu: 70 } })
    expect((await health({ thresholds: { cpu: 60, memory: 60 } })).body.problems).toHaveLength(2)
  })

  it('have no figures when they are of an earlier version or their figures are unreadable', async () => {
    await heartbeat('runner-1')
    await heartbeat('runner-2', { resources: { memory: 'much' }, version: 7, revision: '' })
    expect((await health()).body).toMatchObject({
      status: 'healthy',
      resources: { cpu: null, memory: { percentage: null } },
      runners: [
        { version: null, revision: null, cpu: null, memory: { percentage: null } },
        { id: 'runner-2', state: 'active', version: null, revision: null, cpu: null },
      ],
    })
  })

  it('are dead and do not count when they are silent or a later process of their container replaced them', async () => {
    await heartbeat('runner-1', { deadAfterMs: -1, resources: resources(99, 99) })
    await heartbeat('runner-2', { instanceId: 'box', startedAt: new Date(1000), resources: resources(98, 98) })
    await heartbeat('runner-3', { instanceId: 'box', startedAt: new Date(2000), state: 'draining' })
    const { body } = await health()
    expect(body).toMatchObject({ status: 'healthy', resources: { cpu: null } })
    expect(body.runners.map(({ id, state }: { id: string; state: string }) => `${id} ${state}`)).toEqual([
      'runner-1 dead',
      'runner-2 dead',
      'runner-3 draining',
    ])
  })

  it('are missing when a session is wanted online and none is alive', async () => {
    await session('wanted', { state: 'BACKOFF', runnerId: null })
    expect((await health()).body).toMatchObject({
      status: 'critical',
      problems: [{ code: 'no-runner', sentence: 'No runner is alive; 1 session is wanted online.' }, {}],
    })
    await heartbeat('runner-1')
    expect((await health()).body).toMatchObject({ status: 'degraded' })
  })
})

describe('many health checks at once', () => {
  it('read the stores at most once a second', async () => {
    const { operations } = api.firestore.clients
    const fresh = api.with({ storage })
    const before = operations.documentReads
    await fresh.get('/health')
    const once = operations.documentReads - before
    await Promise.all(Array.from({ length: 20 }, () => fresh.get('/health')))
    expect(operations.documentReads - before).toBe(once)
  })

  it('check Cloud Storage once in ten seconds while it answers', async () => {
    let checks = 0
    let now = 0
    const counting: StoreCheck = {
      check: () => {
        checks++
        return storage.check()
      },
    }
    const fresh = api.with({ storage: counting, clock: { ...systemClock, monotonic: () => now } })
    for (now = 0; now < 20_000; now += 2000) await fresh.get('/health')
    expect(checks).toBe(2)
  })
})

/** Returns the health, and expects it within the two seconds that a health check has. */
async function inTime(): Promise<Answer> {
  const startedAt = performance.now()
  const answer = await health()
  expect(performance.now() - startedAt).toBeLessThan(2500)
  return answer
}

const STORAGE_AWAY = { status: 'degraded', connections: { total: 0 }, problems: [{ code: 'storage-unavailable' }] }

describe('the health while Cloud Storage is away', () => {
  it('has all other figures within two seconds, and is healthy again afterwards', async () => {
    server.child.kill('SIGSTOP')
    try {
      expect(await inTime()).toMatchObject({ status: 200, body: STORAGE_AWAY })
    } finally {
      server.child.kill('SIGCONT')
    }
    await expect.poll(async () => (await health()).body, { timeout: 10_000 }).toMatchObject({ status: 'healthy', problems: [] })
  })

  it('is the same for a bucket that does not exist', async () => {
    const elsewhere = createGoogleClients({ projectId: api.firestore.projectId, bucket: 'nobody-made-this' })
    expect((await health({ storage: elsewhere.objects })).body).toMatchObject(STORAGE_AWAY)
    await expect(elsewhere.objects.check()).rejects.toThrow('The bucket nobody-made-this does not exist.')
  })

  it('is the same for a service that refuses connections', async () => {
    await server.kill('SIGKILL')
    expect(await inTime()).toMatchObject({ status: 200, body: STORAGE_AWAY })
  })
})

const FIRESTORE_AWAY = { status: 'degraded', connections: null, queue: null, resources: null, runners: null }

describe('the health while Firestore is away', () => {
  it('names the outage within two seconds, and has figures again afterwards', async () => {
    api.firestore.signal('SIGSTOP')
    try {
      const { status, body } = await inTime()
      expect([status, body]).toMatchObject([200, FIRESTORE_AWAY])
      // An earlier test has stopped Cloud Storage for good.
      const codes = body.problems.map(({ code }: { code: string }) => code)
      expect(codes).toEqual(['database-unavailable', 'storage-unavailable'])
    } finally {
      api.firestore.signal('SIGCONT')
    }
    await expect.poll(async () => (await health()).body, { timeout: 20_000 }).toMatchObject(STORAGE_AWAY)
  })

  // The last test, because it stops Firestore for good.
  it('is the same when Firestore is gone', async () => {
    await api.firestore.kill()
    expect(await inTime()).toMatchObject({ status: 200, body: FIRESTORE_AWAY })
  })
})
