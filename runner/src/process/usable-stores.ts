import { doubledMs } from '@holdfast/core/platform/backoff'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock } from '@holdfast/core/platform/ports'
import type { RunnerStores } from '@holdfast/core/adapters/session-stores'
import type { StoreProblem, StoreReport } from '@holdfast/core/operations/store-report'

const PAUSES = { firstMs: 1000, limitMs: 10_000 }

/**
 * Checks the stores until they are usable. Waits while the problems may end by themselves, as an outage does, and stops at the
 * first lasting problem. Returns the lasting problems: none when the stores are usable, or when the process leaves.
 */
export async function untilUsable(options: {
  stores: Pick<RunnerStores, 'check'>
  clock: Clock
  logger: Logger
  /** Aborted when the process leaves. */
  leaving: AbortSignal
  /** Receives the result of each check, except one with lasting problems. */
  onReport: (report: StoreReport) => void
}): Promise<readonly StoreProblem[]> {
  const { stores, clock, logger, leaving, onReport } = options
  for (let attempt = 1; !leaving.aborted; attempt++) {
    const { report, problems } = await stores.check()
    const lasting = problems.filter(({ isLasting }) => isLasting)
    if (lasting.length > 0) return lasting
    onReport(report)
    if (report.valid) {
      logger.info({ store: report.path, type: report.type, attempt }, 'The stores were checked and are usable.')
      return []
    }
    logger.warn({ attempt, problems: report.problems }, 'The runner waits for its stores and takes no sessions yet.')
    await clock.sleep(doubledMs(PAUSES, attempt), 'usable-stores', leaving)
  }
  return []
}
