/** A terminal and the launcher both hand on one Ctrl-C; one that comes later means that somebody has lost patience. */
const IMPATIENT_AFTER_MS = 2_000

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

/** Resolves with the exit code of the first signal to end; stopping in order is the caller's. */
export async function endOfSignals(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>()
  let firstAt: number | null = null
  for (const [signal, code] of Object.entries(SIGNALS)) {
    process.on(signal, () => {
      firstAt ??= performance.now()
      if (performance.now() - firstAt > IMPATIENT_AFTER_MS) process.exit(code)
      resolve(code)
    })
  }
  return await promise
}
