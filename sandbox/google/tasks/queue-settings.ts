import { invalid } from './errors.ts'
import { msOf, protoTime, type ProtoTime } from './times.ts'

/** How a queue delivers, and delivers again. Times are in milliseconds. */
export interface QueueSettings {
  maxDispatchesPerSecond: number
  maxConcurrentDispatches: number
  /** -1: no limit. */
  maxAttempts: number
  /** 0: no limit. A task ends when both this and `maxAttempts` are used up. */
  maxRetryDurationMs: number
  minBackoffMs: number
  maxBackoffMs: number
  maxDoublings: number
}

/** The service's own values. */
export const DEFAULT_SETTINGS: QueueSettings = {
  maxDispatchesPerSecond: 500,
  maxConcurrentDispatches: 1000,
  maxAttempts: 100,
  maxRetryDurationMs: 0,
  minBackoffMs: 100,
  maxBackoffMs: 3_600_000,
  maxDoublings: 16,
}

export interface ProtoSettings {
  rateLimits?: { maxDispatchesPerSecond?: number; maxConcurrentDispatches?: number; maxBurstSize?: number } | null
  retryConfig?: {
    maxAttempts?: number
    maxRetryDuration?: ProtoTime | null
    minBackoff?: ProtoTime | null
    maxBackoff?: ProtoTime | null
    maxDoublings?: number
  } | null
}

/** What a request says of the settings. Zero and nothing mean the same in protobuf, except for the limits of one's own choice. */
export function settingsOf({ rateLimits, retryConfig }: ProtoSettings): Partial<QueueSettings> {
  const given = {
    maxDispatchesPerSecond: rateLimits?.maxDispatchesPerSecond || undefined,
    maxConcurrentDispatches: rateLimits?.maxConcurrentDispatches || undefined,
    maxAttempts: retryConfig?.maxAttempts || undefined,
    maxRetryDurationMs: retryConfig?.maxRetryDuration ? msOf(retryConfig.maxRetryDuration) : undefined,
    minBackoffMs: retryConfig?.minBackoff ? msOf(retryConfig.minBackoff) : undefined,
    maxBackoffMs: retryConfig?.maxBackoff ? msOf(retryConfig.maxBackoff) : undefined,
    maxDoublings: retryConfig?.maxDoublings,
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}

export const protoSettings = (settings: QueueSettings): Required<ProtoSettings> => ({
  rateLimits: {
    maxDispatchesPerSecond: settings.maxDispatchesPerSecond,
    maxConcurrentDispatches: settings.maxConcurrentDispatches,
    maxBurstSize: burstOf(settings),
  },
  retryConfig: {
    maxAttempts: settings.maxAttempts,
    maxRetryDuration: protoTime(settings.maxRetryDurationMs),
    minBackoff: protoTime(settings.minBackoffMs),
    maxBackoff: protoTime(settings.maxBackoffMs),
    maxDoublings: settings.maxDoublings,
  },
})

/** The number of tasks that may go out at once after a pause. The service chooses it, at most 100. */
export const burstOf = ({ maxDispatchesPerSecond }: QueueSettings): number => Math.min(100, Math.ceil(maxDispatchesPerSecond))

/** Throws INVALID_ARGUMENT unless the service would take these settings. */
export function checkSettings(settings: QueueSettings): void {
  const { maxDispatchesPerSecond, maxConcurrentDispatches, maxAttempts, minBackoffMs, maxBackoffMs, maxDoublings } = settings
  if (maxDispatchesPerSecond <= 0 || maxDispatchesPerSecond > 500)
    throw invalid('RateLimits.max_dispatches_per_second must be greater than 0 and at most 500.')
  if (maxConcurrentDispatches < 1 || maxConcurrentDispatches > 5000)
    throw invalid('RateLimits.max_concurrent_dispatches must be between 1 and 5000.')
  if (maxAttempts < -1 || maxAttempts === 0) throw invalid('RetryConfig.max_attempts must be -1 or greater than 0.')
  if (minBackoffMs > maxBackoffMs) throw invalid('RetryConfig.min_backoff must not be greater than RetryConfig.max_backoff.')
  if (maxDoublings < 0) throw invalid('RetryConfig.max_doublings must not be negative.')
}
