import { isMassFailure, type SessionsSeen } from '@holdfast/core/operations/outage'
import type { FailedHow } from '../session/connection/network-port.ts'

/** The time in which sessions have to fail to count together, ms. */
export const MASS_WITHIN_MS = 60_000

interface Entry {
  /** When the present or last attempt to connect began. */
  dialledAtMs: number
  heardAtMs: number
  failed: { how: FailedHow; atMs: number; dialledAtMs: number } | null
}

/** What the sessions of a runner saw of WhatsApp. Times are by the monotonic clock. */
export class ConnectionLedger {
  readonly #entries = new Map<string, Entry>()
  /** Failures of attempts that began earlier count for nothing. */
  #startedAnewMs = Number.NEGATIVE_INFINITY

  dialled(sessionId: string, nowMs: number): void {
    this.#of(sessionId).dialledAtMs = nowMs
  }

  heard(sessionId: string, nowMs: number): void {
    this.#of(sessionId).heardAtMs = nowMs
  }

  opened(sessionId: string, nowMs: number): void {
    const entry = this.#of(sessionId)
    entry.heardAtMs = nowMs
    entry.failed = null
  }

  lost(sessionId: string): void {
    this.#of(sessionId)
  }

  /** Returns when the attempt that failed began. */
  failed(sessionId: string, how: FailedHow, nowMs: number): number {
    const entry = this.#of(sessionId)
    entry.failed = { how, atMs: nowMs, dialledAtMs: entry.dialledAtMs }
    return entry.dialledAtMs
  }

  left(sessionId: string): void {
    this.#entries.delete(sessionId)
  }

  /** Forgets the failures, and those to come of attempts that are under way: an outage that is over was their cause. */
  startAnew(nowMs: number): void {
    this.#startedAnewMs = nowMs
    for (const entry of this.#entries.values()) entry.failed = null
  }

  /** When the last frame arrived; minus infinity when none has. */
  get heardAtMs(): number {
    return Math.max(Number.NEGATIVE_INFINITY, ...[...this.#entries.values()].map(({ heardAtMs }) => heardAtMs))
  }

  /** Sessions that need a connection, and those of them whose last attempt failed at or after a time. */
  dials(sinceMs: number): { sessions: number; failing: number } {
    return { sessions: this.#entries.size, failing: this.#failing(sinceMs).length }
  }

  /** @param lookedAtMs when the last probe of WhatsApp began: a frame after that proves more */
  seen(sinceMs: number, lookedAtMs: number): SessionsSeen {
    const failing = this.#failing(sinceMs)
    if (isMassFailure({ failing: failing.length, sessions: this.#entries.size })) {
      return failing.filter((how) => how === 'refused').length * 2 > failing.length ? 'refused' : 'cut-off'
    }
    return this.heardAtMs > lookedAtMs ? 'heard' : 'unknown'
  }

  #failing(sinceMs: number): FailedHow[] {
    return [...this.#entries.values()].flatMap(({ failed }) =>
      failed && failed.atMs >= sinceMs && failed.dialledAtMs >= this.#startedAnewMs ? [failed.how] : [],
    )
  }

  #of(sessionId: string): Entry {
    const known = this.#entries.get(sessionId)
    if (known) return known
    const entry: Entry = { dialledAtMs: Number.NEGATIVE_INFINITY, heardAtMs: Number.NEGATIVE_INFINITY, failed: null }
    this.#entries.set(sessionId, entry)
    return entry
  }
}
