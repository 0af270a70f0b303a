import { randomBytes } from 'node:crypto'
import { underRequestId } from '../app/request-context.ts'
import { EACH_MINUTE, EACH_NIGHT } from '../schedules/times.ts'
import { RETRIES } from '../tasks/queues.ts'
import { archiveOldJobs } from '../use-cases/archive-old-jobs.ts'
import type { Dependencies } from '../use-cases/dependencies.ts'
import { handleDueTask } from '../use-cases/make-due.ts'
import { sweep, type SweepDependencies } from '../use-cases/sweep.ts'
import { ScheduleRuns } from './schedule-runs.ts'
import { TaskDelivery } from './task-delivery.ts'

type NeededForWork = SweepDependencies & Pick<Dependencies, 'archives'>

export interface EmbeddedWork {
  /** Begins nothing from now on. Resolves when what is under way has ended, which may take as long as a run of a schedule. */
  stop(): Promise<void>
}

/**
 * Does in this process what Cloud Tasks and Cloud Scheduler would call functions for (`TASK_QUEUE=embedded`): delivers due tasks, and
 * runs the schedules. It may run in any number of API servers.
 */
export function startEmbeddedWork(dependencies: NeededForWork): EmbeddedWork {
  const { documents, clock, logger } = dependencies
  const own = { documents, clock, logger }
  const serverId = `api-${randomBytes(6).toString('hex')}`
  const retries = { ...RETRIES, handle: (payload: unknown) => underRequestId(() => handleDueTask(dependencies, payload)) }
  const tasks = new TaskDelivery({ ...own, queues: { retries } })
  const schedules = new ScheduleRuns({
    ...own,
    serverId,
    schedules: [
      { name: 'sweep', times: EACH_MINUTE, run: () => underRequestId(() => sweep(dependencies)) },
      { name: 'maintain', times: EACH_NIGHT, run: () => underRequestId(() => archiveOldJobs(dependencies)) },
    ],
  })
  tasks.start()
  schedules.start()
  logger.info({ server: serverId }, 'This server delivers due tasks and runs the schedules.')
  return {
    async stop() {
      await Promise.all([tasks.stop(), schedules.stop()])
    },
  }
}
