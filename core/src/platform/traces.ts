/** Values of spans: ids, codes and numbers. Never content, a key, a phone number or the name of a chat. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>

export interface SpanOptions {
  /** Whose side of a call or of a queue it is. Absent: work inside of a process. */
  readonly kind?: 'server' | 'client' | 'producer' | 'consumer'
  /** The W3C `traceparent` of the span above it. Absent or malformed: the span begins a trace. */
  readonly parent?: string | null | undefined
  readonly attributes?: SpanAttributes
}

/** One step on the way of a message. One that never ends is never exported. */
export interface Span {
  /** The W3C `traceparent` by which spans below it name it, in this process or in another. Null when the trace is not exported. */
  readonly traceparent: string | null
  /** The fields by which Cloud Logging finds the trace of a line. */
  readonly logFields: object
  /** Ends the span, once. */
  end(ended?: SpanEnd): void
}

export interface SpanEnd {
  readonly attributes?: SpanAttributes
  /** The code of what went wrong, never its text. */
  readonly error?: string | null
  /** What the span is called, where that was not known when it began. */
  readonly name?: string
}

/** Tells an observer outside how long each step of a message takes. Nothing waits for it, and nothing depends on it. */
export interface Traces {
  begin(name: string, options?: SpanOptions): Span
  /** Exports what has ended, as far as the time allows. */
  close(): Promise<void>
}

export const NO_SPAN: Span = { traceparent: null, logFields: {}, end: () => {} }

/** Traces of an installation that exports none. */
export const NO_TRACES: Traces = { begin: () => NO_SPAN, close: async () => {} }

/**
 * Begins a span below a stored or known one. None without that, or below what names no span: work of a message that nobody traces begins
 * no trace of its own.
 */
export const below = (traces: Traces, parent: string | null | undefined, name: string, options: SpanOptions = {}): Span =>
  traceContextOf(parent) ? traces.begin(name, { ...options, parent }) : NO_SPAN

export interface TraceContext {
  readonly traceId: string
  readonly spanId: string
  readonly isSampled: boolean
}

/** Reads a W3C `traceparent`, of any version. Null for what is none: it comes from callers. https://www.w3.org/TR/trace-context/ */
export function traceContextOf(traceparent: string | null | undefined): TraceContext | null {
  const [, version, traceId = '', spanId = '', flags = '', more] =
    /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/.exec(traceparent?.trim() ?? '') ?? []
  if (version === undefined || version === 'ff' || (version === '00' && more !== undefined)) return null
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return null
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 }
}
