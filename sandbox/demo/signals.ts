/**
 * The terminal and the launcher both forward the same Ctrl-C. A signal after this time in milliseconds is a second Ctrl-C, by
 * which the user ends the process at once.
 */
const IMPATIENT_AFTER_MS = 2_000

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

/** Resolves with the exit code of the first stop signal. The caller stops everything in order. */
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
