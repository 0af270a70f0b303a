import { createTaskQueues } from '@holdfast/core/adapters/google/clients'
import { openReadingStores, type ReadingStores } from '@holdfast/core/adapters/session-stores'
import { createLogger } from '@holdfast/core/platform/logging'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { WrappingKey } from '@holdfast/core/security/envelope'
import type { FunctionConfig } from '../config.ts'
import type { Dependencies } from '../use-cases/dependencies.ts'
import { requestContext } from './request-context.ts'

/** What each function works with, except that the stores have no deadline yet. `name` is the component of its log lines. */
export function openFunction(name: string, config: FunctionConfig): Omit<Dependencies, 'journals'> & ReadingStores {
  return {
    ...openReadingStores({ projectId: config.projectId, storage: config.storage }),
    tasks: createTaskQueues(config.tasks),
    thresholds: config.thresholds,
    wrappingKey: new WrappingKey(config.wrappingKey),
    clock: systemClock,
    logger: createLogger(name, config.logLevel, requestContext),
  }
}
