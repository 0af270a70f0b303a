import { randomBytes } from 'node:crypto'
import { underRequestId } from '../app/request-context.ts'
import { EACH_MINUTE, EACH_NIGHT } from '../schedules/times.ts'
import { ALERTS, RETRIES, WEBHOOKS } from '../tasks/queues.ts'
import type { AlertDependencies } from '../use-cases/alerts/alert-dependencies.ts'
import { handleAlertTask } from '../use-cases/alerts/deliver.ts'
import { cleanUp } from '../use-cases/clean-up.ts'
import type { Dependencies } from '../use-cases/dependencies.ts'
import { maintain } from '../use-cases/maintain.ts'
import { handleDueTask } from '../use-cases/make-due.ts'
import { sweep, type SweepDependencies } from '../use-cases/sweep.ts'
import { handleWebhookTask } from '../use-cases/webhooks/handle-task.ts'
import { ScheduleRuns } from './schedule-runs.ts'
import { TaskDelivery } from './task-delivery.ts'

type NeededForWork = SweepDependencies & AlertDependencies & Pick<Dependencies, 'objects' | 'journals' | 'archives' | 'media'>

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
  const own = { documents, clock, logger, serverId: `api-${randomBytes(6).toString('hex')}` }
  const retries = { ...RETRIES, handle: (payload: unknown) => underRequestId(() => handleDueTask(dependencies, payload)) }
  const alerts = { ...ALERTS, handle: (payload: unknown) => underRequestId(() => handleAlertTask(dependencies, payload)) }
  const webhooks = { ...WEBHOOKS, handle: (payload: unknown) => underRequestId(() => handleWebhookTask(dependencies, payload)) }
  const tasks = new TaskDelivery({ ...own, queues: { retries, alerts, webhooks } })
  const schedules = new ScheduleRuns({
    ...own,
    schedules: [
      { name: 'sweep', times: EACH_MINUTE, run: () => underRequestId(() => sweep(dependencies)) },
      { name: 'cleanup', times: EACH_NIGHT, run: () => underRequestId(() => cleanUp(dependencies)) },
      { name: 'maintain', times: EACH_NIGHT, run: () => underRequestId(() => maintain(dependencies)) },
    ],
  })
  tasks.start()
  schedules.start()
  logger.info({ server: own.serverId }, 'This server delivers due tasks and runs the schedules.')
  return {
    async stop() {
      await Promise.all([tasks.stop(), schedules.stop()])
    },
  }
}
