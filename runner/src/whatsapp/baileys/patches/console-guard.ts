/**
 * libsignal 6.0.0 prints whole session entries, private and root keys included, through `console` (session_record.js: "Closing
 * session:", "Opening session:", …). In Cloud Run that ends in Cloud Logging. This process logs through its logger only, so
 * nothing is lost by switching `console` off.
 */
export function silenceConsole(target: Console = console): { readonly dropped: number } {
  const count = { dropped: 0 }
  const drop = () => {
    count.dropped++
  }
  for (const method of ['log', 'info', 'warn', 'error', 'debug', 'trace', 'dir', 'table'] as const) target[method] = drop
  return count
}
