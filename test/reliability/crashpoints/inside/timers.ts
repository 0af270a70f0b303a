import type { Clock } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { nameOfTimer } from '../labels.ts'
import { die, fired, pass } from './points.ts'
import { replace } from './replace.ts'

const LATE_MS = 1_000

/** Runs the callback of a due timer as a point. */
function due(label: string, callback: () => void, isCancelled: () => boolean): void {
  const fault = pass([label])
  if (fault === 'die-before') die()
  if (fault === 'slow') {
    fired()
    return void setTimeout(() => isCancelled() || callback(), LATE_MS)
  }
  callback()
  if (fault === 'die-after') die()
}

/** Makes every due timer of the product a point, through the product's clock. */
export function watchTimers(): void {
  const guarded =
    (set: Clock['after']): Clock['after'] =>
    (delayMs, callback, name) => {
      let isCancelled = false
      const cancel = set(delayMs, () => due(nameOfTimer(name), callback, () => isCancelled), name)
      return () => {
        isCancelled = true
        cancel()
      }
    }
  replace(systemClock, 'after', guarded)
  replace(systemClock, 'every', guarded)
  replace(systemClock, 'sleep', (sleep) => async (delayMs, name, signal) => {
    await sleep(delayMs, name, signal)
    // A sleep that was aborted did not come due, so it passes no point.
    if (!signal?.aborted) await new Promise<void>((resolve) => due(nameOfTimer(name), resolve, () => false))
  })
}
