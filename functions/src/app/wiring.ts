import { createTaskQueues } from '@holdfast/core/adapters/google/clients'
import { openReadingStores } from '@holdfast/core/adapters/session-stores'
import { createLogger } from '@holdfast/core/platform/logging'
import { sentenceOfOldName } from '@holdfast/core/platform/old-names'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { WrappingKey } from '@holdfast/core/security/envelope'
import type { FunctionConfig } from '../config.ts'
import type { GivenDependencies } from './deadline.ts'
import { requestContext } from './request-context.ts'

/** What each function works with, except that the stores have no deadline yet. `name` is the component of its log lines. */
export function openFunction(name: string, config: FunctionConfig): GivenDependencies {
  const logger = createLogger(name, config.logLevel, requestContext)
  for (const old of config.oldNames) logger.warn({ name: old.name }, sentenceOfOldName(old))
  return {
    ...openReadingStores({ projectId: config.projectId, storage: config.storage }),
    tasks: createTaskQueues(config.tasks),
    tenantDefaults: config.tenantDefaults,
    isMultiTenant: config.isMultiTenant,
    version: config.version,
    thresholds: config.thresholds,
    acceptsMessages: config.acceptsMessages,
    wrappingKey: new WrappingKey(config.wrappingKey),
    clock: systemClock,
    logger,
  }
}
