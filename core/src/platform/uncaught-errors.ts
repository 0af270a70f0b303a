import type { Logger } from './logging.ts'
import { EXIT } from './exit-codes.ts'
import { NO_CREDENTIALS, saysBadCredentialsFile, saysNoCredentials } from './google-credentials.ts'

/** Logs everything that Node would print by itself or end the process for. */
export function logUncaughtErrors(logger: Logger): void {
  // Baileys leaves rejected promises of a closed socket without a handler, and Google's clients some of a closed connection. None matters.
  process.on('unhandledRejection', (error) => {
    // Firestore's client drops a promise of each request that it has no credentials for. The request itself rejects, too.
    if (saysNoCredentials(error) || saysBadCredentialsFile(error)) logger.debug({ error }, NO_CREDENTIALS.sentence)
    else logger.warn({ error }, 'A rejected promise has no handler.')
  })
  process.on('uncaughtException', (error) => {
    const figures = { error, exitCode: EXIT.crashed }
    logger.fatal(figures, 'The process is in an unknown state and ends; the next one takes over.')
    process.exit(EXIT.crashed)
  })
  // Node's own listener would print warnings as text.
  process.removeAllListeners('warning')
  process.on('warning', (warning) => {
    const listeners = listenersIn(warning)
    const level = listeners?.emitter === OF_A_DOWNLOAD ? 'debug' : 'warn'
    logger[level]({ error: warning, ...listeners }, `Node warns: ${warning.name}.`)
  })
}

/**
 * The class of a download's stream. Cloud Storage's client adds two listeners to it for each waiting chunk, and they end with the stream:
 * each checkpoint above about 100 KB would cause a warning when it is read back.
 */
const OF_A_DOWNLOAD = 'PassThrough'

/** The emitter and the event of a warning of too many listeners. Its text would say so, but texts are not logged. */
function listenersIn(warning: Error): { emitter: string; event: string; listeners: number } | null {
  const { emitter, type, count } = warning as { emitter?: object; type?: string | symbol; count?: number }
  if (emitter === undefined) return null
  return { emitter: emitter.constructor.name, event: String(type), listeners: count ?? 0 }
}
