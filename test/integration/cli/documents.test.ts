import { expect, it, afterAll, beforeAll, describe } from 'vitest'
import { MemoryObjects } from '../contract/memory-objects.ts'
import { type CliWorld, startCliWorld } from './api-for-cli.ts'
import { shapeOf } from './shapes.ts'

/** What `--json` prints is a contract with programs: see docs/CLI.md. */

let world: CliWorld
beforeAll(async () => {
  world = await startCliWorld()
  const { api } = world
  await api.post('/api/sessions', { name: 'main' })
  await api.post('/api/sessions', { name: 'idle', start: false })
  await api.heartbeat('runner-1')
  // A state that is newer than the heartbeat needs no word of it there.
  const since = new Date(Date.now() + 3_600_000)
  const me = { id: '5511999990000@s.whatsapp.net', lid: null, pushName: '山田太郎' }
  const records = { counted: { session: 160, 'sender-key': 20, 'sender-key-memory': 0, 'pre-key': 0 }, protected: 4000 }
  const connected = { state: 'CONNECTED', reason: 'logged-in', runnerId: 'runner-1', epoch: 1, since }
  await api.asOwner('main', { ...connected, lastProofOfLifeAt: null, me, records })
  await api.asOwner('idle', { state: 'LOGGED_OUT', reason: 'logged-out', since: new Date(), wanted: 'online' })
})
afterAll(() => world[Symbol.asyncDispose]())

const PROBLEM = { code: 'string', sentence: 'string' }

const SESSION = {
  name: 'string',
  status: 'string',
  state: 'string',
  reason: 'string',
  sentence: 'string',
  userAction: 'string',
  since: 'string',
  account: 'null',
  records: 'null',
  backups: { number: 'number', newestAt: 'null' },
}

describe('health', () => {
  it('has runners, sessions by tenant with records and backups, the queue, and what to do', async () => {
    const seen = (await world.json('health')) as { tenants: { sessions: unknown[] }[]; recommendations: { command: string }[] }
    expect(shapeOf(seen)).toEqual({
      status: 'string',
      problems: [PROBLEM],
      version: 'string',
      availability: 'null',
      runners: [
        {
          id: 'string',
          state: 'string',
          sessions: 'number',
          capacity: 'number',
          cpu: 'null',
          memory: 'null',
          silentForMs: 'number',
          version: 'null',
        },
      ],
      tenants: [
        {
          tenant: 'string',
          sessions: [SESSION],
          queue: {
            waiting: 'number',
            held: 'number',
            scheduled: 'number',
            retrying: 'number',
            active: 'number',
            sent: 'number',
            failed: 'number',
            canceled: 'number',
            oldest: 'null',
          },
        },
      ],
      alerts: { open: 'number', acknowledged: 'number' },
      recommendations: [{ code: 'string', tenant: 'string', session: 'string', sentence: 'string', command: 'string' }],
    })
    expect(seen.tenants[0]?.sessions[1]).toMatchObject({
      name: 'main',
      status: 'WORKING',
      account: '山田太郎',
      records: { count: 180, level: 'emergency', cleanUpFrom: 175, mustRotate: false },
    })
    const commands = ['holdfast pair idle', 'holdfast cleanup main --dry-run', 'holdfast backup main']
    expect(seen.recommendations.map(({ command }) => command)).toEqual(commands)
  })

  it('ends with 1 when the installation is not well', async () => {
    const away = {
      fetch: async () => Response.json({ ...(await world.api.get('/health')).body, status: 'critical', problems: [] }),
    }
    const health = async (request: Request) => (request.url.endsWith('/health') ? await away.fetch() : await world.fetch(request))
    expect(await world.run('health', { fetch: health })).toMatchObject({ code: 1 })
    expect(await world.run('health')).toMatchObject({ code: 0 })
  })

  it('says what it can while Firestore does not answer', async () => {
    const problems = [{ code: 'database-unavailable', sentence: 'Firestore does not answer.' }]
    const away = { ...(await world.api.get('/health')).body, status: 'critical', problems, connections: null, runners: null }
    const asked: string[] = []
    const fetch = (request: Request) => Promise.resolve(Response.json((asked.push(request.url), away)))
    const { code, out } = await world.run('health', { fetch, columns: 80 })
    expect(code).toBe(1)
    expect(out).toContain('Firestore does not answer.')
    expect(asked).toEqual(['http://api.test/health'])
  })

  it('with --watch prints an object a line, until Ctrl-C', async () => {
    let looks = 0
    const ran = await world.run('health --watch --json', { onPause: (interrupt) => (++looks === 3 ? interrupt() : undefined) })
    expect(ran.code).toBe(130)
    const lines = ran.out.trimEnd().split('\n')
    expect(lines).toHaveLength(3)
    expect(JSON.parse(lines[2] ?? '')).toMatchObject({ at: expect.stringMatching(/^\d{4}-/), status: 'degraded' })
  })

  it('with --watch goes on when the API is away for a moment', async () => {
    let looks = 0
    const refusing = async (request: Request) => {
      if (looks === 1) throw new TypeError('fetch failed')
      return await world.fetch(request)
    }
    // The pauses before a repeated request are below two seconds here.
    const onPause = (interrupt: () => void) => (++looks > 6 ? interrupt() : undefined)
    const ran = await world.run('health --watch --json', { fetch: refusing, onPause })
    expect(ran.code).toBe(130)
    expect(ran.out.trimEnd().split('\n').length).toBeGreaterThan(1)
  })

  it('shows a tenant to its own key, and names the tenant of a command for the operator', async () => {
    await world.api.post('/api/tenants', { id: 'acme' })
    await world.api.send('POST', '/api/sessions', { name: 'shop' }, { 'X-Tenant': 'acme' })
    const { tenants } = (await world.json('health')) as { tenants: { tenant: string }[] }
    expect(tenants.map(({ tenant }) => tenant)).toEqual(['acme', 'default'])
    const objects = new MemoryObjects()
    const own = world.api.as({ tenant: 'acme', role: 'admin', key: 'k' }, { objects })
    const ran = await world.run('health --json', { fetch: world.fetchOf(own) })
    expect(JSON.parse(ran.out).tenants.map(({ tenant }: { tenant: string }) => tenant)).toEqual(['acme'])
    // A key that only reads does not even know its tenant, and sees its sessions.
    const reader = world.api.as({ tenant: 'acme', role: 'read', key: 'r' }, { objects })
    const seen = JSON.parse((await world.run('health --json', { fetch: world.fetchOf(reader) })).out)
    expect(seen).toMatchObject({ tenants: [{ tenant: null, sessions: [{ name: 'shop' }] }] })
  })
})

