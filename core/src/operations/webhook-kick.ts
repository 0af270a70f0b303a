import { laneTask } from './webhook-tasks.ts'
import { messageOf } from '../platform/errors.ts'
import type { Logger } from '../platform/logging.ts'
import type { Change, TaskQueues } from '../platform/ports.ts'
import { WEBHOOK_DELIVERIES } from '../session/webhook-delivery-document.ts'

/**
 * Enqueues the tasks of deliveries that a commit has written: one for each lane. A task that is lost here is made by the sweep, so a queue
 * that does not answer is a reason for a log line only.
 *
 * @param shown resolves when the documents of the commit can be read; at once unless it is given
 */
export async function kickWebhooks(
  { tasks, logger, shown }: { readonly tasks: TaskQueues; readonly logger: Logger; readonly shown?: () => Promise<unknown> },
  changes: readonly Change[],
): Promise<void> {
  const lanes = new Map<string, string>()
  for (const change of changes) {
    const { path } = change
    const { lane } = ('fields' in change ? change.fields : {}) as { lane?: unknown }
    if (path.startsWith(`${WEBHOOK_DELIVERIES}/`) && typeof lane === 'string' && !lanes.has(lane)) lanes.set(lane, path)
  }
  if (lanes.size === 0) return
  try {
    await shown?.()
    await Promise.all([...lanes].map(([lane, path]) => tasks.enqueue(laneTask(lane, path))))
  } catch (error) {
    logger.warn({ error: messageOf(error), lanes: lanes.size }, 'Webhooks have no tasks; the sweep sends them instead.')
  }
}
