import { RECOVERY_ACTIONS, recoveryActionPath } from '@holdfast/core/operations/recovery-action-document'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AppDependencies } from '../../../functions/src/app/app.ts'
import type { Answer } from './api-under-test.ts'
import { startStoredApi, type StoredApi } from './stored-api.ts'

let stored: StoredApi
let api: StoredApi['api']
let clients: StoredApi['clients']
let calls: StoredApi['calls']

beforeAll(async () => {
  stored = await startStoredApi()
  ;({ api, clients, calls } = stored)
})

afterAll(() => stored[Symbol.asyncDispose]())

const newSession = async (name: string): Promise<void> => void (await calls.post('/api/sessions', { name }))

it('of two requests at once for a crash of two runners, one runner crashes', async () => {
  const connected = { state: 'CONNECTED', epoch: 1, lastProofOfLifeAt: null }
  const runners = ['runner-a', 'runner-b']
  for (const id of runners) await api.heartbeat(id, { [`default.of-${id}`]: connected })
  const asked = await Promise.all(runners.map((runner) => calls.post('/api/fleet/crash-drill', { runner })))
  expect(asked.map(({ status }) => status)).toEqual([202, 202])
  expect(new Set(asked.map(({ body }) => body.id)).size).toBe(1)
  expect((await calls.post('/api/fleet/crash-drill', { runner: 'nobody' })).body.id).toBe(asked[0]?.body.id)
  await api.documents.commit([
    { kind: 'update', path: recoveryActionPath(asked[0]?.body.id as string), fields: { state: 'done', finishedAt: new Date() } },
  ])
  expect(await calls.post('/api/fleet/crash-drill', { runner: 'nobody' })).toMatchObject({
    status: 409,
    body: { code: 'cannot-drill' },
  })
})

