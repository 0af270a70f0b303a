import type { Clock } from './ports.ts'
import type { TimerName } from './timers.ts'

/**
 * Repeats the work until it succeeds, with a pause after each failure.
 *
 * @throws the last error when `mayRetry` says no, or when the signal aborts.
 */
export async function retry<T>(
  work: () => Promise<T>,
  options: {
    readonly clock: Clock
    readonly timer: TimerName
    /** The pause after so many failures, counted from 1, ms. */
    readonly pauseMs: (failures: number) => number
    readonly mayRetry?: (failures: number) => boolean
    /** Called before each pause. */
    readonly onFailure?: (error: unknown, failures: number) => void
    /** Ends the pause. */
    readonly signal?: AbortSignal
  },
): Promise<T> {
  const { clock, timer, pauseMs, mayRetry, onFailure, signal } = options
  for (let failures = 1; ; failures++) {
    try {
      return await work()
    } catch (error) {
      if (mayRetry && !mayRetry(failures)) throw error
      onFailure?.(error, failures)
      await clock.sleep(pauseMs(failures), timer, signal)
      if (signal?.aborted) throw error
    }
  }
}
