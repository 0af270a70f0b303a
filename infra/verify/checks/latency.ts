import { createFirestoreClients } from '@holdfast/core/adapters/google/clients'
import type { DocumentStore } from '@holdfast/core/platform/ports'
import type { LiveCheck, LiveContext } from '../live-check.ts'
import { succeeded, verdictOf } from '../live-check.ts'

const COMMITS = 100
const WARM_UP = 5
/** A message waits for its commit before WhatsApp hears of it. Above this, sessions are slow to answer, also in other regions. */
const SLOW_MS = 1000
const BYTES = 2000

/** How fast commits are, and how late a listener hears of them. From the machine that this runs on. */
export const latency: LiveCheck = {
  name: 'firestore: latency',
  proves: `how long a commit takes, and how late a listener hears of it, from this machine (${COMMITS} commits)`,
  seconds: 40,
  usd: 0.001,
  needs: ['database'],
  run: async (context) => {
    const { target, scratch } = context
    const clients = createFirestoreClients({ projectId: target.project, databaseId: scratch.database })
    try {
      const { commits, lags } = await measure(clients.documents, context)
      const figures = {
        'commit p50 ms': percentile(commits, 50),
        'commit p99 ms': percentile(commits, 99),
        'listener p50 ms': percentile(lags, 50),
        'listener p99 ms': percentile(lags, 99),
        from: 'this machine',
      }
      if (percentile(commits, 50) <= SLOW_MS) return succeeded(figures)
      const what = `half of the commits take longer than ${SLOW_MS} ms`
      return verdictOf(figures, { what, mend: 'Run it near the region: Cloud Shell, or a VM in it. docs/VERIFYING.md says how.' })
    } finally {
      await clients.close()
    }
  },
}

/** Commits one after the other, as one session does: a record beside a merge, as a received message has. */
async function measure(documents: DocumentStore, { until }: LiveContext) {
  const commits: number[] = []
  const lags: number[] = []
  const begun: number[] = []
  const failed: unknown[] = []
  const stop = documents.listen(
    { collection: 'latency' },
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
        { kind: 'create', path: `latency/${String(n).padStart(6, '0')}`, fields: { n, bytes: Buffer.alloc(BYTES, n) } },
        { kind: 'merge', path: 'latency-head/one', fields: { n } },
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

/** Pure: returns the smallest figure that so many percent of all do not exceed, rounded. */
export function percentile(figures: readonly number[], percent: number): number {
  const sorted = figures.toSorted((one, other) => one - other)
  return Math.round(sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] ?? 0)
}
