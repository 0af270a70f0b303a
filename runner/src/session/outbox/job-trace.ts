import type { JobDocument } from '@holdfast/core/message/job-document'
import { below, NO_SPAN, type Span, type SpanAttributes, type Traces } from '@holdfast/core/platform/traces'
import { ofSession } from '@holdfast/core/session/log-fields'

/**
 * The spans of one job at this owner, below the one that made it: each attempt is a `send`, with a `record` for what the journal takes,
 * the `frame` until it leaves, and the `ack` until WhatsApp answers. A crash leaves spans of the attempt without it; the next owner's
 * attempt stands beside them.
 */
export class JobTrace {
  readonly #traces: Traces
  readonly #job: string
  readonly #document: JobDocument
  #attempt: Span = NO_SPAN
  #step: Span = NO_SPAN

  constructor(traces: Traces, job: string, document: JobDocument) {
    this.#traces = traces
    this.#job = job
    this.#document = document
  }

  /** The fields of a log line about the job. */
  get logFields(): object {
    return this.#attempt.logFields
  }

  begins(attempt: number): void {
    const { traceparent, sessionId, messageId } = this.#document
    const { session, tenant } = ofSession(sessionId)
    this.#attempt = below(this.#traces, traceparent, 'send', {
      kind: 'consumer',
      attributes: {
        'holdfast.job': this.#job,
        'holdfast.message_id': messageId,
        'holdfast.session': session,
        'holdfast.tenant': tenant,
        'holdfast.attempt': attempt,
      },
    })
  }

  /** Begins the next step of the attempt; the one before has ended. */
  step(name: 'frame' | 'ack', attributes: SpanAttributes = {}): void {
    this.#step.end()
    this.#step = this.#below(name, attributes)
  }

  /** Begins the span of a record, which the caller ends. */
  record(status: string): Span {
    return this.#below('record', { 'holdfast.status': status })
  }

  /** Ends the attempt. `error` is a code. Its records can still be made. */
  ends(error: string | null): void {
    this.#step.end({ error })
    this.#step = NO_SPAN
    this.#attempt.end({ error })
  }

  #below(name: string, attributes: SpanAttributes): Span {
    return below(this.#traces, this.#attempt.traceparent, name, { attributes })
  }
}
