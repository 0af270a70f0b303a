import type { Problem } from './types.ts'

/** The code of an answer that is not a problem document, for example from a proxy or from Google's front end. */
const NO_PROBLEM = 'unexpected-answer'

const LONGEST_DETAIL = 300

/** Thrown when the API answers with an error. */
export class HoldfastProblem extends Error {
  /** A stable code. Programs may branch on it. */
  readonly code: string
  /** The HTTP status. */
  readonly status: number
  /** For people: what kind of problem it is. Empty when the answer is not one of the API. */
  readonly title: string
  /** For people: the cause, or what to do. */
  readonly detail: string
  /** The id under which the log of the API has the request; null when the answer has none. */
  readonly requestId: string | null
  /** Seconds after which the same request may succeed; null when the API does not say it. */
  readonly retryAfter: number | null
  /** All mistakes in a bad request. Empty for other problems. */
  readonly issues: NonNullable<Problem['issues']>

  /** `body` is a problem document, or the text of any other answer. */
  constructor({ status, headers }: Pick<Response, 'status' | 'headers'>, body: unknown) {
    const { code, title, detail, issues = [] } = isProblem(body) ? body : { code: NO_PROBLEM, title: '', detail: textOf(body) }
    super(`${status} ${code}: ${detail}`)
    this.name = 'HoldfastProblem'
    this.code = code
    this.status = status
    this.title = title
    this.detail = detail
    this.requestId = headers.get('x-request-id')
    this.retryAfter = secondsOf(headers.get('retry-after'))
    this.issues = issues
  }
}

const isProblem = (body: unknown): body is Problem =>
  typeof body === 'object' && body !== null && typeof (body as Problem).code === 'string'

const textOf = (body: unknown): string =>
  (typeof body === 'string' ? body : (JSON.stringify(body) ?? '')).slice(0, LONGEST_DETAIL)

const secondsOf = (header: string | null): number | null => (/^\d+$/.test(header ?? '') ? Number(header) : null)
