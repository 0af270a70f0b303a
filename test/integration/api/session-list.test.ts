import { sessionPath } from '@holdfast/core/session/session-document'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { reportedSession, runnerChange, sessionChange } from '../../support/fleet-documents.ts'
import { type ApiUnderTest, startApi } from './api-under-test.ts'

/** The list of sessions, whole and page by page. */

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi()
  const online = (name: string, fields = {}) => sessionChange(`default.${name}`, { runnerId: 'runner-1', ...fields })
  const me = { id: '5511987650000:3@s.whatsapp.net', lid: null, pushName: 'Café Élan' }
  await api.documents.commit([
    online('b', { me }),
    online('a'),
    online('c', { state: 'LOGGED_OUT', reason: 'logged-out', userAction: 'Scan it.', runnerId: null }),
    online('d', { state: 'PAIRING', reason: 'scan-qr', userAction: 'Scan it.' }),
    online('e', { runnerId: 'gone' }),
    online('f', { wanted: 'offline', state: 'STOPPED', reason: 'requested', runnerId: null }),
    online('g', { isRemoved: true, state: 'LOGGED_OUT' }),
    online('h', { state: 'BACKOFF', reason: 'proxy-refused', userAction: 'Check the proxy.' }),
    online('i', { state: 'NEEDS_ATTENTION', reason: 'journal-gap', userAction: 'Restore.', runnerId: null, counters: 'torn' }),
    sessionChange('other.x', { state: 'LOGGED_OUT', reason: 'logged-out' }),
  ])
  const states = { a: 'CONNECTED', b: 'CONNECTED', d: 'PAIRING', h: 'BACKOFF' }
  const reported = Object.entries(states).map(([name, state]) => [`default.${name}`, reportedSession({ state })])
  await api.documents.commit([runnerChange('runner-1', Object.fromEntries(reported), { deadAfterMs: 600_000 })])
})
afterAll(() => api[Symbol.asyncDispose]())

const page = async (query: string, calls: Pick<ApiUnderTest, 'get'> = api) => {
  const { status, body } = await calls.get(`/api/sessions?${query}`)
  expect(status).toBe(200)
  return { names: body.sessions.map(({ name }: { name: string }) => name) as string[], ...body }
}

async function pages(query: string, limit: number, calls: Pick<ApiUnderTest, 'get'> = api) {
  const names: string[][] = []
  for (let cursor = ''; ;) {
    const found = await page(`${query}&limit=${limit}${cursor}`, calls)
    names.push(found.names)
    if (found.cursor === null) return names
    cursor = `&cursor=${found.cursor}`
  }
}

describe('the list of sessions', () => {
  it('has all of them for callers who know of no pages', async () => {
    const names = async (query: string) => (await api.get(`/api/sessions${query}`)).body.map(({ name }: { name: string }) => name)
    expect(await names('')).toEqual(['a', 'b', 'c', 'd', 'e', 'h', 'i'])
    expect(await names('?all=true')).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'h', 'i'])
  })

  it('has pages that meet between any two sessions, each as the whole list shows it', async () => {
    const whole: { name: string }[] = (await api.get('/api/sessions?all=true')).body
    for (const limit of [1, 3, 8, 9]) {
      const found = await pages('all=true', limit)
      expect(found.flat()).toEqual(whole.map(({ name }) => name))
      expect(found.slice(0, -1).every(({ length }) => length === limit)).toBe(true)
    }
    expect((await page('all=true&limit=100')).sessions).toEqual(whole)
    expect((await page('limit=100')).names).not.toContain('f')
  })

  it.each([
    ['status=WORKING', ['a', 'b']],
    // Of a session whose runner is gone nobody knows that it is connected.
    ['status=STARTING', ['e', 'h']],
    ['status=STOPPED', ['f']],
    ['status=SCAN_QR_CODE', ['d']],
    ['status=FAILED', ['c', 'i']],
    ['needsPerson=true', ['c', 'd', 'h', 'i']],
    ['needsPerson=true&status=FAILED', ['c', 'i']],
    ['needsPerson=true&status=WORKING', []],
    ['search=B', ['b']],
    ['search=98765', ['b']],
    ['search=%20caf%C3%A9%20%C3%A9', ['b']],
    ['search=b&status=FAILED', []],
    ['search=nobody', []],
  ])('is narrowed by %s', async (query, names) => {
    expect((await pages(query, 1)).flat()).toEqual(names)
    expect(await page(query)).toMatchObject({ names, cursor: null })
  })

  it('shows what it finds as whole as a session by itself', async () => {
    const [found] = (await page('search=98765')).sessions
    expect(found).toEqual((await api.get('/api/sessions/b')).body)
    expect(found).toMatchObject({ me: { pushName: 'Café Élan' }, counters: { sent: 0, received: 0 } })
  })

  it('names in a page and its cursor only what the caller may know of', async () => {
    const limited = api.as({ role: 'read', sessions: ['c', 'i', 'b'] })
    expect(await pages('all=true', 2, limited)).toEqual([['b', 'c'], ['i']])
    expect(await pages('needsPerson=true', 1, limited)).toEqual([['c'], ['i']])
    expect(await pages('status=FAILED', 5, api.as({ tenant: 'other' }))).toEqual([['x']])
  })

  it('leaves out a session that is removed while its page is made', async () => {
    const path = sessionPath('default.c')
    const real = api.committing((changes, commit) => commit(changes))
    const read: typeof real.read = (asked) => (asked === path ? Promise.resolve(null) : real.read(asked))
    expect(await page('status=FAILED', api.with({ documents: { ...real, read } }))).toMatchObject({ names: ['i'] })
  })

  it.each(['limit=0', 'limit=1001', 'cursor=a/b', 'status=nothing', `search=${'x'.repeat(101)}`])('refuses %s', async (query) => {
    expect((await api.get(`/api/sessions?${query}`)).status).toBe(400)
  })

  it('is in GraphQL, whole and page by page', async () => {
    const query = '{ sessions(all: true) { name } sessionPage(status: "FAILED", limit: 1) { cursor sessions { name status } } }'
    const { body } = await api.post('/api/graphql', { query })
    expect(body.data.sessions).toHaveLength(8)
    expect(body.data.sessionPage).toEqual({ cursor: 'c', sessions: [{ name: 'c', status: 'FAILED' }] })
  })
})
