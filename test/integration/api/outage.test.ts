import { isDeepStrictEqual } from 'node:util'
import { jobDocumentSchema, jobPath } from '@holdfast/core/message/job-document'
import { mediaObjectOf } from '@holdfast/core/message/media-document'
import { receivedMediaPath } from '@holdfast/core/message/received-media-document'
import { sessionDocumentSchema } from '@holdfast/core/session/session-document'
import { sessionKeyDocumentSchema } from '@holdfast/core/security/session-key-document'
import { jobIdOf } from '@holdfast/core/session/ids'
import type { Clock } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MemoryObjects } from '../contract/memory-objects.ts'
import { type Answer, type ApiUnderTest, startApiToHarm } from './api-under-test.ts'
import { EVERY_ROUTE } from './every-route.ts'

/** While a store is away, every request that needs it is answered with a 503, and no change is made in part. */

let api: Awaited<ReturnType<typeof startApiToHarm>>
beforeAll(async () => {
  // No process listens on this port, so Cloud Storage is away in all of these tests.
  process.env['STORAGE_EMULATOR_HOST'] = 'http://127.0.0.1:9'
  api = await startApiToHarm()
  await api.post('/api/sessions', { name: 'main' })
})
afterAll(() => api[Symbol.asyncDispose]())

/** A clock that runs faster, because a request waits ten seconds for a store. */
const hasty: Clock = { ...systemClock, after: (delayMs, callback, name) => systemClock.after(delayMs / 20, callback, name) }

function ask(route: string, changes: Parameters<ApiUnderTest['with']>[0] = {}): Promise<Answer> {
  const { path, body, headers } = EVERY_ROUTE[route] ?? { path: '' }
  const { send } = api.with({ clock: hasty, ...changes })
  return send(route.split(' ')[0] ?? '', path, body, headers)
}

/** Makes Firestore hang. A signal takes a moment, and a request in that moment would still be answered. */
async function hang(): Promise<void> {
  api.firestore.signal('SIGSTOP')
  const isAnswering = () =>
    fetch(`http://${api.firestore.address}/`, { signal: AbortSignal.timeout(200) }).then(
      () => true,
      () => false,
    )
  while (await isAnswering());
}

const expectUnavailable = (route: string, { status, headers, body }: Answer): void =>
  expect([route, status, body.code, headers.get('retry-after'), headers.get('content-type')]).toEqual([
    route,
    503,
    'unavailable',
    '5',
    'application/problem+json',
  ])

const list = (collection: string) => api.documents.query({ collection })

/** Expects that each session has its key, each key its session, and each job a content that can be opened. */
async function expectWhole(): Promise<void> {
  // A late commit may take effect between two reads, so this polls. A change that was made in part would stay.
  const idsOf = async (collection: string) => (await list(collection)).map(({ id }) => id)
  const isPaired = async () => isDeepStrictEqual(await idsOf('whatsapp_connection_states'), await idsOf('session_keys'))
  await expect.poll(isPaired).toBe(true)
  const sessions = await list('whatsapp_connection_states')
  const keys = await list('session_keys')
  for (const { fields } of sessions) sessionDocumentSchema.parse(fields)
  for (const { fields } of keys) sessionKeyDocumentSchema.parse(fields)
  for (const { id, fields } of await list('message_queue_jobs')) {
    const { content, messageId } = jobDocumentSchema.strict().parse(fields)
    const opened = (await api.cipher('main')).openContent(content, `${jobPath(id)}/content`)
    expect(JSON.parse(opened.toString())).toEqual({ text: 'Hello' })
    expect(messageId).toMatch(/^3EB0/)
  }
}

// GET /metrics answers without Firestore, like GET /health: the figures say that it is away. The others need no store.
const WITHOUT_FIRESTORE = [
  'GET /metrics',
  'GET /ping',
  'GET /api/version',
  'GET /api/server/version',
  'GET /api/server/status',
  'POST /api/server/stop',
  'GET /api/screenshot',
]
const routes = Object.keys(EVERY_ROUTE).filter((route) => !WITHOUT_FIRESTORE.includes(route))

