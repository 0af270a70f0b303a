import { answerOf, createClient, type HoldfastClient } from '@holdfast/client/client'
import { HoldfastProblem } from '@holdfast/client/problem'
import { chosenTenant, signedOut, turn } from './sign-in.ts'

/** All requests of the page. They go by the cookie of the sign-in, and say by a header that a page of this origin makes them. */
export const api: HoldfastClient = createClient({ baseUrl: location.origin, fetch: fetchOwn, repeats: false })

async function fetchOwn(request: Request): Promise<Response> {
  const whose = turn.value
  if (request.method !== 'GET') request.headers.set('X-Holdfast-Csrf', '1')
  if (chosenTenant.value !== null) request.headers.set('X-Tenant', chosenTenant.value)
  const response = await fetch(request)
  // A late answer to whoever was here before says nothing of the person who is here now.
  if (response.status === 401 && turn.value === whose) signedOut()
  return response
}

export { answerOf }

/** What a person reads of an error. */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof HoldfastProblem)) return error instanceof Error ? error.message : String(error)
  const issues = error.issues.map(({ field, message }) => `${field}: ${message}`)
  return [error.detail, ...issues].join(' ')
}

export const isProblem = (error: unknown, code: string): error is HoldfastProblem =>
  error instanceof HoldfastProblem && error.code === code

export const retryAfterOf = (error: unknown): number | null => (error instanceof HoldfastProblem ? error.retryAfter : null)
