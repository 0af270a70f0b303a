import type { Problem } from './types.ts'

/** The code of an answer that is no problem document: of a proxy, or of Google's front end. */
const NO_PROBLEM = 'unexpected-answer'

const LONGEST_DETAIL = 300

/** Thrown when the API answers with an error. */
export class HoldfastProblem extends Error {
  /** Stable: programs may branch on it. */
  readonly code: string
  /** Of HTTP. */
  readonly status: number
  /** For people: what to do. */
  readonly detail: string
  /** Seconds after which the same request may succeed; null when the API does not say it. */
  readonly retryAfter: number | null
  /** Everything that is wrong with a request. */
  readonly issues: NonNullable<Problem['issues']>

  /** `body` is a problem document, or the text of an answer that is none. */
  constructor({ status, headers }: Pick<Response, 'status' | 'headers'>, body: unknown) {
    const { code, detail, issues = [] } = isProblem(body) ? body : { code: NO_PROBLEM, detail: textOf(body) }
    super(`${status} ${code}: ${detail}`)
    this.name = 'HoldfastProblem'
    this.code = code
    this.status = status
    this.detail = detail
    this.retryAfter = secondsOf(headers.get('retry-after'))
    this.issues = issues
  }
}

const isProblem = (body: unknown): body is Problem =>
  typeof body === 'object' && body !== null && typeof (body as Problem).code === 'string'

const textOf = (body: unknown): string =>
  (typeof body === 'string' ? body : (JSON.stringify(body) ?? '')).slice(0, LONGEST_DETAIL)

const secondsOf = (header: string | null): number | null => (/^\d+$/.test(header ?? '') ? Number(header) : null)
