import { isDeepStrictEqual } from 'node:util'
import { jobDocumentSchema, jobPath } from '@holdfast/core/message/job-document'
import { sessionDocumentSchema } from '@holdfast/core/session/session-document'
import { sessionKeyDocumentSchema } from '@holdfast/core/security/session-key-document'
import { jobIdOf } from '@holdfast/core/session/ids'
import type { Clock } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, type ApiUnderTest, startApiToHarm } from './api-under-test.ts'
import { EVERY_ROUTE } from './every-route.ts'

/** While a store is away: every request that needs it is asked to come again, and nothing is ever half-done. */

let api: Awaited<ReturnType<typeof startApiToHarm>>
beforeAll(async () => {
  // Nobody listens there: Cloud Storage is away in all of these tests.
  process.env['STORAGE_EMULATOR_HOST'] = 'http://127.0.0.1:9'
  api = await startApiToHarm()
  await api.post('/api/sessions', { name: 'main' })
})
afterAll(() => api[Symbol.asyncDispose]())

/** A request waits ten seconds for a store; here time runs faster. */
const hasty: Clock = { ...systemClock, after: (delayMs, callback, name) => systemClock.after(delayMs / 20, callback, name) }

function ask(route: string, changes: Parameters<ApiUnderTest['with']>[0] = {}): Promise<Answer> {
  const { path, body, headers } = EVERY_ROUTE[route] ?? { path: '' }
  const { get, post } = api.with({ clock: hasty, ...changes })
  return route.startsWith('GET') ? get(path, headers) : post(path, body, headers)
}

const expectComeAgain = (route: string, { status, headers, body }: Answer): void =>
  expect([route, status, body.code, headers.get('retry-after'), headers.get('content-type')]).toEqual([
    route,
    503,
    'unavailable',
    '5',
    'application/problem+json',
  ])

const list = (collection: string) => api.documents.query({ collection })

/** Each session has its key and each key its session; each job has its content, and opens. */
async function expectWhole(): Promise<void> {
  // A commit that was under way may take effect between two questions; what it did by halves would stay so.
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

const routes = Object.keys(EVERY_ROUTE)

describe('Firestore hangs', () => {
  it('every route asks to come again, and nothing was begun', async () => {
    // What is sent to it now may take effect when it goes on, at whatever moment: that is what the tests after this one are about.
    const documents = api.committing(() => Promise.withResolvers<void>().promise)
    api.firestore.signal('SIGSTOP')
    try {
      const answers = await Promise.all(routes.map(async (route) => ({ route, answer: await ask(route, { documents }) })))
      for (const { route, answer } of answers) expectComeAgain(route, answer)
    } finally {
      api.firestore.signal('SIGCONT')
    }
    await expectWhole()
  })

  it.each([
    'POST /api/sessions',
    'POST /api/sendText',
    ...['stop', 'start', 'restart', 'logout'].map((verb) => `POST /api/sessions/:name/${verb}`),
  ])('at the moment at which %s commits: it asks to come again, and to come again does it once', async (route) => {
    const documents = api.committing((changes, commit) => {
      api.firestore.signal('SIGSTOP')
      return commit(changes)
    })
    try {
      expectComeAgain(route, await ask(route, { documents }))
    } finally {
      api.firestore.signal('SIGCONT')
    }
    // Whether the commit took effect is for Firestore to know; done by halves it is not.
    await expectWhole()
    const again = await ask(route, { clock: systemClock })
    // A session that was created after all is there already.
    expect(route === 'POST /api/sessions' ? [201, 409] : [200, 202]).toContain(again.status)
    await expectWhole()
  })

  it('and what was asked for twice was done once', async () => {
    const { headers } = EVERY_ROUTE['POST /api/sendText'] ?? {}
    const ids = (await list('message_queue_jobs')).map(({ id }) => id)
    expect(ids).toEqual([jobIdOf('default', headers?.['Idempotency-Key'] ?? '')])
    expect((await list('whatsapp_connection_states')).map(({ id }) => id)).toEqual(['default.another', 'default.main'])
    const actions = (await list('recovery_actions')).map(({ id }) => id)
    expect(actions).toEqual(['default.main-logout-000001', 'default.main-restart-000001'])
  })
})

describe('Cloud Storage is away', () => {
  it('those who need it ask to come again, the others answer', async () => {
    const needing = ['GET /api/sessions/:name/info', 'GET /api/session-info']
    for (const route of routes) {
      const answer = await ask(route, { clock: systemClock, ...(needing.includes(route) ? { clock: hasty } : {}) })
      if (needing.includes(route)) expectComeAgain(route, answer)
      else expect([route, answer.status < 500]).toEqual([route, true])
    }
  })
})

// Last, since nothing works after it.
describe('Firestore is gone', () => {
  it('every route asks to come again', async () => {
    await api.firestore.kill()
    const answers = await Promise.all(routes.map(async (route) => ({ route, answer: await ask(route) })))
    for (const { route, answer } of answers) expectComeAgain(route, answer)
  })
})
