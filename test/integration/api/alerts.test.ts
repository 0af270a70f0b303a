import { alertPath, type AlertType } from '@holdfast/core/operations/alert-document'
import { raiseAlert, resolveAlert } from '@holdfast/core/operations/alerts'
import { DEFAULT_TENANT_SETTINGS } from '@holdfast/core/operations/tenant-settings'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { handleAlertTask } from '../../../functions/src/use-cases/alerts/deliver.ts'
import { TenantDirectory } from '../../../functions/src/use-cases/tenant-directory.ts'
import { AlertsUnderTest } from '../alerts/alerts-under-test.ts'
import { countless } from '../queue/queue-under-test.ts'
import { type ApiUnderTest, startApi } from './api-under-test.ts'

let api: ApiUnderTest
let world: AlertsUnderTest
beforeAll(async () => {
  world = await AlertsUnderTest.start()
  api = await startApi()
  await api.post('/api/tenants', { id: 'acme' })
  await api.as({ tenant: 'acme' }).post('/api/sessions', { name: 'other' })
  await raise('disconnected', 'acme.shop', 'acme')
  await raise('qr-needed', 'acme.other', 'acme', 'critical')
  await raise('disconnected', 'default.main', 'default')
  await raise('runner-lost', 'r1', null)
})
afterAll(async () => {
  await Promise.all([api[Symbol.asyncDispose](), world[Symbol.asyncDispose]()])
})

const raise = (type: AlertType, scope: string, tenant: string | null, severity: 'warning' | 'critical' = 'warning') =>
  raiseAlert(api.documents, { type, scope, tenant, severity, sentence: 'It happened.', userAction: null })

const admin = () => api.as({ key: 'a1b2', tenant: 'acme', role: 'admin' })

const idsOf = ({ body }: { body: { alerts: { id: string }[] } }) => body.alerts.map(({ id }) => id)

describe('GET /api/alerts', () => {
  it('shows the operator all, and others those of their tenant', async () => {
    expect(idsOf(await api.get('/api/alerts'))).toEqual([
      'disconnected:acme.shop',
      'disconnected:default.main',
      'qr-needed:acme.other',
      'runner-lost:r1',
    ])
    expect(idsOf(await admin().get('/api/alerts'))).toEqual(['disconnected:acme.shop', 'qr-needed:acme.other'])
    expect(await admin().get('/api/alerts?tenant=default')).toMatchObject({ status: 404, body: { code: 'unknown-tenant' } })
  })

  it('shows a key for some sessions only what is about these', async () => {
    const one = api.as({ tenant: 'acme', role: 'read', sessions: ['shop'] })
    expect(idsOf(await one.get('/api/alerts'))).toEqual(['disconnected:acme.shop'])
  })

  it('filters, and goes on after a cursor', async () => {
    expect(idsOf(await api.get('/api/alerts?severity=critical&state=open'))).toEqual(['qr-needed:acme.other'])
    expect(idsOf(await api.get('/api/alerts?type=disconnected&tenant=acme'))).toEqual(['disconnected:acme.shop'])
    expect(idsOf(await admin().get('/api/alerts?session=other'))).toEqual(['qr-needed:acme.other'])
    const first = await api.get('/api/alerts?limit=3')
    const second = await api.get(`/api/alerts?limit=3&cursor=${first.body.cursor}`)
    expect([idsOf(second), second.body.cursor]).toEqual([['runner-lost:r1'], null])
  })

  it('hides no alert behind a damaged one', async () => {
    await api.documents.commit([{ kind: 'create', path: alertPath('outage', 'odd'), fields: { v: 1 } }])
    expect(idsOf(await api.get('/api/alerts'))).toHaveLength(4)
  })
})