describe('a request for a recovery action', () => {
  it('writes one document however often it is repeated, and a new one after the action has ended', async () => {
    await newSession('twice')
    const answers = await Promise.all([1, 2, 3, 4].map(() => calls.post('/api/sessions/twice/restart')))
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201])
    expect(new Set(answers.map(({ body }) => body.action.id)).size).toBe(1)
    expect(answers[0]?.body.action).toMatchObject({
      session: 'twice',
      type: 'restart',
      state: 'pending',
      requestedBy: 'api',
      result: null,
    })
    const path = recoveryActionPath(answers[0]?.body.action.id as string)
    await api.documents.commit([{ kind: 'update', path, fields: { state: 'done' } }])
    const again = await calls.post('/api/sessions/twice/restart', { reason: 'once more' })
    expect(again.body.action).toMatchObject({ state: 'pending', why: 'once more' })
    expect(again.body.action.id).not.toBe(answers[0]?.body.action.id)
    const listed = await calls.get('/api/sessions/twice/actions')
    expect(listed.body.map(({ id }: { id: string }) => id)).toEqual([again.body.action.id, answers[0]?.body.action.id])
    expect((await calls.get(`/api/sessions/twice/actions/${again.body.action.id}`)).body).toMatchObject({
      id: again.body.action.id,
    })
  })

  it('has a number that none had before, although those are removed after a time', async () => {
    await newSession('numbered')
    const ask = async (): Promise<string> => (await calls.post('/api/sessions/numbered/restart')).body.action.id
    const end = (id: string, fields: object) =>
      api.documents.commit([{ kind: 'merge', path: recoveryActionPath(id), fields: { state: 'done', ...fields } }])
    const first = await ask()
    await end(first, {})
    const written = await api.documents.read(recoveryActionPath(first))
    await end('default.numbered-restart-000040', { ...written?.fields })
    // What an owner did by itself has the time of the loss in place of a number, and a session may be called like an action.
    for (const other of ['default.numbered-restart-1790000000000', 'default.numbered-restart-000050-restart-000060'])
      await end(other, { ...written?.fields, sessionId: 'default.other' })
    await api.documents.commit([{ kind: 'delete', path: recoveryActionPath(first) }])
    expect(await ask()).toBe('default.numbered-restart-000041')
  })

  it('is answered with the action of a faster request', async () => {
    await newSession('overtaken')
    let faster: Answer | undefined
    const overtake = async () => (faster ??= await calls.post('/api/sessions/overtaken/restart'))
    const documents: AppDependencies['documents'] = {
      ...api.committing((changes, real) => real(changes)),
      query: async (asked) => {
        if (asked.collection === RECOVERY_ACTIONS && asked.startAfter !== undefined) await overtake()
        return clients.documents.query(asked)
      },
    }
    const { body } = await api.with({ objects: clients.objects, documents }).post('/api/sessions/overtaken/restart')
    expect(body.action.id).toBe(faster?.body.action.id)
  })

  it('writes a new action when the open one is damaged, and both are listed', async () => {
    await newSession('torn')
    const { action: first } = (await calls.post('/api/sessions/torn/restart')).body
    const path = recoveryActionPath(first.id as string)
    await api.documents.commit([{ kind: 'update', path, fields: { why: 7, steps: 'none' } }])
    const { action: logout } = (await calls.post('/api/sessions/torn/logout')).body
    const damaged = {
      id: first.id,
      type: 'restart',
      state: 'damaged',
      result: { code: 'bad-document', sentence: expect.any(String) },
    }
    const listed = await calls.get('/api/sessions/torn/actions')
    expect(listed).toMatchObject({ status: 200, body: [{ id: logout.id, state: 'pending' }, damaged] })
    expect(await calls.get(`/api/sessions/torn/actions/${first.id}`)).toMatchObject({ status: 200, body: damaged })
    const second = await calls.post('/api/sessions/torn/restart')
    expect(second).toMatchObject({ status: 201, body: { action: { state: 'pending', type: 'restart' } } })
    expect(second.body.action.id).not.toBe(first.id)
    expect((await calls.post('/api/sessions/torn/restart')).body.action.id).toBe(second.body.action.id)
    // The start of a session that waits for an operator also writes a new action.
    await api.documents.commit([
      { kind: 'update', path: recoveryActionPath(second.body.action.id as string), fields: { v: 'one' } },
    ])
    await api.asOwner('torn', { state: 'NEEDS_ATTENTION', reason: 'foreign-connection' })
    expect(await calls.post('/api/sessions/torn/start')).toMatchObject({ status: 201, body: { status: 'FAILED' } })
    const { body: actions } = await calls.get('/api/sessions/torn/actions')
    expect(actions.map(({ state }: { state: string }) => state).toSorted()).toEqual(['damaged', 'damaged', 'pending', 'pending'])
  })

  it('gets a new number when earlier actions were damaged or deleted', async () => {
    await newSession('cleared')
    const { action: first } = (await calls.post('/api/sessions/cleared/restart')).body
    await api.documents.commit([{ kind: 'update', path: recoveryActionPath(first.id as string), fields: { state: 'done' } }])
    const { action: second } = (await calls.post('/api/sessions/cleared/restart')).body
    await api.documents.commit([
      { kind: 'delete', path: recoveryActionPath(first.id as string) },
      { kind: 'update', path: recoveryActionPath(second.id as string), fields: { steps: 'none' } },
    ])
    const third = await calls.post('/api/sessions/cleared/restart')
    expect(third).toMatchObject({ status: 201, body: { action: { state: 'pending' } } })
    expect([first.id, second.id]).not.toContain(third.body.action.id)
  })

  it('is refused for unknown sessions and for invalid bodies', async () => {
    await newSession('one')
    await newSession('two')
    const { body } = await calls.post('/api/sessions/one/logout')
    expect((await calls.get(`/api/sessions/two/actions/${body.action.id}`)).body.code).toBe('unknown-action')
    expect((await calls.post('/api/sessions/none/restart')).body.code).toBe('unknown-session')
    expect((await calls.post('/api/sessions/one/logout', { reason: 'x'.repeat(201) })).body.code).toBe('bad-request')
  })
})
