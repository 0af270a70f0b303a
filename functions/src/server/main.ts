import { Deadline } from '@holdfast/core/platform/deadlines'
import { messageOf } from '@holdfast/core/platform/errors'
import { EXIT } from '@holdfast/core/platform/exit-codes'
import { createLogger } from '@holdfast/core/platform/logging'
import { onSignal } from '@holdfast/core/platform/signals'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { logUncaughtErrors } from '@holdfast/core/platform/uncaught-errors'
import { keysBeside } from '../app/authentication.ts'
import { requestContext } from '../app/request-context.ts'
import { openFunction } from '../app/wiring.ts'
import { readServerConfig, type ServerConfig } from '../config.ts'
import { endServer } from './end-server.ts'
import { startServer } from './start-server.ts'

/** Cloud Run kills a container 10 s after SIGTERM. */
const END_WITHIN_MS = 8000

/** Wires and starts the API as a server, which runs until a signal ends it. */
async function main(): Promise<void> {
  const config = readConfigOrExit()
  const logger = createLogger('api', config.logLevel, requestContext)
  logUncaughtErrors(logger)
  const dependencies = openFunction('api', config)
  const { port, requestWithinMs } = config
  const server = await startServer({ ...dependencies, authenticatorOn: keysBeside(...config.apiKeys), port, requestWithinMs })
  let isEnding = false
  onSignal((why) => {
    if (isEnding) return
    isEnding = true
    const deadline = new Deadline(systemClock, END_WITHIN_MS)
    void endServer({ why, server, close: () => dependencies.close(), deadline, clock: systemClock, logger }).then((code) =>
      process.exit(code),
    )
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
