import type { Clock } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'

/** A clock whose timers the test runs. Its time stands still between two steps. */
export function steppedClock() {
  let nowMs = Date.now()
  const timers = new Map<() => void, number>()
  const clock: Clock = {
    ...systemClock,
    now: () => nowMs,
    monotonic: () => nowMs,
    after(delayMs, callback) {
      timers.set(callback, nowMs + delayMs)
      return () => timers.delete(callback)
    },
  }
  const step = (ms: number): void => {
    nowMs += ms
    for (const [callback, dueMs] of timers) {
      if (dueMs > nowMs) continue
      timers.delete(callback)
      callback()
    }
  }
  return { clock, step, timers }
}
