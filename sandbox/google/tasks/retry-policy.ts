import type { QueueSettings } from './queue-settings.ts'

/** What is known of a task's failed deliveries. */
export interface Failures {
  /** Deliveries so far, with the one that just failed. */
  attempts: number
  /** Milliseconds since the first delivery. */
  sinceFirstMs: number
}

/**
 * Pure: returns the pause before the next delivery, or null when the task ends. The pause begins with the minimum, doubles so many
 * times, then grows by the last doubled pause, up to the maximum.
 */
export function nextPauseMs(settings: QueueSettings, { attempts, sinceFirstMs }: Failures): number | null {
  const { maxAttempts, maxRetryDurationMs, minBackoffMs, maxBackoffMs, maxDoublings } = settings
  const isLimited = maxAttempts !== -1 || maxRetryDurationMs !== 0
  const attemptsAreUsedUp = maxAttempts === -1 || attempts >= maxAttempts
  const timeIsUsedUp = maxRetryDurationMs === 0 || sinceFirstMs >= maxRetryDurationMs
  if (isLimited && attemptsAreUsedUp && timeIsUsedUp) return null
  const failed = attempts - 1
  const factor = failed <= maxDoublings ? 2 ** failed : 2 ** maxDoublings * (failed - maxDoublings + 1)
  return Math.min(maxBackoffMs, minBackoffMs * factor)
}
