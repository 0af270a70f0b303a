import { sessionPath } from '@holdfast/core/session/session-document'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AppDependencies } from '../../../functions/src/app/app.ts'
import { type ApiUnderTest, startApi } from './api-under-test.ts'

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api[Symbol.asyncDispose]())

type Act = (name: string) => Promise<unknown>

/** The same store, in which the acts happen one by one, each right before a request, from the request of this number on. */
function storeWith(acts: readonly (() => Promise<unknown>)[], from: number): AppDependencies['documents'] {
  const { documents } = api.firestore.clients
  let asked = 0
  // Requests may be made side by side. The acts still happen in their order.
  let done: Promise<unknown> = Promise.resolve()
  const ask = async <T>(request: () => Promise<T>): Promise<T> => {
    const act = acts[++asked - from]
    if (act) done = done.then(act)
    await done
    return request()
  }
  return {
    commit: (changes) => ask(() => documents.commit(changes)),
    read: (path) => ask(() => documents.read(path)),
    query: (query) => ask(() => documents.query(query)),
    count: (query) => ask(() => documents.count(query)),
    listen: (query, onEvents, onError) => documents.listen(query, onEvents, onError),
  }
}

interface Outcome {
  readonly name: string
  readonly status: number
}

/** Sends the request once for each of its own requests to the store, with the acts from that one on. Returns the outcomes. */
async function atEachStep(what: string, named: (step: number) => string, ...acts: readonly Act[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (let step = 1; ; step++) {
    const name = named(step)
    const left = [...acts]
    const next = () => left.shift()?.(name) ?? Promise.resolve()
    const documents = storeWith(
      acts.map(() => next),
      step,
    )
    const { status } = await api.with({ documents }).post(`/api/sessions/${name}/${what}`)
    if (left.length === acts.length) return outcomes
    while (left.length > 0) await next()
    outcomes.push({ name, status })
  }
}

const wantedOf = async (name: string) => (await api.documents.read(sessionPath(`default.${name}`)))?.fields['wanted']

async function expectSense(outcomes: readonly Outcome[], wanted: string): Promise<void> {
  expect(outcomes.length).toBeGreaterThan(0)
  expect(outcomes.filter(({ status }) => status !== 404 && status !== 201)).toEqual([])
  for (const { name, status } of outcomes) if (status === 201) expect(await wantedOf(name)).toBe(wanted)
}

describe.each([
  ['stop', 'offline'],
  ['start', 'online'],
])('a request to %s a session', (what, wanted) => {
  const create: Act = (name) => api.post('/api/sessions', { name, start: what === 'stop' })

  it('that is created meanwhile is answered with 404, or takes effect', async () => {
    await expectSense(await atEachStep(what, (step) => `created-${what}-${step}`, create), wanted)
  })

  it('that is removed and created anew meanwhile is answered with 404, or takes effect', async () => {
    const named = (step: number) => `anew-${what}-${step}`
    for (let step = 1; step <= 10; step++) await create(named(step))
    const pathOf = (name: string) => sessionPath(`default.${name}`)
    let kept: Record<string, unknown> = {}
    const remove: Act = async (name) => {
      kept = (await api.documents.read(pathOf(name)))?.fields ?? {}
      await api.documents.commit([{ kind: 'delete', path: pathOf(name) }])
    }
    const renew: Act = (name) => api.documents.commit([{ kind: 'create', path: pathOf(name), fields: kept }])
    const outcomes = await atEachStep(what, named, remove, renew)
    await expectSense(outcomes, wanted)
    expect(outcomes.map(({ status }) => status)).toContain(201)
  })
})
