import { googleHeaders } from './google/access-token.ts'
import { OtlpTraces } from './otlp/otlp-traces.ts'
import { within } from '../platform/deadlines.ts'
import type { Logger } from '../platform/logging.ts'
import type { Clock } from '../platform/ports.ts'
import { systemClock } from '../platform/system-clock.ts'
import type { TraceConfig } from '../platform/trace-settings.ts'
import { NO_TRACES, type Traces } from '../platform/traces.ts'

export interface TracedProcess {
  readonly name: string
  readonly version: string
  /** Tells one process from another. */
  readonly id: string
  readonly logger: Logger
  /** True where a process has a CPU only while it answers: spans then leave at once. */
  readonly lendsCpu?: boolean
}

/** Opens the export of traces. Without a configuration nothing of it is loaded, and a start takes no longer. */
export async function openTraces(config: TraceConfig | null, { logger, lendsCpu, ...service }: TracedProcess): Promise<Traces> {
  if (!config) return NO_TRACES
  const { url, ratio, projectId, isCloudTrace, headers } = config
  const credentials = isCloudTrace ? googleHeaders(url) : async () => ({})
  return OtlpTraces.open({
    url,
    headers: async () => ({ ...(await inTime(systemClock, credentials)), ...headers }),
    ratio,
    projectId,
    service,
    logger,
    ...(lendsCpu ? { batchMs: 0 } : {}),
  })
}

/** A batch waits for its token so long. */
const TOKEN_WITHIN_MS = 5000

/** Returns the headers of a batch, or none in time. Without a token the end point refuses the batch, and that is told. */
export const inTime = (clock: Clock, headers: () => Promise<Record<string, string>>): Promise<Record<string, string>> =>
  within(clock, TOKEN_WITHIN_MS, headers()).catch(() => ({}))
