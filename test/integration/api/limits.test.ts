import { randomBytes } from 'node:crypto'
import { JOBS, jobPath } from '@holdfast/core/message/job-document'
import { tenantPath } from '@holdfast/core/operations/tenant-document'
import { usagePath } from '@holdfast/core/operations/usage-document'
import { HoldfastError } from '@holdfast/core/platform/errors'
import { createLogger } from '@holdfast/core/platform/logging'
import type { Change, Clock } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { sessionPath } from '@holdfast/core/session/session-document'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Portions, type SharedLimit } from '../../../functions/src/use-cases/portions.ts'
import { type ApiUnderTest, startApi } from './api-under-test.ts'

/** Limits that hold across instances of the API: requests of a key, messages of a day, numbers of sessions and keys. */

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api[Symbol.asyncDispose]())

const logger = createLogger('test', 'silent')

/** An instance with a count of its writes. */
function newInstance(fault: (changes: readonly Change[]) => 'lose-answer' | 'refuse' | null = () => null) {
  let writes = 0
  const documents = api.committing(async (changes, commit) => {
    const chosen = fault(changes)
    if (chosen === 'refuse') throw new HoldfastError('unavailable', 'The test refused.')
    await commit(changes)
    writes++
    if (chosen === 'lose-answer') throw new HoldfastError('unavailable', 'The test lost the answer.')
  })
  return { portions: new Portions({ documents, logger }), writes: () => writes }
}

const limitOf = (limit: number, more: Partial<SharedLimit> = {}): SharedLimit => ({
  scope: `test-${randomBytes(6).toString('hex')}`,
  window: 1000,
  limit,
  largestPortion: 10,
  ...more,
})

const taken = async (instances: readonly { portions: Portions }[], shared: SharedLimit, times: number): Promise<number> => {
  const answers = await Promise.all(
    Array.from({ length: times }, (_, n) => instances[n % instances.length]!.portions.take(shared)),
  )
  return answers.filter(Boolean).length
}

describe('a limit that instances share', () => {
  it('is handed out once, by however many instances, with few writes', async () => {
    const instances = [newInstance(), newInstance(), newInstance()]
    const shared = limitOf(100)
    expect(await taken(instances, shared, 300)).toBe(100)
    expect(await taken(instances, shared, 30)).toBe(0)
    expect(instances.reduce((sum, { writes }) => sum + writes(), 0)).toBeLessThanOrEqual(30)
    const stored = await api.documents.read(usagePath(shared.scope))
    expect(stored?.fields).toEqual({ v: 1, window: 1000, reserved: 100 })
  })

  it('costs one write a portion, and portions grow', async () => {
    const instance = newInstance()
    const shared = limitOf(1000)
    expect(await taken([instance], shared, 55)).toBe(55)
    // 1 + 2 + 4 + 8 + 10 + 10 + 10 + 10
    expect(instance.writes()).toBe(8)
  })

  it('begins anew with each window', async () => {
    const instances = [newInstance(), newInstance()]
    const shared = limitOf(10)
    expect(await taken(instances, shared, 20)).toBe(10)
    expect(await taken(instances, { ...shared, window: 1001 }, 20)).toBe(10)
  })

  it('is never handed out anew to an instance whose clock is behind, nor blocked by one far ahead', async () => {
    const [ahead, behind] = [newInstance(), newInstance()]
    const shared = limitOf(10)
    expect(await taken([ahead], { ...shared, window: 1001 }, 8)).toBe(8)
    expect(await taken([behind], shared, 20)).toBeLessThanOrEqual(2)
    const wrong = limitOf(10)
    await taken([ahead], { ...wrong, window: 99_999 }, 20)
    expect(await taken([behind], wrong, 20)).toBe(10)
  })

  it('is taken whole for several, or not at all, and is given back', async () => {
    const { portions } = newInstance()
    const shared = limitOf(20)
    expect(await portions.take(shared, 15)).toBe(true)
    expect(await portions.take(shared, 6)).toBe(false)
    expect(await portions.take(shared, 5)).toBe(true)
    expect(await portions.take(shared)).toBe(false)
    portions.giveBack(shared, 2)
    expect([await portions.take(shared, 2), await portions.take(shared)]).toEqual([true, false])
  })

  it('that was raised gives more at once', async () => {
    const { portions } = newInstance()
    const shared = limitOf(1)
    expect([await portions.take(shared), await portions.take(shared)]).toEqual([true, false])
    expect(await portions.take({ ...shared, limit: 2 })).toBe(true)
  })

  it('is never exceeded when an answer is lost: the portion is', async () => {
    let losses = 3
    const instance = newInstance(() => (losses-- > 0 ? 'lose-answer' : null))
    const shared = limitOf(20)
    const got = await taken([instance, newInstance()], shared, 60)
    expect(got).toBeLessThanOrEqual(20)
    expect(got).toBeGreaterThanOrEqual(10)
  })

  it('is unavailable, not open, when Firestore refuses', async () => {
    const { portions } = newInstance(() => 'refuse')
    await expect(portions.take(limitOf(5))).rejects.toMatchObject({ code: 'unavailable' })
  })

  it('survives a damaged counter', async () => {
    const shared = limitOf(5)
    await api.documents.commit([{ kind: 'create', path: usagePath(shared.scope), fields: { v: 1, window: 'now' } }])
    expect(await taken([newInstance()], shared, 9)).toBe(5)
  })
})