it('what is one request prints the answer of the API', async () => {
  await world.api.post('/api/sendText', { session: 'main', chatId: '5511999990000@c.us', text: 'Hello' })
  for (const [line, path] of [
    ['sessions', '/api/sessions?all=true'],
    ['sessions show main', '/api/sessions/main'],
    ['queue list --limit 1', '/api/messages?limit=1'],
    ['failed', '/api/whatsapp/failed?limit=50'],
    ['webhooks', '/api/webhooks/deliveries?limit=50'],
    ['recoveries', '/api/recoveries?limit=50'],
    ['backups main', '/api/sessions/main/backups'],
    ['purges', '/api/purges'],
    ['keys', '/api/keys'],
    ['keys wrapping', '/api/keys/rewrap'],
    ['keys data main', '/api/sessions/main/data-key'],
    ['pools', '/api/pools'],
    ['pools show default', '/api/pools/default'],
    ['tenants', '/api/tenants'],
    ['tenants show', '/api/tenant'],
  ] as const) {
    const { body } = await world.api.get(path)
    expect({ line, printed: withoutTimes(await world.json(line)) }).toEqual({ line, printed: withoutTimes(body) })
  }
})

/** Two answers differ in how long ago something was. */
const withoutTimes = (document: unknown): unknown =>
  JSON.parse(JSON.stringify(document, (name, value: unknown) => (name === 'activity' || name === 'availability' ? null : value)))

