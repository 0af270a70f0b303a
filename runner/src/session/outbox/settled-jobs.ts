import type { JobDocument } from '@holdfast/core/message/job-document'

/** Far more than a session can settle during one query. */
const KEPT = 5000

type Known = Pick<JobDocument, 'messageId' | 'queuedAt'>

/** The jobs that a session has settled. A query that read such a job before may still deliver it. */
export class SettledJobs {
  /** The queueing times, ms, by message id. */
  readonly #queuedAt = new Map<string, number>()

  add({ messageId, queuedAt }: Known): void {
    this.#queuedAt.set(messageId, Number(queuedAt))
    const oldest = this.#queuedAt.keys().next()
    if (this.#queuedAt.size > KEPT && !oldest.done) this.#queuedAt.delete(oldest.value)
  }

  /** False for a settled job that was queued again since. */
  has({ messageId, queuedAt }: Known): boolean {
    return Number(queuedAt) <= (this.#queuedAt.get(messageId) ?? -1)
  }
}
