import { setTimeout as pause } from 'node:timers/promises'

/** Waits `ms` milliseconds. Resolves with false as soon as the signal is aborted. */
export async function pauseUnless(signal: AbortSignal, ms: number): Promise<boolean> {
  await pause(ms, undefined, { signal }).catch(() => undefined)
  return !signal.aborted
}
