import type { Logger } from '@holdfast/core/platform/logging'
import { EXIT } from './exit-codes.ts'

/** Whatever Node would print by itself, or end the process for, is a line of the log. */
export function logUncaughtErrors(logger: Logger): void {
  // Baileys leaves promises of a closed socket without a listener. None of them decides anything here.
  process.on('unhandledRejection', (error) => logger.warn({ error }, 'A promise was rejected and nobody listened.'))
  process.on('uncaughtException', (error) => {
    const figures = { error, exitCode: EXIT.crashed }
    logger.fatal(figures, 'The process is in an unknown state and ends; the next start takes over from the journal.')
    process.exit(EXIT.crashed)
  })
  // Node's own listener prints them as text.
  process.removeAllListeners('warning')
  process.on('warning', (warning) => {
    const listeners = listenersIn(warning)
    const level = listeners?.emitter === OF_A_DOWNLOAD ? 'debug' : 'warn'
    logger[level]({ error: warning, ...listeners }, `Node warns: ${warning.name}.`)
  })
}

/**
 * The client of Cloud Storage hangs a pair of listeners on the stream of a download for each chunk that has to wait, and they go with
 * the stream: every checkpoint that is read back and is larger than about 100 KB would be warned of.
 */
const OF_A_DOWNLOAD = 'PassThrough'

/** Of a warning of too many listeners: who has them, and of what. Its text would say it, but texts are not logged. */
function listenersIn(warning: Error): { emitter: string; event: string; listeners: number } | null {
  const { emitter, type, count } = warning as { emitter?: object; type?: string | symbol; count?: number }
  if (emitter === undefined) return null
  return { emitter: emitter.constructor.name, event: String(type), listeners: count ?? 0 }
}
