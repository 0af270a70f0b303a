import type { EventReader, SimulatorEvent } from './event-reader.ts'

interface Outage {
  since: number
  /** The last connection number of the struck process. */
  lastConnection: number
  loggedIn: boolean
}

export interface Percentiles {
  p50: number
  p95: number
  max: number
}

/**
 * Measures the outage of an account after a strike, from the strike until the server counts the account as connected again, by
 * the simulator's clock. A second strike before that restarts the measurement.
 */
export class Recoveries {
  readonly samples: number[] = []
  readonly #outages = new Map<string, Outage>()
  readonly #waiting = new Set<() => void>()
  #lastConnection = 0

  constructor(events: Pick<EventReader, 'on'>) {
    events.on((event) => this.#onEvent(event))
  }

  /** Starts the measurement for the struck accounts. The caller calls it at the strike. */
  struck(phones: Iterable<string>): void {
    const since = Date.now()
    for (const phone of phones) this.#outages.set(phone, { since, lastConnection: this.#lastConnection, loggedIn: false })
  }

  /** Ends the measurement for accounts that the strike has missed. */
  missed(phones: Iterable<string>): void {
    for (const phone of phones) this.#outages.delete(phone)
    for (const look of this.#waiting) look()
  }

  isOpen(phone: string): boolean {
    return !this.#outages.has(phone)
  }

  /** Resolves with true when all accounts are connected again, and with false after the limit. */
  async untilOpen(phones: readonly string[], limitMs: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const look = () => phones.every((phone) => this.isOpen(phone)) && resolve(true)
    const limit = setTimeout(() => resolve(false), limitMs)
    this.#waiting.add(look)
    look()
    return await promise.finally(() => {
      clearTimeout(limit)
      this.#waiting.delete(look)
    })
  }

  #onEvent({ type, at, phone, connection }: SimulatorEvent): void {
    if (type === 'connection' && connection !== undefined) this.#lastConnection = connection
    const outage = this.#outages.get(phone ?? '')
    if (!outage || phone === undefined) return
    // The server may still read frames of the dead process after its death, such as a login.
    if (type === 'login' && (connection ?? 0) > outage.lastConnection) outage.loggedIn = true
    if (type !== 'active' || !outage.loggedIn) return
    this.samples.push(at - outage.since)
    this.#outages.delete(phone)
    for (const look of this.#waiting) look()
  }
}

/** Returns percentiles by nearest rank; zeros without samples. */
export function percentilesOf(samples: readonly number[]): Percentiles {
  const sorted = samples.toSorted((one, other) => one - other)
  const rank = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0
  return { p50: rank(0.5), p95: rank(0.95), max: rank(1) }
}
