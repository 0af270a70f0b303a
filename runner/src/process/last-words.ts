import type { Logger } from '@holdfast/core/logging'
import { EXIT } from './exit-codes.ts'

/** Whatever Node would print by itself, or end the process for, is a line of the log. */
export function logLastWords(logger: Logger): void {
  // Baileys leaves promises of a closed socket without a listener. None of them decides anything here.
  process.on('unhandledRejection', (error) => logger.warn({ error }, 'A promise was rejected and nobody listened.'))
  process.on('uncaughtException', (error) => {
    const figures = { error, exitCode: EXIT.crashed }
    logger.fatal(figures, 'The process is in an unknown state and ends; the next start takes over from the journal.')
    process.exit(EXIT.crashed)
  })
  // Node's own listener prints them as text.
  process.removeAllListeners('warning')
  process.on('warning', (error) => logger.warn({ error }, `Node warns: ${error.name}.`))
}
