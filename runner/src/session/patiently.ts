import type { Clock } from '@holdfast/core/platform/ports'

/** Asks again until there is an answer, or nobody waits for it any more; then the last error is thrown. */
export async function patiently<T>(
  work: () => Promise<T>,
  options: { clock: Clock; pauseMs: number; isOver: () => boolean; onFailure: (error: unknown) => void },
): Promise<T> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (options.isOver()) throw error
      options.onFailure(error)
      await options.clock.sleep(options.pauseMs, 'ask-again')
    }
  }
}
