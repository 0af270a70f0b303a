import { randomUUID } from 'node:crypto'
import { SafeHttp } from '@holdfast/core/adapters/outgoing/http'
import { outsideOr } from '@holdfast/core/adapters/outgoing/inside-addresses'
import { SafeMails } from '@holdfast/core/adapters/outgoing/mails'
import { CloudRunPool } from '@holdfast/core/adapters/google/cloud-run'
import { openReadingStores } from '@holdfast/core/adapters/session-stores'
import { openTaskQueues } from '@holdfast/core/adapters/task-queues'
import { guardDocuments, timeLimit } from '@holdfast/core/platform/guarded-stores'
import { createLogger } from '@holdfast/core/platform/logging'
import { sentenceOfOldName } from '@holdfast/core/platform/old-names'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { openKeyWrapping } from '@holdfast/core/adapters/key-wrapping'
import type { FunctionConfig } from '../config.ts'
import type { Notifications } from '../use-cases/alerts/notification-settings.ts'
import type { GivenDependencies } from './deadline.ts'
import { requestContext } from './request-context.ts'

/** Cloud Tasks takes no longer either. A message is stored when its task is enqueued, and its caller waits. */
const ENQUEUED_WITHIN_MS = 5000

/** Opens the ways to the channels of alerts. They hold no connection while nothing is sent. */
export function openNotifications({ notifications, allowInside }: FunctionConfig): Notifications {
  const mayConnect = outsideOr(allowInside)
  return { ...notifications, http: new SafeHttp({ mayConnect }), mails: new SafeMails({ mayConnect }) }
}

/** What the spans of a function come from. */
export const traced = (name: string, { version }: Pick<FunctionConfig, 'version'>) => ({
  name: `holdfast-${name}`,
  version,
  id: randomUUID(),
})

/** What each function works with, except that the stores have no deadline yet. `name` is the component of its log lines. */
export function openFunction(name: string, config: FunctionConfig): GivenDependencies & { close(): Promise<void> } {
  const logger = createLogger(name, config.logLevel, requestContext)
  for (const old of config.oldNames) logger.warn({ name: old.name }, sentenceOfOldName(old))
  const stores = openReadingStores({ projectId: config.projectId, storage: config.storage })
  const documents = guardDocuments(stores.documents, timeLimit(systemClock, ENQUEUED_WITHIN_MS))
  const wrapping = openKeyWrapping(config.wrapping, { clock: systemClock, documents })
  const tasks = openTaskQueues({ type: config.taskQueue, cloud: config.tasks, documents, clock: systemClock })
  const fleet = config.fleet && { pool: new CloudRunPool(config.fleet.pool), policy: config.fleet.policy }
  return {
    ...stores,
    tasks,
    fleet,
    close: async () => {
      await Promise.all([stores.close(), tasks.close(), fleet?.pool.close(), wrapping.close()])
    },
    tenantDefaults: config.tenantDefaults,
    isMultiTenant: config.isMultiTenant,
    dataKeyMaxAgeDays: config.dataKeyMaxAgeDays,
    version: config.version,
    publicUrl: config.publicUrl,
    thresholds: config.thresholds,
    acceptsMessages: config.acceptsMessages,
    isRecoveryAutomatic: config.isRecoveryAutomatic,
    wrappingKey: wrapping.wrappingKey,
    tryKey: wrapping.tryKey,
    clock: systemClock,
    logger,
  }
}