describe('an alert', () => {
  it('is acknowledged by whoever has it, which ends the reminders', async () => {
    const path = '/api/alerts/disconnected:acme.shop/acknowledge'
    expect(await admin().post(path)).toMatchObject({
      status: 200,
      body: { state: 'acknowledged', acknowledgedBy: 'a1b2', session: 'shop' },
    })
    expect((await admin().post(path)).status).toBe(200)
  })

  it('is silenced for minutes, or until a time', async () => {
    const path = '/api/alerts/qr-needed:acme.other/silence'
    const { body } = await admin().post(path, { minutes: 60 })
    expect(body).toMatchObject({ state: 'open', silencedBy: 'a1b2' })
    expect(Date.parse(body.silencedUntil) - Date.now()).toBeGreaterThan(59 * 60_000)
    const until = new Date(Date.now() + 3_600_000).toISOString()
    expect((await admin().post(path, { until })).body.silencedUntil).toBe(until)
    expect(await admin().post(path, { until: '2020-01-01T00:00:00Z' })).toMatchObject({
      status: 422,
      body: { code: 'invalid-time' },
    })
    expect((await admin().post(path, {})).status).toBe(400)
    expect((await admin().post(path, { minutes: 1, until })).status).toBe(400)
  })

  it('does not exist for another tenant, and cannot be changed when it is over', async () => {
    for (const id of ['disconnected:default.main', 'runner-lost:r1', 'disconnected:acme.none', 'a%2Fb']) {
      const answer = await admin().post(`/api/alerts/${id}/acknowledge`)
      expect([id, answer.status, answer.body.code]).toEqual([id, 404, 'unknown-alert'])
    }
    await raise('deaf-session', 'acme.shop', 'acme')
    await resolveAlert(api.documents, 'deaf-session', 'acme.shop')
    expect(await admin().post('/api/alerts/deaf-session:acme.shop/silence', { minutes: 5 })).toMatchObject({
      status: 409,
      body: { code: 'alert-resolved' },
    })
  })

  it('is left alone by a key that only reads', async () => {
    const reader = api.as({ tenant: 'acme', role: 'read' })
    expect((await reader.post('/api/alerts/disconnected:acme.shop/acknowledge')).status).toBe(403)
  })
})

describe('POST /api/alerts/test', () => {
  /** Delivers the tasks as the queue would. */
  const delivering = () => {
    const { clock, logger, notifications } = world.dependencies
    const documents = countless(api.documents)
    const tenants = new TenantDirectory({ documents, clock, logger, defaults: DEFAULT_TENANT_SETTINGS })
    const { wrappingKey } = api
    const enqueue = (task: { payload: unknown }) => {
      void handleAlertTask({ documents, tasks, tenants, wrappingKey, clock, logger, notifications }, task.payload)
      return Promise.resolve('queued' as const)
    }
    const tasks = { enqueue }
    return { tasks }
  }

  it('says the outcome on each channel of the installation', async () => {
    world.receivers.trouble('slack', 'refuses')
    const { body } = await api.with(delivering()).post('/api/alerts/test')
    world.receivers.trouble('slack', null)
    expect(body).toEqual({
      id: expect.any(String),
      isComplete: true,
      channels: [
        { channel: 'installation.telegram', outcome: 'delivered', problem: null },
        {
          channel: 'installation.slack',
          outcome: 'refused',
          problem: 'It answered with status 404: Trouble.',
        },
        { channel: 'installation.email', outcome: 'delivered', problem: null },
        { channel: 'installation.webhook', outcome: 'delivered', problem: null },
      ],
    })
    expect(world.receivers.of('telegram').at(-1)?.text).toContain('TEST Alerts of default')
  })

  it("tests a tenant's own channels, and those alone", async () => {
    const channels = [
      { name: 'ops', type: 'webhook', url: `${world.receivers.webUrl}/webhook` },
      { name: 'inside', type: 'webhook', url: 'http://169.254.169.254/' },
    ]
    expect((await admin().send('PATCH', '/api/tenant', { config: { alerts: { channels } } })).status).toBe(200)
    const calls = api.as({ key: 'a1b2', tenant: 'acme', role: 'admin' }, delivering())
    const { body } = await calls.post('/api/alerts/test')
    expect(body.channels).toEqual([
      { channel: 'ops', outcome: 'delivered', problem: null },
      { channel: 'inside', outcome: 'refused', problem: expect.stringContaining('points inside') },
    ])
    expect((await calls.post('/api/alerts/test', { channel: 'ops' })).body.channels).toHaveLength(1)
  })

  it('says that nothing ended when the queue does not run', async () => {
    expect((await api.post('/api/alerts/test')).body).toEqual({ id: expect.any(String), isComplete: false, channels: [] })
  })
})
