import { setTimeout as pause } from 'node:timers/promises'

/** Waits so long; false when it is over meanwhile. */
export async function pauseUnless(signal: AbortSignal, ms: number): Promise<boolean> {
  await pause(ms, undefined, { signal }).catch(() => undefined)
  return !signal.aborted
}
