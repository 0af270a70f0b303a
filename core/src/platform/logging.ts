import { type Logger, pino } from 'pino'
import { tenantOf } from '../session/ids.ts'

export type { Logger }

/** pino's levels in Cloud Logging's words. */
const SEVERITY: Record<string, string> = {
  trace: 'DEBUG',
  debug: 'DEBUG',
  info: 'INFO',
  warn: 'WARNING',
  error: 'ERROR',
  fatal: 'CRITICAL',
}

/**
 * Structured logs, one JSON object a line: ids and states, never content, keys or phone numbers. `context` is asked at every line
 * for what else it belongs to.
 */
export function createLogger(component: string, level: string, context?: () => object): Logger {
  return pino({
    level,
    ...(context ? { mixin: context } : {}),
    base: { component },
    messageKey: 'message',
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ severity: SEVERITY[label] ?? 'DEFAULT' }) },
    serializers: { error: serializeError },
  })
}

/**
 * What every line about a session says of it, whichever process writes it, so that one filter finds all of them. A message to send is
 * `job` and `messageId` beside it.
 */
export const ofSession = (sessionId: string): { tenant: string; session: string } => ({
  tenant: tenantOf(sessionId),
  session: sessionId,
})

/** Errors of third parties may quote what they choked on, so only their kind, code and place are logged. */
export function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { type: typeof error }
  const code = 'code' in error ? error.code : undefined
  const own = error.name === 'HoldfastError'
  return {
    type: error.name,
    code,
    ...(own ? { text: error.message } : {}),
    // A message may have lines that look like places.
    at: error.stack
      ?.replace(error.message, '')
      .split('\n')
      .filter((line) => line.startsWith('    at '))
      .slice(0, 4)
      .map((line) => line.trim()),
    ...(error.cause === undefined ? {} : { cause: serializeError(error.cause) }),
  }
}
