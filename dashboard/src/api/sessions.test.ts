import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { chosenTenant, person, signedOut, turn } from './sign-in.ts'

/** The requests of the page, in the order in which they were made, with what answers them. */
let requests: { readonly tenant: string | null; readonly answer: (response: Response) => void }[] = []

beforeEach(() => {
  requests = []
  vi.stubGlobal('location', { origin: 'http://127.0.0.1' })
  vi.stubGlobal('fetch', async (request: Request) => {
    const { promise, resolve } = Promise.withResolvers<Response>()
    requests.push({ tenant: request.headers.get('X-Tenant'), answer: resolve })
    return await promise
  })
})

afterEach(() => vi.unstubAllGlobals())

const listOf = (name: string): Response => Response.json([{ name }])

test.each(['an answer', 'a problem'])('%s for the tenant before is not shown in the next one', async (kind) => {
  const { followSessions, sessions, sessionsProblem } = await import('./sessions.ts')
  chosenTenant.value = 'a'
  const end = followSessions()
  await expect.poll(() => requests.length).toBe(1)
  chosenTenant.value = 'b'
  end()
  const endNext = followSessions()
  requests[0]?.answer(kind === 'an answer' ? listOf('of-a') : Response.json({ code: 'away', detail: 'Away.' }, { status: 503 }))
  // The second request begins when the first one has ended with everything that it does.
  await expect.poll(() => requests.map(({ tenant }) => tenant)).toEqual(['a', 'b'])
  expect([sessions.value, sessionsProblem.value]).toEqual([null, null])
  requests[1]?.answer(listOf('of-b'))
  await expect.poll(() => sessions.value?.map(({ name }) => name)).toEqual(['of-b'])
  endNext()
  expect(sessions.value).toBeNull()
})

test('an answer for a person who has signed out is forgotten', async () => {
  const { followSessions, sessions } = await import('./sessions.ts')
  chosenTenant.value = null
  const end = followSessions()
  await expect.poll(() => requests.length).toBe(1)
  signedOut()
  end()
  requests[0]?.answer(listOf('of-a'))
  const endNext = followSessions()
  await expect.poll(() => requests.length).toBe(2)
  expect(sessions.value).toBeNull()
  requests[1]?.answer(listOf('of-b'))
  await expect.poll(() => sessions.value?.length).toBe(1)
  endNext()
})

test('the answer to a change in the tenant before is not shown in the next one, and its 401 signs nobody else out', async () => {
  const [{ showAnswer, sessionNamed }, { answerOf, api }] = await Promise.all([import('./sessions.ts'), import('./api.ts')])
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
  expect(sessionNamed('late')).toBeNull()
  expect(person.value?.tenant).toBe('b')
})
