import { afterEach, expect, test, vi } from 'vitest'
import { chosenTenant, person, signedOut, signIn, signOut, type SignedIn, turn } from './sign-in.ts'

const ADA: SignedIn = { tenant: 'a', role: 'operator', sessions: 'all' }

afterEach(() => vi.unstubAllGlobals())

const answerWith = (status: number, body: unknown): unknown =>
  vi.stubGlobal('fetch', async () => new Response(status === 204 ? null : JSON.stringify(body), { status }))

test('a sign-out that the API refuses is none, and says why', async () => {
  person.value = ADA
  answerWith(503, { code: 'unavailable', title: 'Unavailable', detail: 'Firestore does not answer.' })
  await expect(signOut()).rejects.toMatchObject({ name: 'HoldfastProblem', detail: 'Firestore does not answer.' })
  expect(person.value).toBe(ADA)
})

test.each([204, 401])('after a sign-out that is answered with %i nobody is signed in', async (status) => {
  person.value = ADA
  answerWith(status, { code: 'unauthorized' })
  await signOut()
  expect(person.value).toBeNull()
})

test('who signs in where another person is begins anew, in the tenant of their own', async () => {
  const grace: SignedIn = { tenant: 'g', role: 'admin', sessions: 'all' }
  person.value = ADA
  chosenTenant.value = 'other'
  const before = turn.value
  answerWith(200, grace)
  await signIn({ token: 'once' })
  expect([person.value, chosenTenant.value]).toEqual([grace, null])
  expect(turn.value).toBeGreaterThan(before)
})

test('a refused sign-in leaves everything as it is', async () => {
  person.value = ADA
  chosenTenant.value = 'other'
  const before = turn.value
  answerWith(401, { code: 'unauthorized', title: '', detail: 'The token was used before.' })
  await expect(signIn({ token: 'once' })).rejects.toMatchObject({ status: 401 })
  expect([person.value, chosenTenant.value, turn.value]).toEqual([ADA, 'other', before])
  signedOut()
  expect([person.value, chosenTenant.value, turn.value]).toEqual([null, null, before + 1])
})
