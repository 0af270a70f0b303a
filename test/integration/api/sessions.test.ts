import { sessionDocumentSchema, sessionPath } from '@holdfast/core/session/session-document'
import { sessionKeyDocumentSchema, sessionKeyPath } from '@holdfast/core/security/session-key-document'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiUnderTest, startApi } from './api-under-test.ts'

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api[Symbol.asyncDispose]())

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describe('the creation of a session', () => {
  it('is answered with 201 and writes a session that runners can read, together with its key', async () => {
    const { status, body } = await api.post('/api/sessions', { name: 'salon' })
    expect(status).toBe(201)
    const starting = { status: 'STARTING', reason: 'awaiting-runner', userAction: null }
    expect(body).toMatchObject({ name: 'salon', ...starting, state: 'NEW', wanted: 'online', me: null })
    expect(body.owner).toEqual({ runnerId: null, epoch: 0 })
    expect(Date.parse(body.createdAt)).toBeGreaterThan(Date.now() - 60_000)
    const session = await api.documents.read(sessionPath('default.salon'))
    // The strict schema fails for unknown fields.
    expect(sessionDocumentSchema.strict().parse(session?.fields)).toMatchObject({ wanted: 'online', journalHead: 0 })
    const key = await api.documents.read(sessionKeyPath('default.salon'))
    expect(sessionKeyDocumentSchema.parse(key?.fields).current).toBe(1)
  })

  it('leaves the session stopped when start is false, and says what to do next', async () => {
    const { body } = await api.post('/api/sessions', { name: 'later', start: false })
    expect(body).toMatchObject({ status: 'STOPPED', wanted: 'offline', userAction: 'Start the session.' })
  })

  it('is refused for an existing name and changes nothing', async () => {
    await api.post('/api/sessions', { name: 'taken' })
    const before = await api.documents.read(sessionKeyPath('default.taken'))
    const { status, body, headers } = await api.post('/api/sessions', { name: 'taken' })
    expect(status).toBe(422)
    expect(headers.get('content-type')).toBe('application/problem+json')
    expect(body).toMatchObject({ type: 'urn:holdfast:problem:session-exists', status: 422, code: 'session-exists' })
    expect((await api.documents.read(sessionKeyPath('default.taken')))?.fields).toEqual(before?.fields)
  })

  it('succeeds once when several requests come at once', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => api.post('/api/sessions', { name: 'raced' })))
    expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([201, 422, 422, 422, 422])
  })

  it('succeeds when the client repeats a commit that had succeeded', async () => {
    const repeating = api.committing(async (changes, real) => {
      await real(changes)
      await real(changes)
    })
    const answer = await api.with({ documents: repeating }).post('/api/sessions', { name: 'repeated' })
    expect(answer).toMatchObject({ status: 201, body: { name: 'repeated', status: 'STARTING' } })
  })

  it('never replaces the key of an earlier session of the same name', async () => {
    await api.post('/api/sessions', { name: 'gone' })
    await api.documents.commit([{ kind: 'delete', path: sessionPath('default.gone') }])
    expect(await api.post('/api/sessions', { name: 'gone' })).toMatchObject({ status: 422, body: { code: 'session-exists' } })
  })

  it('under the name of a removed one cancels what a removal that was cut short has left', async () => {
    await api.post('/api/sessions', { name: 'back' })
    const text = { session: 'back', chatId: '5511999990000@c.us', text: 'For the account of before.' }
    const { jobId } = (await api.post('/api/sendText', text)).body
    const cut = { wanted: 'offline', isRemoved: true }
    await api.documents.commit([{ kind: 'update', path: sessionPath('default.back'), fields: cut }])
    expect((await api.post('/api/sessions', { name: 'back' })).status).toBe(201)
    expect((await api.get(`/api/messages/${jobId}`)).body).toMatchObject({ status: 'canceled' })
  })

  it('is refused with a list of all mistakes', async () => {
    const { status, body } = await api.post('/api/sessions', { name: '../etc', start: 'yes' })
    expect(status).toBe(400)
    expect(body.issues.map((issue: { field: string }) => issue.field).sort()).toEqual(['name', 'start'])
    expect((await api.post('/api/sessions', { name: 'messages' })).status).toBe(400)
    expect((await api.post('/api/sessions', '{"name":')).body).toMatchObject({
      code: 'bad-request',
      detail: 'The body is not JSON.',
    })
    expect(await api.post('/api/sessions', [])).toMatchObject({
      status: 400,
      body: { detail: 'The body has to be a JSON object.' },
    })
  })
})