describe('while Firestore hangs', () => {
  it('every route answers 503 and begins nothing', async () => {
    // Commits are held back here, because Firestore may still apply them after it continues. The next tests are about that.
    const documents = api.committing(() => Promise.withResolvers<void>().promise)
    await hang()
    try {
      const answers = await Promise.all(routes.map(async (route) => ({ route, answer: await ask(route, { documents }) })))
      for (const { route, answer } of answers) expectUnavailable(route, answer)
    } finally {
      api.firestore.signal('SIGCONT')
    }
    await expectWhole()
  })

  it.each([
    'POST /api/sessions',
    'POST /api/sendText',
    ...['stop', 'start', 'restart', 'logout'].map((verb) => `POST /api/sessions/:name/${verb}`),
  ])('%s answers 503 to a commit, and a repeated request takes effect once', async (route) => {
    const documents = api.committing(async (changes, commit) => {
      await hang()
      return commit(changes)
    })
    try {
      expectUnavailable(route, await ask(route, { documents }))
    } finally {
      api.firestore.signal('SIGCONT')
    }
    // Only Firestore knows whether it applied the commit, but it never applies a part of it.
    await expectWhole()
    const again = await ask(route, { clock: systemClock })
    // The session exists already if Firestore applied the first commit.
    expect(route === 'POST /api/sessions' ? [201, 422] : [200, 201, 202]).toContain(again.status)
    await expectWhole()
  })

  it('all repeated requests took effect once', async () => {
    const { headers } = EVERY_ROUTE['POST /api/sendText'] ?? {}
    const ids = (await list('message_queue_jobs')).map(({ id }) => id)
    expect(ids).toEqual([jobIdOf('default', headers?.['Idempotency-Key'] ?? '')])
    expect((await list('whatsapp_connection_states')).map(({ id }) => id)).toEqual(['default.another', 'default.main'])
    const actions = (await list('recovery_actions')).map(({ id }) => id)
    expect(actions).toEqual(['default.main-logout-000001', 'default.main-restart-000001'])
  })
})

describe('while Cloud Storage is away', () => {
  it('the routes that need it answer 503, and the others work', async () => {
    const needing = [
      'GET /api/sessions/:name/info',
      'GET /api/session-info',
      'GET /api/sessions/:name/backups',
      'POST /api/sessions/:name/backups/:id/verify',
      'DELETE /api/sessions/:name/backups/:id',
      'POST /api/cleanup-backups',
      'POST /api/backups/restore',
    ]
    const removing = 'DELETE /api/sessions/:name'
    for (const route of [...routes.filter((each) => each !== removing), removing]) {
      const answer = await ask(route, { clock: systemClock, ...(needing.includes(route) ? { clock: hasty } : {}) })
      if (needing.includes(route)) expectUnavailable(route, answer)
      else expect([route, answer.status < 500]).toEqual([route, true])
    }
  })
})

describe('while the store of files is away', () => {
  it('a file that cannot be stored or opened is answered 503', async () => {
    await api.post('/api/sessions', { name: 'stored' })
    const media = new MemoryObjects()
    const away = () => Promise.reject(new Error('Away (made by the test).'))
    const { post, get } = api.with({ media })
    const file = { mimetype: 'image/png', data: Buffer.from('a picture').toString('base64') }
    const picture = { session: 'stored', chatId: '5511999990000@c.us', file }
    media.createFrom = away
    expectUnavailable('POST /api/sendImage', await post('/api/sendImage', picture))
    expect((await list('message_queue_jobs')).filter(({ fields }) => fields['sessionId'] === 'default.stored')).toEqual([])
    const id = 'a'.repeat(40)
    const stored = { v: 1, state: 'stored', object: mediaObjectOf('default.stored', id), mimetype: 'image/png' }
    await api.documents.commit([{ kind: 'create', path: `${receivedMediaPath('default.stored')}/${id}`, fields: stored }])
    media.sizeOf = away
    expectUnavailable('GET /api/files/:name/:file', await get(`/api/files/stored/${id}`))
  })
})

// The last test, because it stops Firestore for good.
describe('when Firestore is gone', () => {
  it('every route answers 503', async () => {
    await api.firestore.kill()
    const answers = await Promise.all(routes.map(async (route) => ({ route, answer: await ask(route) })))
    for (const { route, answer } of answers) expectUnavailable(route, answer)
  })
})
