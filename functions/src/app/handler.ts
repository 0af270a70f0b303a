import { openTraces } from '@holdfast/core/adapters/traces'
import { createLogger } from '@holdfast/core/platform/logging'
import { messageOf } from '@holdfast/core/platform/errors'
import { type ApiConfig, signInsOf } from '../config.ts'
import { createApp } from './app.ts'
import { keysBeside } from './authentication.ts'
import { problem } from './problems.ts'
import { openFunction, traced } from './wiring.ts'

type Handler = (request: Request) => Response | Promise<Response>

/**
 * Wires the API on its first request, not when the module is loaded, because a deployment loads the module without a
 * configuration. A wrong configuration stays wrong for this process: the handler logs it once, and answers every request with
 * `bad-configuration` without the details.
 */
export function createHandler(readConfig: () => ApiConfig): Handler {
  let wired: Promise<Handler> | undefined
  return async (request) => {
    wired ??= wire(readConfig)
    const handler = await wired
    return handler(request)
  }
}

async function wire(readConfig: () => ApiConfig): Promise<Handler> {
  try {
    const config = readConfig()
    const host = { type: 'function', serverUrl: config.serverUrl } as const
    const callers = { authenticatorOn: keysBeside(...config.apiKeys), signIns: signInsOf(config) }
    const opened = openFunction('api', config)
    const traces = await openTraces(config.traces, { ...traced('api', config), logger: opened.logger, lendsCpu: true })
    const app = createApp({ ...opened, ...callers, host, traces })
    return (request) => app.fetch(request)
  } catch (error) {
    createLogger('api', 'info').fatal({ problem: messageOf(error) }, 'The API cannot start.')
    return () => problem('bad-configuration', 'The service is not configured correctly. Its log says what to set.').getResponse()
  }
}