describe('a session', () => {
  it('is shown as its owner wrote it', async () => {
    await api.post('/api/sessions', { name: 'shown' })
    await api.heartbeat('runner-1', {
      'default.shown': { state: 'CONNECTED', epoch: 3, lastProofOfLifeAt: new Date('2026-11-01T10:00:05Z') },
    })
    await api.asOwner('shown', {
      state: 'CONNECTED',
      runnerId: 'runner-1',
      epoch: 3,
      me: { id: '5511999990000:7@s.whatsapp.net', lid: '1234@lid' },
      lastProofOfLifeAt: new Date('2026-11-01T10:00:00Z'),
      checkpoint: { object: 'sessions/x.ckpt', generation: '1', sha256: 'ab', seq: 12, epoch: 2 },
      counters: { sent: 4, received: 5 },
    })
    expect((await api.get('/api/sessions/shown')).body).toMatchObject({
      status: 'WORKING',
      state: 'CONNECTED',
      me: { id: '5511999990000@c.us', pushName: '', lid: '1234@lid', jid: '5511999990000:7@s.whatsapp.net' },
      owner: { runnerId: 'runner-1', epoch: 3 },
      // The heartbeat is newer than the document.
      lastProofOfLifeAt: '2026-11-01T10:00:05.000Z',
      counters: { sent: 4, received: 5 },
      checkpoint: { object: 'sessions/x.ckpt', seq: 12 },
    })
  })

  it('is shown with the end of its last connection, and with the time for which it waits', async () => {
    await api.post('/api/sessions', { name: 'waiting' })
    expect((await api.get('/api/sessions/waiting')).body).toMatchObject({
      nextAttemptAt: null,
      bannedUntil: null,
      lastDisconnect: null,
    })
    const at = new Date('2026-11-01T10:00:00Z')
    const nextAttemptAt = new Date('2026-11-01T10:01:00Z')
    const lastDisconnect = { code: 503, class: 'whatsapp', reason: 'whatsapp-trouble', at }
    await api.heartbeat('runner-3', {})
    await api.asOwner('waiting', { state: 'BACKOFF', runnerId: 'runner-3', nextAttemptAt, lastDisconnect })
    expect((await api.get('/api/sessions/waiting')).body).toMatchObject({
      nextAttemptAt: nextAttemptAt.toISOString(),
      lastDisconnect: { ...lastDisconnect, at: at.toISOString() },
    })
    // A session that does not wait shows no time, even if a dead runner left one in the document.
    await api.asOwner('waiting', { state: 'BANNED', bannedUntil: nextAttemptAt })
    expect((await api.get('/api/sessions/waiting')).body).toMatchObject({
      nextAttemptAt: null,
      bannedUntil: nextAttemptAt.toISOString(),
    })
  })

  it('is shown with trouble at WhatsApp when a later version wrote an unknown class of disconnects', async () => {
    await api.post('/api/sessions', { name: 'later-class' })
    await api.asOwner('later-class', { lastDisconnect: { code: null, class: 'new', reason: 'new', at: new Date() } })
    expect((await api.get('/api/sessions/later-class')).body.lastDisconnect).toMatchObject({ class: 'whatsapp', reason: 'new' })
  })

  it('is shown as starting when its live state has a silent runner', async () => {
    await api.post('/api/sessions', { name: 'silent' })
    await api.heartbeat('runner-2', {}, { deadAfterMs: 1 })
    await api.asOwner('silent', { state: 'CONNECTED', runnerId: 'runner-2', epoch: 1 })
    await pause(20)
    const silent = { status: 'STARTING', state: 'CONNECTED', reason: 'owner-silent' }
    expect((await api.get('/api/sessions/silent')).body).toMatchObject(silent)
    const list = (await api.get('/api/sessions')).body as { name: string }[]
    expect(list.find(({ name }) => name === 'silent')).toMatchObject(silent)
  })

  it('is shown as starting when its live state has no heartbeat or no owner', async () => {
    await api.post('/api/sessions', { name: 'orphan' })
    await api.asOwner('orphan', { state: 'PAIRING', runnerId: 'never-heard' })
    expect((await api.get('/api/sessions/orphan')).body).toMatchObject({ status: 'STARTING', reason: 'owner-silent' })
    await api.asOwner('orphan', { state: 'CONNECTED', runnerId: null })
    expect((await api.get('/api/sessions/orphan')).body).toMatchObject({ status: 'STARTING', reason: 'owner-lost' })
  })

  it('is shown with its stored reason when it needs no runner', async () => {
    await api.post('/api/sessions', { name: 'out' })
    await api.asOwner('out', { state: 'LOGGED_OUT', reason: 'logged-out', sentence: 'Unlinked.', runnerId: 'never-heard' })
    expect((await api.get('/api/sessions/out')).body).toMatchObject({ status: 'FAILED', reason: 'logged-out' })
  })

  it('is shown as damaged when its document is, and does not hide the others', async () => {
    await api.post('/api/sessions', { name: 'damaged' })
    await api.asOwner('damaged', { epoch: 'three' })
    const list = (await api.get('/api/sessions')).body as { name: string }[]
    expect(list.find(({ name }) => name === 'damaged')).toMatchObject({ status: 'FAILED', reason: 'document-invalid' })
    expect(list.find(({ name }) => name === 'salon')).toBeDefined()
    expect(list.map(({ name }) => name)).toEqual(list.map(({ name }) => name).sort())
    expect(await api.get('/api/sessions/damaged')).toMatchObject({ status: 200, body: { reason: 'document-invalid' } })
  })

  it('is answered with 404 when it does not exist', async () => {
    for (const name of ['nobody', '..', 'a%2Fb', 'x'.repeat(2000)]) {
      expect((await api.get(`/api/sessions/${name}`)).status, name).toBe(404)
    }
    expect((await api.get('/api/sessions/nobody')).body.code).toBe('unknown-session')
  })
})

