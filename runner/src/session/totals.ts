/** What a runner counts from its start to its end. The heartbeat publishes the totals, and they become the counters of `GET /metrics`. */
export const TOTALS = [
  'recoveries_started',
  'recoveries_succeeded',
  'recoveries_failed',
  'recoveries_vetoed',
  'recovery_steps',
  'deaf_sessions_found',
  'qr_codes_shown',
  'reconnects',
] as const

export type Total = (typeof TOTALS)[number]

export class Totals {
  readonly #counts = new Map<Total, number>(TOTALS.map((name) => [name, 0]))

  count(name: Total): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1)
  }

  get snapshot(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts)
  }
}