/** A tenant with an admin key, and a clock for instances of the API. */
async function newTenant(quotas: Record<string, number>, more: Record<string, unknown> = {}) {
  const id = `t${randomBytes(6).toString('hex')}`
  expect((await api.post('/api/tenants', { id, name: id, config: { quotas, ...more } })).status).toBe(201)
  const { body } = await api.post('/api/keys', { name: 'admin', role: 'admin', tenant: id })
  return { id, key: { 'X-Api-Key': body.key as string } }
}

/** A clock that stands at a time until it is moved. */
function standing(at: string) {
  let now = Date.parse(at)
  const clock: Clock = { ...systemClock, now: () => now, monotonic: () => now }
  return { clock, moveTo: (time: string) => (now = Date.parse(time)) }
}

describe('requests of a key', () => {
  it('are limited across instances, and the answer says when to come again', async () => {
    const { key } = await newTenant({ requestsPerMinute: 20 })
    const { clock, moveTo } = standing('2031-05-01T10:00:20Z')
    const instances = [api.with({ clock }), api.with({ clock })]
    const ask = (n: number) => instances[n % 2]!.get('/api/sessions', key)
    const answers = await Promise.all(Array.from({ length: 40 }, (_, n) => ask(n)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(20)
    const refused = answers.find(({ status }) => status !== 200)
    expect([refused?.status, refused?.body.code, refused?.headers.get('retry-after')]).toEqual([429, 'rate-limited', '40'])
    moveTo('2031-05-01T10:01:00Z')
    expect((await ask(0)).status).toBe(200)
  })

  it("have the key's own limit where it is lower, and no limit for the operator", async () => {
    const { id } = await newTenant({ requestsPerMinute: 3 })
    const { clock } = standing('2031-05-01T10:00:00Z')
    const { get } = api.with({ clock })
    const passed = async (fields: Record<string, unknown>) => {
      const { body } = await api.post('/api/keys', { name: 'x', role: 'read', tenant: id, ...fields })
      const answers = []
      for (let n = 0; n < 6; n++) answers.push(await get('/api/sessions', { 'X-Api-Key': body.key }))
      return answers.filter(({ status }) => status === 200).length
    }
    expect([await passed({}), await passed({ requestsPerMinute: 2 }), await passed({ requestsPerMinute: 100 })]).toEqual([
      3, 2, 3,
    ])
    for (let n = 0; n < 6; n++) expect((await get('/api/sessions', { 'X-Tenant': id })).status).toBe(200)
    for (let n = 0; n < 6; n++) expect((await get('/health')).status).toBe(200)
  })
})

describe('the messages of a day', () => {
  const text = { session: 'main', chatId: '5511999990000@c.us', text: 'Hello' }

  it("are limited in the tenant's time zone, and a repeated request is neither counted nor refused", async () => {
    const { key } = await newTenant({ messagesPerDay: 2 }, { timeZone: 'America/Sao_Paulo' })
    await api.post('/api/sessions', { name: 'main' }, key)
    // 23:30 in São Paulo.
    const { clock, moveTo } = standing('2031-05-02T02:30:00Z')
    const { post } = api.with({ clock })
    const send = (idempotency: string) => post('/api/sendText', text, { ...key, 'Idempotency-Key': idempotency })
    expect((await send('one')).status).toBe(201)
    for (let n = 0; n < 4; n++) expect((await send('one')).status).toBe(201)
    expect((await send('two')).status).toBe(201)
    const { status, body, headers } = await send('three')
    expect([status, body.code, headers.get('retry-after')]).toEqual([429, 'daily-quota-exceeded', '1800'])
    expect((await send('two')).status).toBe(201)
    moveTo('2031-05-02T03:00:00Z')
    expect((await send('three')).status).toBe(201)
  })

  it.each([
    ['one message', '/api/sendText', text],
    ['many messages', '/api/sendBulk', { messages: [text] }],
  ])('count %s whose commit succeeded without an answer', async (_, path, body) => {
    const { key } = await newTenant({ messagesPerDay: 1 })
    await api.post('/api/sessions', { name: 'main' }, key)
    let isLost = true
    const documents = api.committing(async (changes, commit) => {
      await commit(changes)
      const isJob = changes.some((change) => change.kind === 'create' && change.path.startsWith(`${JOBS}/`))
      if (isJob && isLost) {
        isLost = false
        throw new HoldfastError('unavailable', 'The test lost the answer.')
      }
    })
    const { post } = api.with({ documents })
    expect((await post(path, body, key)).status).toBeLessThan(300)
    expect(isLost).toBe(false)
    expect((await post('/api/sendText', text, key)).body.code).toBe('daily-quota-exceeded')
  })

  it('are not counted where no quota is set', async () => {
    const { id, key } = await newTenant({})
    await api.post('/api/sessions', { name: 'main' }, key)
    const { body } = await api.post('/api/sendText', text, key)
    expect(await api.documents.read(jobPath(body.jobId))).not.toBeNull()
    expect(await api.documents.read(usagePath(`messages-${id}`))).toBeNull()
  })
})

describe('the number of', () => {
  it('sessions of a tenant is limited, also when many are created at once by several instances', async () => {
    const { id, key } = await newTenant({ sessions: 3 })
    const names = ['a', 'b', 'c', 'd', 'e', 'f']
    const allHaveCounted = Promise.withResolvers<void>()
    let counts = 0
    const real = api.committing((changes, commit) => commit(changes))
    const documents: typeof real = {
      ...real,
      async count(query) {
        const found = await real.count(query)
        if (++counts === names.length) allHaveCounted.resolve()
        // Each request has counted before any of them creates a session.
        await allHaveCounted.promise
        return found
      },
    }
    const instances = [api.with({ documents }), api.with({ documents })]
    const answers = await Promise.all(names.map((name, n) => instances[n % 2]!.post('/api/sessions', { name }, key)))
    expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([201, 201, 201, 403, 403, 403])
    expect(answers.find(({ status }) => status === 403)?.body).toMatchObject({
      code: 'quota-exceeded',
      detail: 'This tenant may have 3 sessions. Its operator can allow more.',
    })
    const made = names.filter((_, n) => answers[n]?.status === 201)
    expect((await api.get('/api/sessions', key)).body).toHaveLength(3)
    expect(await api.post('/api/sessions', { name: made[0] }, key)).toMatchObject({
      status: 422,
      body: { code: 'session-exists' },
    })
    const refusedName = names.find((_, n) => answers[n]?.status === 403) ?? ''
    for (const path of [sessionPath(`${id}.${refusedName}`), `session_keys/${id}.${refusedName}`]) {
      expect(await api.documents.read(path)).toBeNull()
    }
  })

  it('keys of a tenant is limited, and a revoked one makes room', async () => {
    const { key } = await newTenant({ keys: 2 })
    const create = () => api.post('/api/keys', { name: 'x', role: 'read' }, key)
    const { body: second } = await create()
    expect(await create()).toMatchObject({ status: 403, body: { code: 'quota-exceeded' } })
    await api.call(`/api/keys/${second.id}`, { method: 'DELETE', headers: key })
    expect((await create()).status).toBe(201)
  })
})

describe('a tenant that is being deleted', () => {
  const deleting = { status: 409, body: { code: 'tenant-deleting' } }

  it('takes no new session, key, start or message, not even from the operator', async () => {
    const { id, key } = await newTenant({})
    await api.post('/api/sessions', { name: 'main' }, key)
    await api.call(`/api/tenants/${id}?confirm=${id}`, { method: 'DELETE' })
    const operator = { 'X-Tenant': id }
    const { post } = api.with({})
    expect(await post('/api/sessions', { name: 'new' }, operator)).toMatchObject(deleting)
    expect(await post('/api/sessions/main/start', undefined, operator)).toMatchObject(deleting)
    expect(await post('/api/keys', { name: 'x', role: 'read', tenant: id })).toMatchObject(deleting)
    const text = { session: 'main', chatId: '5511999990000@c.us', text: 'Hello' }
    expect(await post('/api/sendText', text, operator)).toMatchObject(deleting)
    expect((await api.documents.read(sessionPath(`${id}.main`)))?.fields['wanted']).toBe('offline')
    expect((await post('/api/sessions/main/stop', undefined, operator)).status).toBe(201)
  })

  it('gets no session or key from a request that began before', async () => {
    const { id, key } = await newTenant({})
    const documents = api.committing(async (changes, commit) => {
      // The deletion comes between the read of the tenant and the commit.
      const fields = { state: 'deleting', deletingSince: new Date() }
      await api.documents.commit([{ kind: 'update', path: tenantPath(id), fields }])
      await commit(changes)
    })
    expect(await api.with({ documents }).post('/api/sessions', { name: 'late' }, key)).toMatchObject(deleting)
    expect(await api.documents.read(sessionPath(`${id}.late`))).toBeNull()
  })

  it('gets its session stopped again that a request started at the same time', async () => {
    const { id, key } = await newTenant({})
    await api.post('/api/sessions', { name: 'main', start: false }, key)
    const documents = api.committing(async (changes, commit) => {
      await commit(changes)
      const isStart = changes.some((change) => 'fields' in change && change.fields['wanted'] === 'online')
      if (!isStart) return
      const fields = { state: 'deleting', deletingSince: new Date() }
      await api.documents.commit([{ kind: 'update', path: tenantPath(id), fields }])
    })
    expect(await api.with({ documents }).post('/api/sessions/main/start', undefined, key)).toMatchObject(deleting)
    expect((await api.documents.read(sessionPath(`${id}.main`)))?.fields['wanted']).toBe('offline')
  })
})
