import { isHoldfastError, isStoreTrouble } from '@holdfast/core/platform/errors'
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { Refusal, type RefusalCode, sentenceOf } from '../use-cases/refusal.ts'

/** Errors as RFC 9457 describes them: `type`, `title`, `status`, `detail`, and our `code`, which callers may branch on. */
export const PROBLEMS = {
  'bad-request': { status: 400, title: 'The request is not valid' },
  unauthorized: { status: 401, title: 'No valid API key' },
  forbidden: { status: 403, title: 'The API key does not allow this' },
  'not-found': { status: 404, title: 'There is no such route' },
  'unknown-session': { status: 404, title: 'There is no such session' },
  'unknown-action': { status: 404, title: 'There is no such recovery action' },
  'unknown-message': { status: 404, title: 'There is no such message' },
  'session-exists': { status: 409, title: 'The session exists already' },
  'session-stopped': { status: 409, title: 'The session is stopped' },
  'nothing-to-restore': { status: 409, title: 'There is nothing to restore' },
  'message-damaged': { status: 409, title: 'What is stored of the message cannot be used' },
  'cannot-restore': { status: 409, title: 'The session cannot be restored from what is left' },
  'no-qr-code': { status: 409, title: 'There is no QR code now' },
  'too-large': { status: 413, title: 'The request is too large' },
  'unsupported-chat': { status: 422, title: 'Messages to this chat are not supported' },
  'idempotency-key-reused': { status: 422, title: 'The idempotency key belongs to another request' },
  'internal-error': { status: 500, title: 'Unexpected error' },
  'bad-configuration': { status: 500, title: 'The service is not configured correctly' },
  unavailable: { status: 503, title: 'The service cannot reach its database' },
} as const satisfies Record<RefusalCode | OwnCode, { status: ContentfulStatusCode; title: string }>

/** Codes of what goes wrong before or beneath a use case. */
type OwnCode = 'bad-request' | 'unauthorized' | 'not-found' | 'too-large' | 'internal-error' | 'bad-configuration' | 'unavailable'

export type ProblemCode = keyof typeof PROBLEMS

interface ProblemOptions {
  readonly headers?: Readonly<Record<string, string>>
  /** Further members of the answer, e.g. the single issues of a bad request. */
  readonly members?: Readonly<Record<string, unknown>>
}

/** To be thrown while a request is read. */
export function problem(code: ProblemCode, detail: string, options: ProblemOptions = {}): HTTPException {
  const { status, title } = PROBLEMS[code]
  return asException({ code, status, title, detail, ...options.members }, options.headers)
}

/** What a caller is told about an error. Null when nothing of it may be shown. */
export function problemOf(error: unknown): HTTPException | null {
  if (error instanceof HTTPException) return error
  if (error instanceof Refusal) {
    const headers = error.retryAfter === null ? {} : { 'Retry-After': String(error.retryAfter) }
    return problem(error.code, error.message, { headers })
  }
  if (!isHoldfastError(error)) return null
  if (error.code === 'unavailable') {
    const detail = 'Try again later. With the same Idempotency-Key a message is accepted only once, however often it is tried.'
    return problem('unavailable', detail, { headers: { 'Retry-After': '5' } })
  }
  const { code } = error
  const detail = sentenceOf(error)
  if (isStoreTrouble(error)) {
    // Nothing is known of what the store holds; somebody has to put it right, and then the same request is answered.
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
