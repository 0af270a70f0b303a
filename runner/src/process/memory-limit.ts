import type { RunnerResources } from '@holdfast/core/operations/runner-document'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Shutdown } from './shutdown.ts'
import { EXIT } from '@holdfast/core/platform/exit-codes'

/** The memory use at which a runner leaves, before the platform kills its container. */
export interface MemoryLimitPolicy {
  /** Percent of the container's memory limit. */
  readonly abovePercentage: number
  /** Number of looks in a row above the limit. A short peak is no reason to leave. */
  readonly looks: number
}

/** The number of looks in a row above the limit, this one included. Always 0 where no limit is known. */
export const countHighLooks = (before: number, percentage: number | null, { abovePercentage }: MemoryLimitPolicy): number =>
  percentage !== null && percentage > abovePercentage ? before + 1 : 0

export const isTimeToLeave = (highLooks: number, { looks }: MemoryLimitPolicy): boolean => highLooks >= looks

/** Returns the listener to looks at the memory, which begins the shutdown. */
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
