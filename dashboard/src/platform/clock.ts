/** The only place of the page that asks the browser for times and timers. */

export const now = (): number => Date.now()

/** Calls once, after so many ms. Returns what takes it back. */
export function after(ms: number, call: () => void): () => void {
  const timer = setTimeout(call, ms)
  return () => clearTimeout(timer)
}

/** Calls every so many ms. Returns what ends it. */
export function every(ms: number, call: () => void): () => void {
  const timer = setInterval(call, ms)
  return () => clearInterval(timer)
}
