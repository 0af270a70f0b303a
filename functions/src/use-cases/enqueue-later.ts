import { taskFor } from '@holdfast/core/message/due'
import { within } from '@holdfast/core/platform/deadlines'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import type { Dependencies } from './dependencies.ts'

export interface JobForLater {
  readonly id: string
  readonly sendAt: Date
}

/** Returns a stored job if it is for later. Null for all others, which need no task from here. */
export function forLater({ id, fields }: Pick<DocumentSnapshot, 'id' | 'fields'>): JobForLater | null {
  const { status, queuedAt, sendAt } = fields
  return status === 'pending' && queuedAt === null && sendAt instanceof Date ? { id, sendAt } : null
}

/** The messages are stored already, and their caller waits. */
const PATIENCE_MS = 5000

const AT_ONCE = 20

const WAITING = { status: 'pending', queuedAt: null, nextAttemptAt: null, generation: 0, attempts: 0 } as const

/**
 * Enqueues the tasks of stored jobs that are for later. A task that cannot be enqueued now
 * is left to the sweep, because the message is accepted.
 */
export async function enqueueLater(
  { tasks, clock, logger }: Pick<Dependencies, 'tasks' | 'clock' | 'logger'>,
  jobs: readonly (JobForLater | null)[],
): Promise<void> {
  const needed = jobs.flatMap((job) => (job && taskFor(job.id, { ...WAITING, sendAt: job.sendAt }, clock.now())) ?? [])
  const deadline = clock.monotonic() + PATIENCE_MS
  let queued = 0
  try {
    while (queued < needed.length) {
      const some = needed.slice(queued, queued + AT_ONCE)
      await within(clock, Math.max(1, deadline - clock.monotonic()), Promise.all(some.map((task) => tasks.enqueue(task))))
      queued += some.length
    }
  } catch (error) {
    logger.warn(
      { error, tasks: needed.length - queued },
      'Tasks of later messages could not be enqueued. The sweep will find them.',
    )
  }
}
