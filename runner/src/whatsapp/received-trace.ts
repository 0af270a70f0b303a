import { below, NO_SPAN, type Span, type Traces } from '@holdfast/core/platform/traces'
import { ofSession } from '@holdfast/core/session/log-fields'

/**
 * The spans of one received message at this owner: `receive` from the arrival of its frame until its document and the deliveries of its
 * webhooks are written, with `decrypt` until the plaintext is there, and `record` until the journal has it. What is no message for a
 * person, and a copy of what is stored, has spans that never end: nobody sees them.
 */
export class ReceivedTrace {
  readonly #traces: Traces
  readonly #whole: Span
  readonly #decrypt: Span
  #record: Span = NO_SPAN

  /** Begins the trace of a message on its arrival. Null when it is not to be traced. */
  static begin(traces: Traces, sessionId: string, messageId: string): ReceivedTrace | null {
    const { session, tenant } = ofSession(sessionId)
    const attributes = { 'holdfast.message_id': messageId, 'holdfast.session': session, 'holdfast.tenant': tenant }
    const whole = traces.begin('receive', { kind: 'consumer', attributes })
    return whole.traceparent === null ? null : new ReceivedTrace(traces, whole)
  }

  private constructor(traces: Traces, whole: Span) {
    this.#traces = traces
    this.#whole = whole
    this.#decrypt = below(traces, whole.traceparent, 'decrypt')
  }

  /** The span below which webhooks tell of the message. */
  get traceparent(): string | null {
    return this.#whole.traceparent
  }

  /** The message is decrypted, and new. */
  admitted(): void {
    this.#decrypt.end()
    this.#record = below(this.#traces, this.#whole.traceparent, 'record')
  }

  recorded(sequence: number): void {
    this.#record.end({ attributes: { 'holdfast.record': sequence } })
  }

  written(): void {
    this.#whole.end()
  }

  /** Ends what is open. `error` is a code. */
  failed(error: string): void {
    this.#decrypt.end({ error })
    this.#record.end({ error })
    this.#whole.end({ error })
  }
}
