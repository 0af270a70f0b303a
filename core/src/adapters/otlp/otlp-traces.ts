import type { Span as SdkSpan } from '@opentelemetry/api'
import type { Sampler, TraceIdRatioBasedSampler, TracerProvider } from '@opentelemetry/sdk-trace'
import { within } from '../../platform/deadlines.ts'
import type { Logger } from '../../platform/logging.ts'
import { systemClock } from '../../platform/system-clock.ts'
import { NO_SPAN, type Span, type SpanEnd, type SpanOptions, traceContextOf, type Traces } from '../../platform/traces.ts'
import { BoundedSpans } from './bounded-spans.ts'
import { ToldExporter } from './told-exporter.ts'

export interface OtlpOptions {
  /** Where spans are sent, with the path. */
  readonly url: string
  readonly headers: () => Promise<Record<string, string>>
  /** The share of new traces that are exported. */
  readonly ratio: number
  readonly projectId: string
  /** What the spans come from: a name, a version, an id of the process. */
  readonly service: { readonly name: string; readonly version: string; readonly id: string }
  readonly logger: Logger
  /** How long ended spans wait for others, ms. */
  readonly batchMs?: number
}

/** Spans beyond these are dropped, so that an end point that is away takes a bounded memory: about 2 MB. */
const LIMITS = { maxQueueSize: 2048, maxExportBatchSize: 512 }

/** An end point that answers later has no answer. */
const ANSWER_WITHIN_MS = 10_000

/** How long the end of a process waits for the last spans. */
const CLOSED_WITHIN_MS = 1000

/** The packages of OpenTelemetry. They take 23 MB and a sixth of a second, so that only who traces loads them. */
const loadSdk = async () => ({
  ...(await import('@opentelemetry/api')),
  ...(await import('@opentelemetry/core')),
  ...(await import('@opentelemetry/exporter-trace-otlp-proto')),
  ...(await import('@opentelemetry/resources')),
  ...(await import('@opentelemetry/sdk-trace')),
})

type Sdk = Awaited<ReturnType<typeof loadSdk>>

/** Exports spans in batches, by OTLP over HTTP. */
export class OtlpTraces implements Traces {
  readonly #sdk: Sdk
  readonly #provider: TracerProvider
  readonly #tracer: ReturnType<TracerProvider['getTracer']>
  readonly #place: string

  static async open(options: OtlpOptions): Promise<OtlpTraces> {
    return new OtlpTraces(await loadSdk(), options)
  }

  private constructor(sdk: Sdk, options: OtlpOptions) {
    const { url, headers, ratio, projectId, service, logger, batchMs = 2000 } = options
    this.#sdk = sdk
    const exporter = new sdk.OTLPTraceExporter({ url, headers, timeoutMillis: ANSWER_WITHIN_MS, concurrencyLimit: 4 })
    const bounded = new BoundedSpans({ most: LIMITS.maxQueueSize, clock: systemClock, logger })
    this.#provider = new sdk.TracerProvider({
      resource: sdk.resourceFromAttributes({
        'service.namespace': 'holdfast',
        'service.name': service.name,
        'service.version': service.version,
        'service.instance.id': service.id,
        'gcp.project_id': projectId,
      }),
      sampler: orOfCaller(sdk, new sdk.TraceIdRatioBasedSampler(ratio)),
      spanLimits: { attributeValueLengthLimit: 256, attributeCountLimit: 32 },
      spanProcessors: [
        bounded.handsTo(
          new sdk.BatchSpanProcessor({
            exporter: new ToldExporter(exporter, {
              logger,
              success: sdk.ExportResultCode.SUCCESS,
              onTaken: (count) => bounded.taken(count),
            }),
            ...LIMITS,
            scheduledDelayMillis: batchMs,
            exportTimeoutMillis: 2 * ANSWER_WITHIN_MS,
          }),
        ),
      ],
    })
    this.#tracer = this.#provider.getTracer('holdfast')
    this.#place = `projects/${projectId}/traces/`
  }

  begin(name: string, { kind, parent, attributes = {} }: SpanOptions = {}): Span {
    const { ROOT_CONTEXT, SpanKind, trace } = this.#sdk
    const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT, producer: SpanKind.PRODUCER, consumer: SpanKind.CONSUMER }
    const above = traceContextOf(parent)
    const context = above
      ? trace.setSpanContext(ROOT_CONTEXT, {
          traceId: above.traceId,
          spanId: above.spanId,
          traceFlags: above.isSampled ? 1 : 0,
          isRemote: kind !== undefined && kind !== 'client',
        })
      : ROOT_CONTEXT
    const options = { kind: kind ? kinds[kind] : SpanKind.INTERNAL, attributes }
    return this.#spanOf(this.#tracer.startSpan(name, options, context))
  }

  async close(): Promise<void> {
    // What does not arrive in time is lost.
    await within(systemClock, CLOSED_WITHIN_MS, this.#provider.shutdown()).catch(() => {})
  }

  #spanOf(span: SdkSpan): Span {
    const { SpanStatusCode } = this.#sdk
    const { traceId, spanId } = span.spanContext()
    const isSampled = span.isRecording()
    const logFields = {
      'logging.googleapis.com/trace': `${this.#place}${traceId}`,
      'logging.googleapis.com/spanId': spanId,
      'logging.googleapis.com/trace_sampled': isSampled,
    }
    if (!isSampled) return { ...NO_SPAN, logFields }
    let hasEnded = false
    return {
      traceparent: `00-${traceId}-${spanId}-01`,
      logFields,
      end({ attributes = {}, error = null, name }: SpanEnd = {}) {
        if (hasEnded) return
        hasEnded = true
        if (name !== undefined) span.updateName(name)
        span.setAttributes(attributes)
        if (error !== null) span.setAttribute('error.type', error).setStatus({ code: SpanStatusCode.ERROR, message: error })
        span.end()
      },
    }
  }
}

/** Follows what the caller decided to trace. Google's front end decides for few requests only, so its "no" is no answer. */
const orOfCaller = ({ trace, SamplingDecision }: Sdk, ratio: TraceIdRatioBasedSampler): Sampler => ({
  shouldSample(context, traceId) {
    const above = trace.getSpanContext(context)
    const decided = ratio.shouldSample(context, traceId)
    return above && (above.traceFlags & 1) === 1 ? { decision: SamplingDecision.RECORD_AND_SAMPLED } : decided
  },
  toString: () => `OrOfCaller{${ratio.toString()}}`,
})
