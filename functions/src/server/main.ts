import { openTraces } from '@holdfast/core/adapters/traces'
import { endWithoutCredentials } from '@holdfast/core/adapters/google/credentials'
import { Deadline } from '@holdfast/core/platform/deadlines'
import { messageOf } from '@holdfast/core/platform/errors'
import { EXIT } from '@holdfast/core/platform/exit-codes'
import { createLogger } from '@holdfast/core/platform/logging'
import { onSignal } from '@holdfast/core/platform/signals'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { logUncaughtErrors } from '@holdfast/core/platform/uncaught-errors'
import { keysBeside } from '../app/authentication.ts'
import { withStores } from '../app/deadline.ts'
import { requestContext } from '../app/request-context.ts'
import { openFunction, openNotifications, traced } from '../app/wiring.ts'
import { readServerConfig, type ServerConfig, signInsOf } from '../config.ts'
import { startEmbeddedWork } from '../embedded/embedded-work.ts'
import { END_WITHIN_MS, endServer } from './end-server.ts'
import { startServer } from './start-server.ts'

/** Wires and starts the API as a server, which runs until a signal ends it. */
async function main(): Promise<void> {
  const config = readConfigOrExit()
  const logger = createLogger('api', config.logLevel, requestContext)
  logUncaughtErrors(logger)
  await endWithoutCredentials(config.credentials, logger)
  const opened = openFunction('api', config)
  const traces = await openTraces(config.traces, { ...traced('api', config), logger })
  const dependencies = { ...opened, traces }
  const jobsLag = config.storage.type === 'local'
  const worker = { ...dependencies, ...withStores(dependencies), notifications: openNotifications(config), jobsLag }
  const work = config.taskQueue === 'embedded' ? startEmbeddedWork(worker) : null
  const { port, requestWithinMs } = config
  const callers = { authenticatorOn: keysBeside(...config.apiKeys), signIns: signInsOf(config) }
  const server = await startServer({ ...dependencies, ...callers, port, requestWithinMs })
  let isEnding = false
  onSignal((why) => {
    if (isEnding) return
    isEnding = true
    const deadline = new Deadline(systemClock, END_WITHIN_MS)
    // It begins nothing more. A run that takes longer than this process has is continued by another server.
    const stopped = work?.stop()
    const close = async (): Promise<void> => {
      await stopped
      await Promise.all([dependencies.close(), traces.close()])
    }
    void endServer({ why, server, close, deadline, clock: systemClock, logger }).then((code) => process.exit(code))
  })
  // Whoever starts the process waits for `ready`.
  logger.info({ ready: true, port: server.port, node: process.version }, `The API answers on port ${server.port}.`)
}

function readConfigOrExit(): ServerConfig {
  try {
    return readServerConfig()
  } catch (error) {
    createLogger('api', 'info').fatal({ exitCode: EXIT.badConfiguration }, messageOf(error))
    return process.exit(EXIT.badConfiguration)
  }
}

try {
  await main()
} catch (error) {
  createLogger('api', 'info').fatal({ error, exitCode: EXIT.crashed }, 'The API server could not start.')
  process.exit(EXIT.crashed)
}
