import { laneTask } from '@holdfast/core/operations/webhook-tasks'
import { messageOf } from '@holdfast/core/platform/errors'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Merge, TaskQueues } from '@holdfast/core/platform/ports'
import { WEBHOOK_DELIVERIES } from '@holdfast/core/session/webhook-delivery-document'

/**
 * Enqueues the tasks of deliveries that a commit has written: one for each lane. A task that is lost here is made by the sweep, so a queue
 * that does not answer is a reason for a log line only.
 *
 * @param shown resolves when the documents of the commit can be read
 */
export async function kickWebhooks(
  { tasks, logger, shown }: { readonly tasks: TaskQueues; readonly logger: Logger; readonly shown: () => Promise<unknown> },
  merges: readonly Merge[],
): Promise<void> {
  const lanes = new Map<string, string>()
  for (const { path, fields } of merges) {
    const { lane } = fields as { lane?: unknown }
    if (path.startsWith(`${WEBHOOK_DELIVERIES}/`) && typeof lane === 'string' && !lanes.has(lane)) lanes.set(lane, path)
  }
  if (lanes.size === 0) return
  try {
    await shown()
    await Promise.all([...lanes].map(([lane, path]) => tasks.enqueue(laneTask(lane, path))))
  } catch (error) {
    logger.warn({ error: messageOf(error), lanes: lanes.size }, 'Webhooks have no tasks; the sweep sends them instead.')
  }
}
