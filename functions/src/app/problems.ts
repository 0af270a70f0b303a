import { isHoldfastError, isStoreTrouble } from '@holdfast/core/platform/errors'
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { Refusal, type RefusalCode, sentenceOf } from '../use-cases/refusal.ts'

/** The problems of the API, in the form of RFC 9457. Their `code` is an addition of Holdfast, on which callers may branch. */
export const PROBLEMS = {
  'bad-request': { status: 400, title: 'The request is not valid' },
  unauthorized: { status: 401, title: 'No valid API key' },
  forbidden: { status: 403, title: 'The API key does not allow this' },
  'not-found': { status: 404, title: 'There is no such route' },
  'unknown-tenant': { status: 404, title: 'There is no such tenant' },
  'unknown-key': { status: 404, title: 'There is no such API key' },
  'unknown-session': { status: 404, title: 'There is no such session' },
  'unknown-action': { status: 404, title: 'There is no such recovery action' },
  'unknown-message': { status: 404, title: 'There is no such message' },
  'single-tenant': { status: 403, title: 'This installation has one tenant only' },
  'quota-exceeded': { status: 403, title: 'The quota of the tenant is used up' },
  'tenant-deleting': { status: 409, title: 'The tenant is being deleted' },
  'tenant-exists': { status: 409, title: 'The tenant already exists' },
  'not-confirmed': { status: 409, title: 'The deletion is not confirmed' },
  'unknown-pool': { status: 404, title: 'There is no such pool' },
  'default-pool': { status: 409, title: 'The pool `default` cannot be changed' },
  'session-exists': { status: 409, title: 'The session already exists' },
  'session-stopped': { status: 409, title: 'The session is stopped' },
  'nothing-to-restore': { status: 409, title: 'There is nothing to restore' },
  'message-damaged': { status: 409, title: 'The stored message is damaged' },
  'message-archived': { status: 409, title: 'The message is archived' },
  'cannot-restore': { status: 409, title: 'The session cannot be restored' },
  'cannot-cancel': { status: 409, title: 'The message cannot be canceled' },
  'cannot-replace': { status: 409, title: 'The message cannot be replaced' },
  'cannot-retry': { status: 409, title: 'The message cannot be returned to the queue' },
  'cannot-delete': { status: 409, title: 'The message cannot be deleted' },
  'no-archive': { status: 409, title: 'The installation has no archive' },
  'no-qr-code': { status: 409, title: 'The session has no QR code now' },
  'too-large': { status: 413, title: 'The request is too large' },
  'invalid-chat': { status: 400, title: 'The chat id is not valid' },
  'unsupported-chat': { status: 422, title: 'Messages to this chat are not supported' },
  'contradictory-configuration': { status: 422, title: 'The configuration contradicts itself' },
  'invalid-time': { status: 422, title: 'A time of the message is not possible' },
  'idempotency-key-reused': { status: 422, title: 'The idempotency key belongs to another request' },
  'rate-limited': { status: 429, title: 'Too many requests' },
  'daily-quota-exceeded': { status: 429, title: 'The messages of the day are used up' },
  'internal-error': { status: 500, title: 'Unexpected error' },
  'bad-configuration': { status: 500, title: 'The service is not configured correctly' },
  'queue-disabled': { status: 503, title: 'No new messages are accepted' },
  unavailable: { status: 503, title: 'The service cannot reach its database' },
} as const satisfies Record<RefusalCode | OwnCode, { status: ContentfulStatusCode; title: string }>

/** Codes of errors outside of the use cases: in the request, in the app, or in the database. */
type OwnCode = 'bad-request' | 'unauthorized' | 'not-found' | 'too-large' | 'internal-error' | 'bad-configuration' | 'unavailable'

export type ProblemCode = keyof typeof PROBLEMS

interface ProblemOptions {
  readonly headers?: Readonly<Record<string, string>>
  /** Further fields of the answer, e.g. the `issues` of a bad request. */
  readonly members?: Readonly<Record<string, unknown>>
}

/** Makes an exception whose response is the problem document. The app throws it, or sends its response. */
export function problem(code: ProblemCode, detail: string, options: ProblemOptions = {}): HTTPException {
  const { status, title } = PROBLEMS[code]
  return asException({ code, status, title, detail, ...options.members }, options.headers)
}

/** Returns the problem that a caller may see of an error. Null when the caller may see nothing of it. */
export function problemOf(error: unknown): HTTPException | null {
  if (error instanceof HTTPException) return error
  if (error instanceof Refusal) {
    const headers = error.retryAfter === null ? {} : { 'Retry-After': String(error.retryAfter) }
    return problem(error.code, error.message, { headers, ...(error.state === null ? {} : { members: { state: error.state } }) })
  }
  if (!isHoldfastError(error)) return null
  if (error.code === 'unavailable') {
    const detail = 'Try again later. With the same Idempotency-Key, the API accepts a repeated message only once.'
    return problem('unavailable', detail, { headers: { 'Retry-After': '5' } })
  }
  const { code } = error
  const detail = sentenceOf(error)
  if (isStoreTrouble(error)) {
    // The content of the store is unknown. An operator has to repair the access to it; then the same request works.
    return asException({ code, status: 503, title: 'A store cannot be used', detail }, { 'Retry-After': '30' })
  }
  return asException({ code, status: 500, title: 'Stored data cannot be used', detail })
}

interface ProblemBody {
  readonly code: string
  readonly status: ContentfulStatusCode
  readonly title: string
  readonly detail: string
}

function asException(body: ProblemBody, headers: Readonly<Record<string, string>> = {}): HTTPException {
  const text = JSON.stringify({ type: `urn:holdfast:problem:${body.code}`, ...body })
  const res = new Response(text, { status: body.status, headers: { ...headers, 'Content-Type': 'application/problem+json' } })
  return new HTTPException(body.status, { res, message: body.code })
}
