import { expect } from 'vitest'
import { eventually } from '../../../support/engine-world.ts'
import { problem, type Row } from '../rows.ts'
import { newNumber, type WahaWorld } from '../waha-world.ts'

/** Sessions and pairing. */

/** As the forms of clients send it. */
const config = (waha: WahaWorld) => ({
  metadata: { 'user.id': '123' },
  proxy: null,
  debug: false,
  ignore: { status: null, groups: null, channels: null, broadcast: null },
  client: { deviceName: null, browserName: 'IE' },
  noweb: { markOnline: true, store: { enabled: true, fullSync: false } },
  webhooks: [
    {
      url: waha.receiver.url('second'),
      events: ['session.status'],
      hmac: null,
      retries: { delaySeconds: 2, attempts: 15, policy: 'linear' },
      customHeaders: [{ name: 'X-My-Custom-Header', value: 'Value' }],
    },
  ],
})

const FIELDS = {
  name: expect.any(String),
  status: expect.stringMatching(/^(STOPPED|STARTING|SCAN_QR_CODE|WORKING|FAILED)$/),
  config: expect.any(Object),
  engine: { engine: 'NOWEB' },
}

const second = { path: { s: 'second' } }

/** The code for `{s}` is there after a moment. */
const paired = (waha: WahaWorld) =>
  eventually(async () => expect((await waha.ask('GET /api/sessions/{s}', second)).body.status).toBe('SCAN_QR_CODE'))

export const SESSIONS: readonly Row[] = [
  {
    route: 'GET /api/sessions/{s}',
    status: 200,
    answer: (waha) => ({
      ...FIELDS,
      name: 'default',
      status: 'WORKING',
      me: { id: waha.me, pushName: expect.any(String), lid: expect.stringMatching(/@lid$/), jid: expect.any(String) },
      timestamps: { activity: expect.any(Number) },
    }),
  },
  {
    route: 'GET /api/sessions',
    ask: { query: '?all=true&expand=apps' },
    status: 200,
    answer: [{ ...FIELDS, name: 'default', status: 'WORKING' }],
  },
  { route: 'GET /api/sessions/{s}/me', status: 200, answer: (waha) => ({ id: waha.me, pushName: expect.any(String) }) },
  {
    route: 'POST /api/sessions',
    ask: (waha) => ({ body: { name: 'second', start: false, config: config(waha), apps: null } }),
    status: 201,
    answer: (waha) => ({ ...FIELDS, name: 'second', status: 'STOPPED', me: null, config: config(waha) }),
  },
  {
    route: 'POST /api/sessions',
    of: 'that is there already',
    ask: { body: { name: 'second', config: null, start: true } },
    status: 422,
    answer: problem(422),
  },
  {
    route: 'POST /api/sessions',
    of: 'without a name',
    ask: { body: { name: null, start: false, config: {} } },
    status: 201,
    answer: { ...FIELDS, name: expect.stringMatching(/^session_/), status: 'STOPPED' },
    after: async (waha, { body }) => {
      expect((await waha.ask('DELETE /api/sessions/{s}', { path: { s: body.name } })).status).toBe(200)
    },
  },
  {
    route: 'GET /api/sessions',
    of: 'that are not stopped',
    status: 200,
    after: (_, { body }) => expect(body.map(({ name }: { name: string }) => name)).toEqual(['default']),
  },
  {
    route: 'GET /api/sessions/{s}/me',
    of: 'of a session without a phone',
    ask: second,
    status: 200,
    after: (_, { body }) => expect(body).toBeNull(),
  },
  {
    route: 'PUT /api/sessions/{s}',
    ask: (waha) => ({ ...second, body: { config: { ...config(waha), debug: true }, apps: [] } }),
    status: 200,
    answer: (waha) => ({ name: 'second', config: { ...config(waha), debug: true } }),
  },
  {
    route: 'PUT /api/sessions/{s}',
    of: 'of nobody',
    ask: { path: { s: 'nobody' }, body: { config: {} } },
    status: 404,
    answer: problem(404),
  },
  { route: 'POST /api/sessions/{s}/start', ask: second, status: 201, answer: { ...FIELDS, name: 'second' } },
  {
    route: 'GET /api/{s}/auth/qr',
    ask: async (waha) => {
      await paired(waha)
      return { ...second, query: '?format=image', headers: { Accept: 'application/json' } }
    },
    status: 200,
    answer: { mimetype: 'image/png', data: expect.stringMatching(/^iVBOR/) },
    after: async (waha) => {
      const fields = { name: 'second', status: 'SCAN_QR_CODE', statuses: expect.any(Array), data: null }
      const { event, headers } = await waha.told('session.status', fields, 'second')
      expect([headers['x-my-custom-header'], event.payload['statuses']]).toEqual([
        'Value',
        expect.arrayContaining([{ status: 'SCAN_QR_CODE', timestamp: expect.any(Number) }]),
      ])
    },
  },
  {
    route: 'GET /api/{s}/auth/qr',
    of: 'as a picture',
    ask: { ...second, headers: { Accept: '*/*' } },
    status: 200,
    after: (_, { body, headers }) =>
      expect([headers['content-type'], body.subarray(1, 4).toString()]).toEqual(['image/png', 'PNG']),
  },
  {
    route: 'GET /api/{s}/auth/qr',
    of: 'raw',
    ask: { ...second, query: '?format=raw' },
    status: 200,
    answer: { value: expect.any(String) },
  },
  {
    route: 'GET /api/{s}/auth/qr',
    of: 'of a session that works',
    status: 422,
    answer: { session: 'default', status: 'WORKING', expected: ['SCAN_QR_CODE'], error: expect.any(String) },
  },
  {
    route: 'POST /api/sessions/start',
    ask: (waha) => ({ body: { name: 'second', config: config(waha) } }),
    status: 201,
    answer: (waha) => ({ ...FIELDS, name: 'second', config: config(waha) }),
  },
  { route: 'POST /api/sessions/{s}/restart', ask: { ...second, body: {} }, status: 201, answer: { name: 'second' } },
  {
    route: 'POST /api/sessions/{s}/logout',
    ask: { ...second, body: {} },
    status: 201,
    answer: (waha) => ({ name: 'second', config: config(waha) }),
  },
  {
    route: 'POST /api/sessions/{s}/stop',
    ask: { ...second, body: { logout: false } },
    status: 201,
    answer: { name: 'second', status: 'STOPPED' },
  },
  { route: 'POST /api/sessions/{s}/stop', of: 'again', ask: second, status: 201, answer: { name: 'second' } },
  { route: 'DELETE /api/sessions/{s}', ask: second, status: 200 },
  { route: 'DELETE /api/sessions/{s}', of: 'again', ask: second, status: 200 },
  { route: 'GET /api/sessions/{s}', of: 'that was removed', ask: second, status: 404, answer: problem(404) },
  {
    route: 'POST /api/{s}/auth/request-code',
    ask: async (waha) => {
      const typed = { path: { s: 'typed' } }
      await waha.ask('POST /api/sessions', { body: { name: 'typed' } })
      await eventually(async () => expect((await waha.ask('GET /api/sessions/{s}', typed)).body.status).toBe('SCAN_QR_CODE'))
      const phoneNumber = newNumber()
      await waha.world.simulator.createPhone(phoneNumber)
      return { ...typed, body: { phoneNumber, method: null } }
    },
    status: 201,
    answer: { code: expect.stringMatching(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/) },
    after: async (waha) => {
      await waha.ask('DELETE /api/sessions/{s}', { path: { s: 'typed' } })
    },
  },
]
