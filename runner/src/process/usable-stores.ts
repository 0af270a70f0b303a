import { doubledMs } from '@holdfast/core/platform/backoff'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock } from '@holdfast/core/platform/ports'
import type { RunnerStores } from '@holdfast/core/adapters/session-stores'
import type { StoreProblem, StoreReport } from '@holdfast/core/operations/store-report'

const PAUSES = { firstMs: 1000, limitMs: 10_000 }

/**
 * Checks the stores until all is well with them. What may end by itself, an outage, is waited for; with the first trouble that does
 * not, the waiting is over. Gives the lasting problems: none when the stores can be worked with, or when the process leaves.
 */
export async function untilUsable(options: {
  stores: Pick<RunnerStores, 'check'>
  clock: Clock
  logger: Logger
  /** Aborted when the process leaves. */
  leaving: AbortSignal
  /** What came out of each look that was not the last word. */
  onReport: (report: StoreReport) => void
}): Promise<readonly StoreProblem[]> {
  const { stores, clock, logger, leaving, onReport } = options
  for (let attempt = 1; !leaving.aborted; attempt++) {
    const { report, problems } = await stores.check()
    const lasting = problems.filter(({ isLasting }) => isLasting)
    if (lasting.length > 0) return lasting
    onReport(report)
    if (report.valid) {
      logger.info({ store: report.path, type: report.type, attempt }, 'The stores were checked: they can be worked with.')
      return []
    }
    logger.warn({ attempt, problems: report.problems }, 'The runner waits for its stores and takes no sessions yet.')
    await clock.sleep(doubledMs(PAUSES, attempt), 'usable-stores', leaving)
  }
  return []
}
