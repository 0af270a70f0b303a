import type { DocumentStore } from '@holdfast/core/platform/ports'

export const COMMITS = 100
const WARM_UP = 5
const BYTES = 2000

/** Milliseconds of each commit, and from the beginning of each commit until a listener has heard of it. */
export interface Latencies {
  readonly commits: readonly number[]
  readonly lags: readonly number[]
}

/** Waits until there is an answer. */
export type Until = <Answer>(what: string, limitMs: number, ask: () => Promise<Answer | null>) => Promise<Answer>

/**
 * Commits one after the other, as one session does: a record beside a merge, as a received message has.
 *
 * @param place the name of a collection that is empty
 */
export async function measureCommits(documents: DocumentStore, place: string, until: Until): Promise<Latencies> {
  const commits: number[] = []
  const lags: number[] = []
  const begun: number[] = []
  const failed: unknown[] = []
  const stop = documents.listen(
    { collection: place },
    (events) => {
      for (const { document } of events) {
        const from = begun[Number(document.fields['n'])]
        if (from !== undefined) lags.push(performance.now() - from)
      }
    },
    (error) => failed.push(error),
  )
  try {
    for (let n = 0; n < COMMITS + WARM_UP; n++) {
      begun[n] = performance.now()
      await documents.commit([
        { kind: 'create', path: `${place}/${String(n).padStart(6, '0')}`, fields: { n, bytes: Buffer.alloc(BYTES, n) } },
        { kind: 'merge', path: `${place}-head/one`, fields: { n } },
      ])
      commits.push(performance.now() - (begun[n] ?? 0))
    }
    await until('the listener to hear of all commits', 30_000, () => {
      if (failed.length > 0) throw failed[0]
      return Promise.resolve(lags.length >= COMMITS + WARM_UP ? true : null)
    })
  } finally {
    stop()
  }
  return { commits: commits.slice(WARM_UP), lags: lags.slice(WARM_UP) }
}

/** The figures of a report. */
export const latencyFigures = ({ commits, lags }: Latencies) => ({
  'commit p50 ms': percentile(commits, 50),
  'commit p99 ms': percentile(commits, 99),
  'listener p50 ms': percentile(lags, 50),
  'listener p99 ms': percentile(lags, 99),
})

/** Pure: returns the smallest figure that so many percent of all do not exceed, rounded. */
export function percentile(figures: readonly number[], percent: number): number {
  const sorted = figures.toSorted((one, other) => one - other)
  return Math.round(sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] ?? 0)
}
