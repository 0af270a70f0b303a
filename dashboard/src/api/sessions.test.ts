import type { Session } from '@holdfast/client/types'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { answerOf, api } from './api.ts'
import { tell } from './live.ts'
import { followSessions, showAnswer, told } from './sessions.ts'
import { chosenTenant, person, turn } from './sign-in.ts'

/** The requests of the page, in the order in which they were made, with what answers them. */
let requests: { readonly answer: (response: Response) => void }[] = []
let end = (): void => undefined

vi.hoisted(() => vi.stubGlobal('location', { origin: 'http://127.0.0.1' }))

beforeEach(() => {
  requests = []
  vi.stubGlobal('fetch', async () => {
    const { promise, resolve } = Promise.withResolvers<Response>()
    requests.push({ answer: resolve })
    return await promise
  })
  end = followSessions()
})

afterEach(() => end())

const eventOf = (name: string, more: Partial<Session> = {}) =>
  tell({ what: 'session', event: { name, status: 'WORKING', ...more } as Session })

const statuses = () => [...told.value].map(([name, { event }]) => [name, 'gone' in event ? null : event.status])

test('the last that was told of each session is kept, until others are followed', async () => {
  eventOf('a')
  eventOf('b')
  eventOf('a', { status: 'FAILED' })
  await expect.poll(statuses).toEqual([
    ['a', 'FAILED'],
    ['b', 'WORKING'],
  ])
  tell({ what: 'session', event: { name: 'b', gone: true } })
  await expect.poll(() => statuses().at(-1)).toEqual(['b', null])
  end()
  expect(told.value.size).toBe(0)
})

test('the answer to a change is shown before its event', async () => {
  const shown = showAnswer(answerOf(api.POST('/api/sessions', { body: { name: 'new' } })))
  await expect.poll(() => requests.length).toBe(1)
  requests[0]?.answer(Response.json({ name: 'new', status: 'STARTING' }, { status: 201 }))
  await shown
  await expect.poll(statuses).toEqual([['new', 'STARTING']])
})

test('the answer to a change in the tenant before is not shown in the next one, and its 401 signs nobody else out', async () => {
  chosenTenant.value = 'a'
  const shown = showAnswer(answerOf(api.POST('/api/sessions', { body: { name: 'late' } })))
  const refused = answerOf(api.GET('/api/keys'))
  await expect.poll(() => requests.length).toBe(2)
  person.value = { tenant: 'b', role: 'admin', sessions: 'all' }
  turn.value++
  requests[0]?.answer(Response.json({ name: 'late' }, { status: 201 }))
  requests[1]?.answer(Response.json({ code: 'unauthorized' }, { status: 401 }))
  await shown
  await expect(refused).rejects.toMatchObject({ code: 'unauthorized' })
  eventOf('now')
  await expect.poll(statuses).toEqual([['now', 'WORKING']])
  expect(person.value?.tenant).toBe('b')
})