it.each([
  ['send 5511999990000 Hello -s main', { jobId: 'string', messageId: 'string', ack: 'number' }],
  ['queue', { waiting: 'number', failed: 'number', sessions: {} }],
  ['recover main --dry-run', { session: 'string', outcome: 'string', code: 'string', sentence: 'string' }],
  ['recover --dry-run', { dryRun: 'boolean', left: 'number' }],
  ['backup idle --no-wait', { id: 'string', state: 'string', type: 'string' }],
  ['cleanup main --yes --no-wait --dry-run', { id: 'string', state: 'string', type: 'string' }],
  ['rotate idle --dry-run', { approved: 'boolean', sentence: 'string' }],
  ['audit --limit 1', { entries: [{ at: 'string', key: 'string', operation: 'string' }] }],
  ['webhooks test', { id: 'string', endpoints: [] }],
  ['backups', [{ session: 'string', number: 'number', newestAt: 'null' }]],
  ['doctor', [{ check: 'string', state: 'string', sentence: 'string', advice: 'null' }]],
  ['import x --from /old', { command: ['string'], page: 'string' }],
  ['export x --to /new', { command: ['string'], page: 'string' }],
  ['keys create ops --role read', { id: 'string', key: 'string', role: 'string' }],
  ['failed retry --all --yes', { retried: 'number', expired: 'number', damaged: 'number', isComplete: 'boolean' }],
  ['webhooks redrive --all --yes', { redriven: 'number', hasMore: 'boolean' }],
])('%s --json has its fields', async (line, shape) => {
  expect(shapeOf(await world.json(line))).toMatchObject(shape)
})

it('a pool is set and removed, a data key renewed, and a session removed and made again', async () => {
  expect(await world.json('pools set sales main idle')).toEqual({ name: 'sales', sessions: ['main', 'idle'] })
  expect(await world.json('pools remove sales --yes')).toEqual({ name: 'sales', sessions: ['main', 'idle'] })
  expect(await world.json('keys renew main')).toMatchObject({ keys: [{ state: 'current' }, { state: 'waiting' }] })
  expect(await world.json('keys renew --older-than 3650')).toMatchObject({ added: 0, left: { changed: 0, unreadable: 0 } })
  expect(await world.json('keys renew')).toMatchObject({ added: expect.any(Number), kept: expect.any(Number) })
  await world.api.post('/api/sessions', { name: 'leaving', start: false })
  expect(await world.json('sessions remove leaving --yes')).toEqual({ removed: true })
  expect((await world.api.get('/api/sessions/leaving')).status).toBe(404)
  await world.api.post('/api/sessions', { name: 'unlinked' })
  expect(await world.json('sessions logout unlinked --yes --reason moving')).toMatchObject({ name: 'unlinked' })
})

it('drill --json has its fields, and names the runner', async () => {
  const session = { state: 'CONNECTED', reason: 'logged-in', epoch: 1, since: new Date(), lastProofOfLifeAt: null }
  await world.api.heartbeat('runner-9', { 'default.main': session })
  expect(await world.json('drill runner-9 --yes --no-wait')).toMatchObject({
    type: 'crash-drill',
    state: 'pending',
    targetRunner: 'runner-9',
    evidence: { sessions: 1 },
  })
})

describe('what takes something away', () => {
  it.each([
    'drill',
    'failed retry --all',
    'failed delete some',
    'webhooks redrive --all',
    'backups delete main 1',
    'cleanup main',
    'rotate main',
    'purge main',
    'keys revoke some',
    'sessions logout main',
    'sessions remove main',
    'pools remove some',
    'tenants delete acme',
  ])('%s asks, and changes nothing where nobody can be asked', async (line) => {
    const before = (await world.api.get('/api/audit?limit=1000')).body.entries.length
    const ran = await world.run(line)
    expect(ran).toMatchObject({ code: 2, err: expect.stringMatching(/Say --(yes|confirm)/) })
    const { entries } = (await world.api.get('/api/audit?limit=1000')).body
    // A plan is an act that changes nothing.
    expect(entries.slice(before).filter(({ operation }: { operation: string }) => operation !== 'rotateSession')).toEqual([])
  })

  it('goes on when the person agrees, and not when he does not', async () => {
    const { id } = (await world.api.post('/api/keys', { name: 'gone', role: 'read' })).body
    const asked = [`Revoke the key ${id}? Programs that use it stop.`]
    expect(await world.run(`keys revoke ${id}`, { columns: 80, answers: [false] })).toMatchObject({ code: 1, asked })
    expect(await world.run(`keys revoke ${id}`, { columns: 80, answers: [true] })).toMatchObject({ code: 0, asked })
    await world.api.post('/api/sessions', { name: 'away' })
    expect(await world.run('purge away', { columns: 80, answers: ['main'] })).toMatchObject({ code: 2 })
    expect(await world.run('purge away', { columns: 80, answers: ['away'] })).toMatchObject({ code: 0 })
    expect(await world.run('purges cancel away')).toMatchObject({ code: 0 })
  })
})
