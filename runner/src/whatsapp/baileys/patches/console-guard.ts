/**
 * Switches off the printing methods of `console` and counts the dropped calls. libsignal 6.0.0 prints whole session entries
 * through `console`, with private and root keys (session_record.js: "Closing session:", "Opening session:", …), and Cloud Run
 * sends such output to Cloud Logging. This process logs through its own logger only, so it loses nothing.
 */
export function silenceConsole(target: Console = console): { readonly dropped: number } {
  const count = { dropped: 0 }
  const drop = () => {
    count.dropped++
  }
  for (const method of ['log', 'info', 'warn', 'error', 'debug', 'trace', 'dir', 'table'] as const) target[method] = drop
  return count
}
