import { afterEach, expect, test, vi } from 'vitest'
import { person, signOut, type SignedIn } from './sign-in.ts'

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
