import type { JobStatus } from '@holdfast/core/message/job-document'
import { isHoldfastError, isStoreTrouble } from '@holdfast/core/platform/errors'
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { Refusal, type RefusalCode, type SessionOfRefusal, sentenceOf } from '../use-cases/refusal.ts'

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
  'unknown-backup': { status: 404, title: 'There is no such backup' },
  'backup-in-use': { status: 409, title: 'The backup is in use' },
  'unknown-alert': { status: 404, title: 'There is no such alert' },
  'unknown-device': { status: 404, title: 'There is no such browser' },
  'invalid-subscription': { status: 422, title: 'The subscription is not valid' },
  'unknown-delivery': { status: 404, title: 'There is no such delivery' },
  'cannot-redrive': { status: 409, title: 'The delivery cannot be sent again' },
  'alert-resolved': { status: 409, title: 'The alert is resolved' },
  'unknown-message': { status: 404, title: 'There is no such message' },
  'unknown-file': { status: 404, title: 'There is no such file' },
  'no-file': { status: 400, title: 'The request has no file' },
  'file-expired': { status: 410, title: 'The file was removed' },
  'file-gone': { status: 404, title: 'The file is gone' },
  'file-pending': { status: 503, title: 'The file is not there yet' },
  'wrong-range': { status: 416, title: 'The file has no such bytes' },
  'single-tenant': { status: 403, title: 'This installation has one tenant only' },
  'quota-exceeded': { status: 403, title: 'The quota of the tenant is used up' },
  'tenant-deleting': { status: 409, title: 'The tenant is being deleted' },
  'tenant-changed': { status: 409, title: 'The tenant has another version' },
  'tenant-exists': { status: 409, title: 'The tenant already exists' },
  'not-confirmed': { status: 409, title: 'The deletion is not confirmed' },
  'unknown-pool': { status: 404, title: 'There is no such pool' },
  'default-pool': { status: 409, title: 'The pool `default` cannot be changed' },
  'session-exists': { status: 422, title: 'The session already exists' },
  'session-stopped': { status: 409, title: 'The session is stopped' },
  'session-exported': { status: 409, title: 'The session was exported, or is being moved in' },
  'session-purging': { status: 409, title: 'The session is being purged' },
  'purge-not-confirmed': { status: 422, title: 'The purge is not confirmed' },
  'nothing-to-restore': { status: 409, title: 'There is nothing to restore' },
  'message-damaged': { status: 409, title: 'The stored message is damaged' },
  'message-archived': { status: 409, title: 'The message is archived' },
  'cannot-restore': { status: 409, title: 'The session cannot be restored' },
  'cannot-recover': { status: 409, title: 'The session cannot be recovered like this' },
  'not-proposed': { status: 409, title: 'The recovery action waits for no approval' },
  'already-begun': { status: 409, title: 'The recovery action has begun or ended' },
  'cannot-drill': { status: 409, title: 'No runner can be made to crash' },
  'cannot-restart': { status: 409, title: 'The runners cannot be restarted from here' },
  'cannot-cancel': { status: 409, title: 'The message cannot be canceled' },
  'cannot-replace': { status: 409, title: 'The message cannot be replaced' },
  'cannot-retry': { status: 409, title: 'The message cannot be returned to the queue' },
  'cannot-delete': { status: 409, title: 'The message cannot be deleted' },
  'no-archive': { status: 409, title: 'The installation has no archive' },
  'unknown-there': { status: 404, title: 'WhatsApp knows no such thing' },
  'wrong-status': { status: 422, title: 'The session is not in the needed status' },
  'too-large': { status: 413, title: 'The request is too large' },
  'invalid-chat': { status: 400, title: 'The chat id is not valid' },
  'invalid-phone': { status: 422, title: 'The phone number is not valid' },
  'unsupported-chat': { status: 422, title: 'Messages to this chat are not supported' },
  'contradictory-configuration': { status: 422, title: 'The configuration contradicts itself' },
  'invalid-time': { status: 422, title: 'A time of the message is not possible' },
  'idempotency-key-reused': { status: 422, title: 'The idempotency key belongs to another request' },
  'session-not-working': { status: 422, title: 'The session is not connected to WhatsApp' },
  'not-possible': { status: 422, title: 'This is not possible' },
  'cannot-convert': { status: 422, title: 'Nothing here can convert the sound' },
  'refused-there': { status: 422, title: 'WhatsApp refused it' },
  'rate-limited': { status: 429, title: 'Too many requests' },
  'daily-quota-exceeded': { status: 429, title: 'The messages of the day are used up' },
  'internal-error': { status: 500, title: 'Unexpected error' },
  'bad-configuration': { status: 500, title: 'The service is not configured correctly' },
  'queue-disabled': { status: 503, title: 'No new messages are accepted' },
  'session-failed': { status: 502, title: 'The session could not do it' },
  'session-busy': { status: 503, title: 'The session is asked too much' },
  'no-answer': { status: 504, title: 'The session did not answer in time' },
  unavailable: { status: 503, title: 'The service cannot reach its database' },
} as const satisfies Record<RefusalCode | OwnCode, { status: ContentfulStatusCode; title: string }>

