import type { Attempt } from '../../support/api-client.ts'

export interface AnswerCounts {
  accepted: number
  /** Answers 503 with a valid Retry-After. */
  unavailable: number
  /** Requests without a complete answer: refused, cut off, or too late. */
  unanswered: number
  /** Requests that came too late: the message to cancel is on the wire, or the time of the message to send is past. */
  tooLate: number
  wrong: number
}

export interface Judgement {
  counts: keyof AnswerCounts
  /** The fault of the answer; null for a permitted answer. */
  finding: string | null
}

const TOO_LATE = /"code":"(?:cannot-cancel|invalid-time)"/

/**
 * Judges one answer of the API during the strikes. A 2xx answer, a 503 answer with Retry-After and one that says that the request
 * comes too late are permitted. A missing answer
 * is permitted only when the strikes hit the API itself.
 */
export function judge({ what, status, retryAfter, trouble, tookMs }: Attempt, mayBeStruck: boolean): Judgement {
  const description = `${what}: ${trouble ?? status} after ${Math.round(tookMs)} ms`
  if (status === null) return { counts: 'unanswered', finding: mayBeStruck ? null : `no answer to ${description}` }
  if (status >= 200 && status < 300) return { counts: 'accepted', finding: null }
  if (TOO_LATE.test(trouble ?? '')) return { counts: 'tooLate', finding: null }
  if (status !== 503) return { counts: 'wrong', finding: `neither 2xx nor 503: ${description}` }
  if (/^[1-9]\d*$/.test(retryAfter ?? '')) return { counts: 'unavailable', finding: null }
  return { counts: 'wrong', finding: `503 without Retry-After: ${description}` }
}

/** Counts and judges every answer of the API since the first strike. */
export class Answers {
  readonly counts: AnswerCounts = { accepted: 0, unavailable: 0, unanswered: 0, tooLate: 0, wrong: 0 }
  readonly findings: string[] = []
  #judging: { mayBeStruck: boolean } | null = null

  judgeFromNowOn(options: { mayBeStruck: boolean }): void {
    this.#judging = options
  }

  record(attempt: Attempt): void {
    if (!this.#judging) return
    const { counts, finding } = judge(attempt, this.#judging.mayBeStruck)
    this.counts[counts]++
    if (finding !== null) this.findings.push(finding)
  }

  /** Returns the counts since an earlier copy of them. */
  since(before: AnswerCounts): AnswerCounts {
    const { accepted, unavailable, unanswered, tooLate, wrong } = this.counts
    return {
      accepted: accepted - before.accepted,
      unavailable: unavailable - before.unavailable,
      unanswered: unanswered - before.unanswered,
      tooLate: tooLate - before.tooLate,
      wrong: wrong - before.wrong,
    }
  }
}
