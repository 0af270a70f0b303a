import type { RunnerResources } from '@holdfast/core/operations/runner-document'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Shutdown } from './shutdown.ts'
import { EXIT } from './exit-codes.ts'

/** When a runner leaves before its container is killed for its memory. */
export interface MemoryLimitPolicy {
  /** Percent of what the container may use. */
  readonly abovePercentage: number
  /** So many looks in a row: a peak is no reason to leave. */
  readonly looks: number
}

/** How many looks in a row have found too much memory in use, this one included. None do where no limit is known. */
export const countHighLooks = (before: number, percentage: number | null, { abovePercentage }: MemoryLimitPolicy): number =>
  percentage !== null && percentage > abovePercentage ? before + 1 : 0

export const isTimeToLeave = (highLooks: number, { looks }: MemoryLimitPolicy): boolean => highLooks >= looks

/** To be told of every look at the memory. */
export function leaveBeforeMemoryIsFull(
  policy: MemoryLimitPolicy,
  shutdown: Shutdown,
  logger: Logger,
): (resources: RunnerResources) => void {
  let highLooks = 0
  return ({ memory: { rssBytes, limitBytes, percentage } }) => {
    highLooks = countHighLooks(highLooks, percentage, policy)
    if (highLooks === 0 || shutdown.signal.aborted) return
    const figures = { rssBytes, limitBytes, percentage, highLooks, ...policy }
    logger.warn(figures, `The runner uses ${percentage} % of its memory, for ${highLooks} of ${policy.looks} looks.`)
    if (isTimeToLeave(highLooks, policy)) shutdown.begin({ why: 'memory-limit', exitCode: EXIT.memoryAtLimit })
  }
}
