/** The time and the chance of this machine, for whoever gives none of his own. They exist in Node and in browsers. */

/** Resolves after the time. Rejects with the signal's reason when the signal is aborted before. */
export function systemPause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer)
      reject(signal?.reason as Error)
    }
    if (signal?.aborted) return reject(signal.reason as Error)
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, ms)
    signal?.addEventListener('abort', stop, { once: true })
  })
}

export const systemNow = (): number => Date.now()

/** Returns a number from 0 to 1. */
export const systemRandom = (): number => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32
