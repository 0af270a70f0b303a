import { poolPath } from '@holdfast/core/operations/pool-document'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Principal } from '../../../functions/src/app/principal.ts'
import { type ApiUnderTest, startApi } from './api-under-test.ts'

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi()
  for (const name of ['main', 'backup', 'Zeta']) await api.post('/api/sessions', { name })
})
afterAll(() => api[Symbol.asyncDispose]())

const put = (name: string, sessions: unknown, calls: Pick<ApiUnderTest, 'send'> = api) =>
  calls.send('PUT', `/api/pools/${name}`, { sessions })
const remove = (name: string) => api.send('DELETE', `/api/pools/${name}`)

const callerOf = (principal: Partial<Principal>) =>
  api.with({
    authenticatorOn: () => async () => ({
      key: 'test',
      tenant: 'default',
      role: 'admin',
      sessions: 'all',
      requestsPerMinute: null,
      ...principal,
    }),
  })

describe('a pool', () => {
  it('keeps its sessions in the given order, and may be changed and removed', async () => {
    for (const sessions of [['main', 'backup'], ['backup']]) {
      expect(await put('sales', sessions)).toMatchObject({ status: 200, body: { name: 'sales', sessions } })
      expect(await api.get('/api/pools/sales')).toMatchObject({ status: 200, body: { name: 'sales', sessions } })
    }
    expect(await remove('sales')).toMatchObject({ status: 200, body: { name: 'sales', sessions: ['backup'] } })
    for (const answer of [await api.get('/api/pools/sales'), await remove('sales')]) {
      expect(answer).toMatchObject({ status: 404, body: { code: 'unknown-pool' } })
    }
  })

  it.each([
    [[], 'must name a session'],
    [['main', 'main'], 'must name each session once'],
    ['main', 'must be a list of names of sessions'],
    [['../x'], 'must be the name of a session'],
  ])('of %j is refused', async (sessions, message) => {
    const { status, body } = await put('wrong', sessions)
    expect([status, body.issues[0].message]).toEqual([400, message])
  })

  it('with a session that does not exist, or a name that cannot be, is refused', async () => {
    expect(await put('wrong', ['main', 'nobody'])).toMatchObject({ status: 404, body: { code: 'unknown-session' } })
    expect(await put('wr.ong', ['main'])).toMatchObject({ status: 404, body: { code: 'unknown-pool' } })
    for (const name of ['wrong', 'wr.ong']) expect((await api.get(`/api/pools/${name}`)).body.code, name).toBe('unknown-pool')
  })

  it('that is damaged hides no other, and can be set again', async () => {
    await put('whole', ['main'])
    await put('damaged', ['main'])
    await api.documents.commit([{ kind: 'update', path: poolPath('default', 'damaged'), fields: { sessions: 'main' } }])
    const names = async () => (await api.get('/api/pools')).body.map(({ name }: { name: string }) => name)
    expect(await names()).toEqual(['default', 'whole'])
    await put('damaged', ['backup'])
    expect(await names()).toEqual(['damaged', 'default', 'whole'])
    for (const name of ['whole', 'damaged']) await remove(name)
  })
})

describe('the pool `default`', () => {
  const all = { name: 'default', sessions: ['Zeta', 'backup', 'main'] }

  it('is all sessions by name', async () => {
    expect((await api.get('/api/pools/default')).body).toEqual(all)
    expect((await api.get('/api/pools')).body).toEqual([all])
  })

  it('cannot be changed or removed', async () => {
    for (const answer of [await put('default', ['main']), await remove('default')]) {
      expect(answer).toMatchObject({ status: 409, body: { code: 'default-pool' } })
    }
  })
})

describe('a pool of another tenant', () => {
  it('does not exist for the caller', async () => {
    await put('sales', ['main'])
    const other = callerOf({ tenant: 'other' })
    expect((await other.get('/api/pools')).body).toEqual([{ name: 'default', sessions: [] }])
    for (const answer of [await other.get('/api/pools/sales'), await other.send('DELETE', '/api/pools/sales')]) {
      expect(answer).toMatchObject({ status: 404, body: { code: 'unknown-pool' } })
    }
    expect((await put('sales', ['main'], other)).body.code).toBe('unknown-session')
    await other.post('/api/sessions', { name: 'main' })
    await put('sales', ['main'], other)
    await other.send('DELETE', '/api/pools/sales')
    expect((await api.get('/api/pools/sales')).body).toEqual({ name: 'sales', sessions: ['main'] })
    await remove('sales')
  })
})

describe('a key for some sessions', () => {
  it('knows the pools of these sessions only', async () => {
    await put('ours', ['main'])
    await put('mixed', ['main', 'backup'])
    const limited = callerOf({ sessions: ['main'] })
    expect((await limited.get('/api/pools')).body).toEqual([{ name: 'ours', sessions: ['main'] }])
    for (const name of ['mixed', 'default']) {
      expect(await limited.get(`/api/pools/${name}`)).toMatchObject({ status: 404, body: { code: 'unknown-pool' } })
    }
    expect(await put('mixed', ['main'], limited)).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    expect(await put('own', ['backup'], limited)).toMatchObject({ status: 404, body: { code: 'unknown-session' } })
    expect((await api.get('/api/pools/mixed')).body.sessions).toEqual(['main', 'backup'])
  })

  it.each(['send', 'read'] as const)('of the role `%s` may not change pools', async (role) => {
    expect((await put('sales', ['main'], callerOf({ role }))).status).toBe(403)
  })
})
