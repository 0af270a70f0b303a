/** Lets one call run at a time. Calls that come meanwhile become one more, afterwards: it sees what all of them were about. */
export function once(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null
  let next: Promise<void> | null = null
  const start = (): Promise<void> => {
    running = run().finally(() => (running = null))
    return running
  }
  return () => {
    if (running === null) return start()
    next ??= running.then(
      () => {
        next = null
        return start()
      },
      () => {
        next = null
        return start()
      },
    )
    return next
  }
}
