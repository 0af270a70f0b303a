import type { Clock } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { nameOfTimer } from '../labels.ts'
import { die, fired, pass } from './points.ts'
import { replace } from './replace.ts'

const LATE_MS = 1_000

/** Calls back as a timer that was due does: a point of the file that had set it. */
function due(label: string | null, callback: () => void, isCancelled: () => boolean): void {
  if (label === null) return callback()
  const fault = pass([label])
  if (fault === 'die-before') die()
  if (fault === 'slow') {
    fired()
    return void setTimeout(() => isCancelled() || callback(), LATE_MS)
  }
  callback()
  if (fault === 'die-after') die()
}

/** Every timer of the product is set with its clock. */
export function watchTimers(): void {
  const setter = () => nameOfTimer(new Error('Who sets it?').stack ?? '')
  const guarded =
    (set: Clock['after']): Clock['after'] =>
    (delayMs, callback) => {
      const label = setter()
      let isCancelled = false
      const cancel = set(delayMs, () => due(label, callback, () => isCancelled))
      return () => {
        isCancelled = true
        cancel()
      }
    }
  replace(systemClock, 'after', guarded)
  replace(systemClock, 'every', guarded)
  replace(systemClock, 'sleep', (sleep) => async (delayMs, signal) => {
    const label = setter()
    await sleep(delayMs, signal)
    // One that was woken up has decided nothing.
    if (!signal?.aborted) await new Promise<void>((resolve) => due(label, resolve, () => false))
  })
}
