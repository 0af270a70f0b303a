import { downTimesOf, downTimesPath, type DownTimes, monthOf } from '@holdfast/core/operations/down-times-document'
import { FLEET_HISTORY_PATH, fleetHistorySchema } from '@holdfast/core/operations/fleet-history-document'
import type { Clock, DocumentStore } from '@holdfast/core/platform/ports'
import type { Logger } from '@holdfast/core/platform/logging'
import { RecentReads } from '../recent-reads.ts'

/** The documents change each minute at most. */
const FRESH_FOR_MS = 30_000

interface Month {
  readonly down: DownTimes
  /** The time of the month that sweeps have looked at, in milliseconds. */
  readonly measuredMs: number
}

/** Knows for which share of this month (UTC) each session was connected while it should have been. */
export class SessionAvailability {
  readonly #clock: Clock
  readonly #reads: RecentReads<Month>

  constructor({ documents, clock, logger }: { documents: Pick<DocumentStore, 'read'>; clock: Clock; logger: Logger }) {
    this.#clock = clock
    this.#reads = new RecentReads({
      clock,
      freshForMs: FRESH_FOR_MS,
      most: 2,
      read: (month) =>
        readMonth(documents, month).catch((error: unknown) => {
          // A figure that is missing must not hide the sessions.
          logger.warn({ error }, 'The availability of sessions could not be read.')
          return { down: {}, measuredMs: 0 }
        }),
    })
  }

  /** Returns a function from a session, with its time of creation, to percent, or null while nothing is known. */
  async thisMonth(): Promise<(sessionId: string, createdAt: Date | null) => number | null> {
    const now = this.#clock.now()
    const { down, measuredMs } = await this.#reads.get(monthOf(now))
    return (sessionId, createdAt) => percentOf(down[sessionId] ?? 0, Math.min(measuredMs, now - (createdAt?.getTime() ?? 0)))
  }

  /** Returns the sessions that were down for longest this month, with their availability in percent. */
  async worst(most: number, isShown: (sessionId: string) => boolean): Promise<(readonly [sessionId: string, percent: number])[]> {
    const { down, measuredMs } = await this.#reads.get(monthOf(this.#clock.now()))
    const shown = Object.entries(down).filter(([sessionId]) => isShown(sessionId))
    const longest = shown.toSorted(([, one], [, other]) => other - one).slice(0, most)
    return longest.flatMap(([sessionId, ms]) => {
      const percent = percentOf(ms, measuredMs)
      return percent === null ? [] : [[sessionId, percent] as const]
    })
  }
}

async function readMonth(documents: Pick<DocumentStore, 'read'>, month: string): Promise<Month> {
  const [current, times] = await Promise.all([documents.read(FLEET_HISTORY_PATH), documents.read(downTimesPath(month))])
  const history = fleetHistorySchema.safeParse(current?.fields).data
  return { down: downTimesOf(times), measuredMs: history?.measured[month] ?? 0 }
}

/** Rounds down, so that 100 means that the session was never seen down. */
const percentOf = (downMs: number, knownMs: number): number | null =>
  knownMs <= 0 ? null : Math.floor(Math.max(0, 1 - downMs / knownMs) * 100_000) / 1000
