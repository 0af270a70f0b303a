import { systemClock } from '@holdfast/core/system-clock'
import { nameOfTimer } from '../labels.ts'
import { die, fired, pass } from './points.ts'

const LATE_MS = 1_000

/** Calls back as a timer that was due does: a point of the file that had set it. */
function due(label: string | null, callback: () => void, isCancelled: () => boolean): void {
  if (label === null) return callback()
  switch (pass([label])) {
    case 'die-before':
      return die()
    case 'die-after':
      callback()
      return die()
    case 'slow':
      fired()
      return void setTimeout(() => isCancelled() || callback(), LATE_MS)
    default:
      return callback()
  }
}

/** Every timer of the product is set with its clock. */
export function watchTimers(): void {
  const { after, every, sleep } = systemClock
  const setter = () => nameOfTimer(new Error('Who sets it?').stack ?? '')
  const guarded =
    (set: typeof after): typeof after =>
    (delayMs, callback) => {
      const label = setter()
      let cancelled = false
      const cancel = set(delayMs, () => due(label, callback, () => cancelled))
      return () => {
        cancelled = true
        cancel()
      }
    }
  Object.assign(systemClock, {
    after: guarded(after),
    every: guarded(every),
    async sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
      const label = setter()
      await sleep(delayMs, signal)
      // One that was woken up has decided nothing.
      if (!signal?.aborted) await new Promise<void>((resolve) => due(label, resolve, () => false))
    },
  })
}