/** Codes of errors outside of the use cases: in the request, in the app, or in the database. */
type OwnCode =
  | 'bad-request'
  | 'unauthorized'
  | 'not-found'
  | 'wrong-range'
  | 'internal-error'
  | 'bad-configuration'
  | 'unavailable'

export type ProblemCode = keyof typeof PROBLEMS

interface ProblemOptions {
  readonly headers?: Readonly<Record<string, string>>
  /** Further fields of the answer, e.g. the `issues` of a bad request. */
  readonly members?: Pick<ProblemBody, 'issues' | 'session' | 'state'>
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
    const { state, session } = error
    return problem(error.code, error.message, {
      headers,
      members: { ...(state ? { state } : {}), ...(session ? { session } : {}) },
    })
  }
  if (!isHoldfastError(error)) return null
  if (error.code === 'unavailable') {
    const detail = 'Try again later. With the same Idempotency-Key, the API accepts a repeated message only once.'
    return problem('unavailable', detail, { headers: { 'Retry-After': '5' } })
  }
  const { code } = error
  const detail = sentenceOf(error)
  if (code === 'wrapping-key-unavailable') {
    // Repeated by the caller, the same request works when the key can be used again.
    return asException({ code, status: 503, title: 'The wrapping key cannot be used', detail }, { 'Retry-After': '30' })
  }
  if (isStoreTrouble(error)) {
    // The content of the store is unknown. An operator has to repair the access to it; then the same request works.
    return asException({ code, status: 503, title: 'A store cannot be used', detail }, { 'Retry-After': '30' })
  }
  return asException({ code, status: 500, title: 'Stored data cannot be used', detail })
}

/** An exception with a problem document. Its message is the code. */
export class Problem extends HTTPException {
  readonly detail: string

  constructor(status: ContentfulStatusCode, detail: string, options: { readonly res: Response; readonly message: string }) {
    super(status, options)
    this.detail = detail
  }
}

interface ProblemBody {
  readonly code: string
  readonly status: ContentfulStatusCode
  readonly title: string
  readonly detail: string
  /** All mistakes of a bad request. */
  readonly issues?: readonly { readonly field: string; readonly message: string }[]
  /** The session that is not in the needed status. */
  readonly session?: SessionOfRefusal
  /** The status of the message that cannot be changed. */
  readonly state?: JobStatus
}

/** Beside the members of RFC 9457 the body has `statusCode`, `message` and `error`, which programs that were made for WAHA read. */
function asException(body: ProblemBody, headers: Readonly<Record<string, string>> = {}): HTTPException {
  const { code, status, title, detail, issues, session, ...more } = body
  const message = issues ? issues.map(({ field, message: mistake }) => `${field}: ${mistake}`) : detail
  const content = {
    type: `urn:holdfast:problem:${code}`,
    code,
    status: session?.status ?? status,
    statusCode: status,
    title,
    detail,
    message,
    error: title,
    ...(issues ? { issues } : {}),
    ...(session ? { session: session.name, expected: session.expected } : {}),
    ...more,
  }
  const type = { 'Content-Type': 'application/problem+json' }
  const res = new Response(JSON.stringify(content), { status, headers: { ...headers, ...type } })
  return new Problem(status, detail, { res, message: code })
}
