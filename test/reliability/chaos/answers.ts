import type { Attempt } from '../../support/api-client.ts'

export interface AnswerCounts {
  accepted: number
  /** 503 with the time after which to try again. */
  unavailable: number
  /** No whole answer: refused, cut off, or too late. */
  unanswered: number
  wrong: number
}

export interface Judgement {
  counts: keyof AnswerCounts
  /** Why it is not as it should be. */
  finding: string | null
}

/**
 * What the API may answer while things are taken away from it: that it did it, or that it cannot now and when to ask again.
 * Only where the API itself is struck may it say nothing at all.
 */
export function judge({ what, status, retryAfter, trouble, tookMs }: Attempt, mayBeStruck: boolean): Judgement {
  const told = `${what}: ${trouble ?? status} after ${Math.round(tookMs)} ms`
  if (status === null) return { counts: 'unanswered', finding: mayBeStruck ? null : `no answer to ${told}` }
  if (status >= 200 && status < 300) return { counts: 'accepted', finding: null }
  if (status !== 503) return { counts: 'wrong', finding: `neither 2xx nor 503: ${told}` }
  if (/^[1-9]\d*$/.test(retryAfter ?? '')) return { counts: 'unavailable', finding: null }
  return { counts: 'wrong', finding: `503 without Retry-After: ${told}` }
}

/** Every answer of the API since the beginning of the strikes. */
export class Answers {
  readonly counts: AnswerCounts = { accepted: 0, unavailable: 0, unanswered: 0, wrong: 0 }
  readonly findings: string[] = []
  #judging: { mayBeStruck: boolean } | null = null

  judgeFromNowOn(options: { mayBeStruck: boolean }): void {
    this.#judging = options
  }

  hear(attempt: Attempt): void {
    if (!this.#judging) return
    const { counts, finding } = judge(attempt, this.#judging.mayBeStruck)
    this.counts[counts]++
    if (finding !== null) this.findings.push(finding)
  }

  /** Those since an earlier moment. */
  since(before: AnswerCounts): AnswerCounts {
    const { accepted, unavailable, unanswered, wrong } = this.counts
    return {
      accepted: accepted - before.accepted,
      unavailable: unavailable - before.unavailable,
      unanswered: unanswered - before.unanswered,
      wrong: wrong - before.wrong,
    }
  }
}
