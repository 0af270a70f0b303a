import { openTraces } from '@holdfast/core/adapters/traces'
import { messageOf } from '@holdfast/core/platform/errors'
import type { Traces } from '@holdfast/core/platform/traces'
import { createLogger } from '@holdfast/core/platform/logging'
import { type FunctionConfig, readFunctionConfig } from '../config.ts'
import type { Dependencies } from '../use-cases/dependencies.ts'
import type { AlertDependencies } from '../use-cases/alerts/alert-dependencies.ts'
import type { QueueDependencies } from '../use-cases/make-due.ts'
import { withStores } from './deadline.ts'
import { underRequestId } from './request-context.ts'
import { openFunction, openNotifications, traced } from './wiring.ts'

type WorkerDependencies = Dependencies & QueueDependencies & Pick<AlertDependencies, 'notifications'>

interface WorkerOptions {
  readonly readConfig?: () => FunctionConfig
  /** Whether the work makes spans. A function that makes none loads nothing for them. */
  readonly isTraced?: boolean
}

/** Runs the work of one call of a function that Google calls. */
export type Worker = <Result>(work: (dependencies: WorkerDependencies) => Promise<Result>) => Promise<Result>

/**
 * Wires a function on its first call, not when the module is loaded, because a deployment loads the module without a configuration.
 * What the work throws is logged here, and the thrown error has neither its text nor its cause: Google's library logs the error that
 * it gets, and a text may quote a message.
 */
export function createWorker(name: string, { readConfig = readFunctionConfig, isTraced = false }: WorkerOptions = {}): Worker {
  let dependencies: Promise<WorkerDependencies | null> | undefined
  return (work) =>
    underRequestId(async () => {
      // A wrong configuration stays wrong for this process, and is logged once.
      dependencies ??= wire(name, readConfig, isTraced)
      const wired = await dependencies
      if (!wired) throw new Error(`The function ${name} is not configured correctly. Its log says what to set.`)
      const outcome = await settle(work(wired))
      if ('value' in outcome) return outcome.value
      wired.logger.error({ error: outcome.error }, `A run of ${name} failed.`)
      throw new Error(`A run of ${name} failed. Its log has the cause.`)
    })
}

async function wire(name: string, readConfig: () => FunctionConfig, isTraced: boolean): Promise<WorkerDependencies | null> {
  try {
    const config = readConfig()
    const opened = openFunction(name, config)
    return {
      ...opened,
      ...(isTraced ? { traces: await tracesOf(name, config, opened) } : {}),
      ...withStores(opened),
      notifications: openNotifications(config),
      jobsLag: config.storage.type === 'local',
    }
  } catch (error) {
    createLogger(name, 'info').fatal({ problem: messageOf(error) }, `The function ${name} cannot start.`)
    return null
  }
}

const tracesOf = (name: string, config: FunctionConfig, { logger }: Pick<WorkerDependencies, 'logger'>): Promise<Traces> =>
  openTraces(config.traces, { ...traced(name, config), logger, lendsCpu: true })

async function settle<Result>(work: Promise<Result>): Promise<{ value: Result } | { error: unknown }> {
  try {
    return { value: await work }
  } catch (error) {
    return { error }
  }
}
