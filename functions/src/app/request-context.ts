import { AsyncLocalStorage } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'
import { NO_SPAN, type Span } from '@holdfast/core/platform/traces'

interface RequestContext {
  readonly requestId: string
  readonly tenant?: string
  readonly session?: string
}

const current = new AsyncLocalStorage<{ readonly fields: RequestContext; readonly span: Span }>()

/** Runs a request under an id of its own. The answer and all log lines of the request carry the id, and name its span. */
export const underRequestId = <Result>(run: (requestId: string) => Result, span: Span = NO_SPAN): Result => {
  const requestId = randomUUID()
  return current.run({ fields: { requestId, ...span.logFields }, span }, () => run(requestId))
}

/**
 * Adds the tenant and the session to all later log lines of this request. Pass only names that were found: text of the caller
 * stays out of the log.
 */
export function concerns(about: { readonly tenant: string; readonly session?: string }): void {
  Object.assign(current.getStore()?.fields ?? {}, about)
}

/** Returns the fields that each log line gets from its request. */
export const requestContext = (): Partial<RequestContext> => ({ ...current.getStore()?.fields })

/** The span of the request that is being answered, as the parent of others. Null when it is not traced. */
export const requestTraceparent = (): string | null => current.getStore()?.span.traceparent ?? null
