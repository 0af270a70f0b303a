import { z } from 'zod'
import { says } from './settings.ts'

/** Where Cloud Trace takes spans. They need the credentials of a service account. */
const CLOUD_TRACE_HOST = /^telemetry(\.[a-z\d-]+\.rep)?\.googleapis\.com$/

const headers = z
  .string()
  .transform((text, context) => {
    const pairs = text.split(',').map((part) => /^\s*([\w!#$%&'*+.^`|~-]+)\s*=\s*(.*?)\s*$/.exec(part))
    const read = pairs.map((pair) => [pair?.[1] ?? '', decoded(pair?.[2] ?? '')] as const)
    if (read.every(([name, value]) => name !== '' && value !== null && /^[\u0020-\u007E]*$/.test(value)))
      return Object.fromEntries(read) as Record<string, string>
    context.addIssue({ code: 'custom', message: 'must be headers like `name=value`, separated by commas' })
    return z.NEVER
  })
  .optional()

function decoded(value: string): string | null {
  try {
    return decodeURIComponent(value)
  } catch {
    return null
  }
}

/** The variables of traces, with the names and meanings that OpenTelemetry gives them. */
export const traceSettings = {
  OTEL_EXPORTER_OTLP_ENDPOINT: says(
    'Where traces go, by OTLP over HTTP: spans are sent to `/v1/traces` below it. `https://telemetry.googleapis.com` is Cloud Trace, with the ' +
      'credentials of the service account. See `docs/METRICS.md`, "Traces".',
    z.url({ protocol: /^https?$/, error: 'must be an address that begins with https:// or http://' }).optional(),
    { example: 'https://telemetry.googleapis.com', without: 'nothing is traced' },
  ),
  OTEL_EXPORTER_OTLP_HEADERS: says(
    'Headers for that end point, as `name=value`, with commas between them; values may be percent-encoded. A secret.',
    headers,
    { example: 'authorization=Bearer%20TOKEN', without: 'no further headers' },
  ),
  OTEL_TRACES_SAMPLER_ARG: says(
    'The share of requests that are traced, 0 to 1. A request whose caller traces it (`traceparent` with the sampled flag) is traced in any case.',
    z.coerce.number({ error: 'must be a number' }).min(0, 'must be at least 0').max(1, 'must be at most 1').default(1),
  ),
}

export interface TraceConfig {
  /** Where spans are sent, with the path. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** The share of requests that are traced although their callers do not trace them. */
  readonly ratio: number
  /** Cloud Trace needs the credentials of the process. */
  readonly isCloudTrace: boolean
  readonly projectId: string
}

interface TraceValues {
  readonly GOOGLE_CLOUD_PROJECT: string
  readonly OTEL_EXPORTER_OTLP_ENDPOINT?: string | undefined
  readonly OTEL_EXPORTER_OTLP_HEADERS?: Readonly<Record<string, string>> | undefined
  readonly OTEL_TRACES_SAMPLER_ARG: number
}

/** Whether traces go to Cloud Trace, whose end point takes the credentials of the process, and no other does. */
export function isCloudTrace(endpoint: string | undefined): boolean {
  const url = endpoint === undefined ? null : URL.parse(endpoint)
  return url !== null && url.protocol === 'https:' && CLOUD_TRACE_HOST.test(url.hostname)
}

/** Null where nothing is traced. */
export function tracesOf(values: TraceValues): TraceConfig | null {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_HEADERS: given = {} } = values
  if (endpoint === undefined) return null
  const url = new URL(endpoint)
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/v1/traces`
  return {
    url: url.href,
    headers: given,
    ratio: values.OTEL_TRACES_SAMPLER_ARG,
    isCloudTrace: isCloudTrace(endpoint),
    projectId: values.GOOGLE_CLOUD_PROJECT,
  }
}
