import { type Logger, pino } from 'pino'

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
 * Makes structured logs, one JSON object a line: ids and states, never content, keys or phone numbers. `context` adds its fields to
 * every line.
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

/** Logs only the kind, code and place of third parties' errors: their texts may quote a message or a number. */
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
