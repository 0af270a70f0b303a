import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { randomBytes } from 'node:crypto'
import type { WrappingKey } from '@holdfast/core/security/envelope'
import { HoldfastError } from '@holdfast/core/platform/errors'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHandler } from '../../../functions/src/app/handler.ts'
import { hostFunctions } from '../../../sandbox/google/functions/host.ts'
import { API_KEY, type ApiUnderTest, startApi } from './api-under-test.ts'

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api[Symbol.asyncDispose]())

describe('the API key', () => {
  it('is required by every route below /api', async () => {
    for (const key of ['', 'wrong', `${API_KEY} `.slice(1), `${API_KEY}x`]) {
      for (const path of [
        '/api/sessions',
        '/api/sessions/x',
        '/api/messages/x',
        '/api/x/messages',
        '/api/x/auth/qr',
        '/api/nothing',
      ]) {
        const { status, body, headers } = await api.get(path, { 'X-Api-Key': key })
        expect([status, body.code, headers.get('content-type')], path).toEqual([401, 'unauthorized', 'application/problem+json'])
      }
      for (const path of ['/api/sessions', '/api/sessions/x/start', '/api/sendText']) {
        expect((await api.post(path, { name: 'intruder' }, { 'X-Api-Key': key })).status, path).toBe(401)
      }
    }
    expect((await api.get('/api/sessions')).body).toEqual([])
  })

  it('is not required by /health', async () => {
    expect((await api.get('/health', { 'X-Api-Key': '' })).status).toBe(200)
  })
})

describe('an error', () => {
  it('has the status 404 for a route that does not exist', async () => {
    for (const path of ['/', '/nothing', '/api/nothing', '/api']) expect((await api.get(path)).body.code, path).toBe('not-found')
  })

  it('shows nothing of an unexpected cause', async () => {
    const wrap = () => {
      throw new TypeError('secret')
    }
    const broken = api.with({ wrappingKey: { id: 'broken', wrap } as unknown as WrappingKey })
    const { status, body } = await broken.post('/api/sessions', { name: 'broken' })
    expect([status, body.code]).toEqual([500, 'internal-error'])
    expect(JSON.stringify(body)).not.toContain('secret')
  })
})

describe('a function that is not configured', () => {
  it('reads the configuration once and answers 500 without the problems of the configuration', async () => {
    let reads = 0
    const handler = createHandler(() => {
      reads++
      throw new HoldfastError('bad-configuration', 'API_KEY: is required')
    })
    for (const path of ['/health', '/api/sessions']) {
      const response = await handler(new Request(`http://host${path}`))
      expect(response.status).toBe(500)
      expect(response.headers.get('content-type')).toBe('application/problem+json')
      expect(await response.text()).not.toContain('API_KEY')
    }
    expect(reads).toBe(1)
  })
})

describe('the deployed API', () => {
  it('is the function `api` and accepts a body that Google has read already', async () => {
    Object.assign(process.env, {
      GOOGLE_CLOUD_PROJECT: api.firestore.projectId,
      STORAGE_BUCKET: 'unused',
      SESSION_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
      API_KEY,
      LOG_LEVEL: 'fatal',
    })
    const { app, mounted } = hostFunctions(await import('../../../functions/src/index.ts'))
    expect(mounted.at(-1)).toBe('api')
    await using server = createServer(app)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const headers = { 'X-Api-Key': API_KEY, 'Content-Type': 'application/json', Connection: 'close' }
    const created = await fetch(`${url}/api/sessions`, { method: 'POST', headers, body: JSON.stringify({ name: 'over-http' }) })
    expect(created.status).toBe(201)
    expect(await created.json()).toMatchObject({ name: 'over-http' })
    const started = await fetch(`${url}/api/sessions/over-http/start`, { method: 'POST', headers })
    expect(await started.json()).toMatchObject({ wanted: 'online' })
    expect((await fetch(`${url}/api/sessions`, { headers: { Connection: 'close' } })).status).toBe(401)
  })
})