describe('a start or a stop', () => {
  it('changes only the field `wanted` and can be repeated', async () => {
    await api.post('/api/sessions', { name: 'levels', start: false })
    await api.asOwner('levels', { state: 'STOPPED', epoch: 7 })
    for (const [verb, wanted] of [
      ['start', 'online'],
      ['start', 'online'],
      ['stop', 'offline'],
      ['stop', 'offline'],
    ] as const) {
      const before = (await api.documents.read(sessionPath('default.levels')))?.fields
      const { status, body } = await api.post(`/api/sessions/levels/${verb}`)
      expect(status).toBe(201)
      const shown = wanted === 'online' ? 'STARTING' : 'STOPPED'
      expect(body).toMatchObject({ name: 'levels', wanted, status: shown, state: 'STOPPED', owner: { epoch: 7 } })
      expect((await api.documents.read(sessionPath('default.levels')))?.fields).toEqual({
        ...before,
        wanted,
      })
    }
  })

  it('creates nothing for an unknown session', async () => {
    expect((await api.post('/api/sessions/phantom/start')).status).toBe(404)
    expect(await api.documents.read(sessionPath('default.phantom'))).toBeNull()
  })
})

describe('the QR code', () => {
  const place = `${sessionPath('default.pairing')}/pairing`
  const value = '2@ref,static,identity,secret'

  it('is shown while the session waits for a phone', async () => {
    await api.post('/api/sessions', { name: 'pairing' })
    await api.heartbeat('runner-3')
    const qr = (await api.cipher('pairing')).sealContent(Buffer.from(value), place)
    const expiresAt = new Date(Date.now() + 60_000)
    await api.asOwner('pairing', { state: 'PAIRING', runnerId: 'runner-3', pairing: { qr, expiresAt } })
    const raw = await api.get('/api/pairing/auth/qr?format=raw')
    expect(raw).toMatchObject({ status: 200, body: { value, expiresAt: expiresAt.toISOString() } })
    expect(raw.headers.get('cache-control')).toBe('no-store')
    const svg = await api.get('/api/pairing/auth/qr?format=svg')
    expect(svg.headers.get('content-type')).toBe('image/svg+xml')
    expect(svg.body).toMatch(/^<svg/)
    expect((await api.get('/api/pairing/auth/qr?format=png')).status).toBe(400)
    const png = await api.get('/api/pairing/auth/qr')
    expect([png.headers.get('content-type'), png.body.slice(1, 4)]).toEqual(['image/png', 'PNG'])
    const json = await api.get('/api/pairing/auth/qr', { Accept: 'application/json, text/plain' })
    expect(json).toMatchObject({ status: 200, body: { mimetype: 'image/png', data: expect.stringMatching(/^iVBORw0KGgo/) } })
  })

  it('is not shown after it has expired', async () => {
    const qr = (await api.cipher('pairing')).sealContent(Buffer.from(value), place)
    await api.asOwner('pairing', { pairing: { qr, expiresAt: new Date(Date.now() - 1) } })
    const { status, body, headers } = await api.get('/api/pairing/auth/qr')
    expect([status, body.code, headers.get('retry-after')]).toEqual([422, 'wrong-status', '1'])
  })

  it('is answered with advice while there is none', async () => {
    await api.asOwner('pairing', { state: 'CONNECTED', pairing: null })
    expect((await api.get('/api/pairing/auth/qr')).body.detail).toContain('linked')
    await api.asOwner('pairing', { state: 'STOPPED', wanted: 'offline' })
    expect((await api.get('/api/pairing/auth/qr')).body.detail).toContain('POST /api/sessions/pairing/start')
    await api.asOwner('pairing', { state: 'BANNED', sentence: 'Refused.', userAction: 'Look at the phone.' })
    expect((await api.get('/api/pairing/auth/qr')).body.detail).toContain('Look at the phone.')
    expect((await api.get('/api/nobody/auth/qr')).status).toBe(404)
  })
})
