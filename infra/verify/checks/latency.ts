import { createFirestoreClients } from '@holdfast/core/adapters/google/clients'
import { COMMITS, latencyFigures, measureCommits } from '../commit-latency.ts'
import { type LiveCheck, type Verdict, verdictOf } from '../live-check.ts'

/** A message waits for its commit before WhatsApp hears of it. Above this, sessions are slow to answer, also in other regions. */
const SLOW_MS = 1000

/** How fast commits are, and how late a listener hears of them. From the machine that this runs on. */
export const latency: LiveCheck = {
  name: 'firestore: latency',
  proves: `how long a commit takes, and how late a listener hears of it, from this machine (${COMMITS} commits)`,
  seconds: 40,
  usd: 0.001,
  hasClients: true,
  needs: ['database'],
  run: async ({ target, scratch, until }) => {
    const clients = createFirestoreClients({ projectId: target.project, databaseId: scratch.database })
    try {
      const figures = latencyFigures(await measureCommits(clients.documents, 'latency', until))
      return verdictOnLatency({ ...figures, from: 'this machine' }, 'Run it with --from-region, which measures in the region.')
    } finally {
      await clients.close()
    }
  },
}

/** Pure. */
export function verdictOnLatency(figures: Verdict['figures'], mend: string): Verdict {
  const isSlow = Number(figures['commit p50 ms']) > SLOW_MS
  return verdictOf(figures, isSlow ? { what: `half of the commits take longer than ${SLOW_MS} ms`, mend } : null)
}
