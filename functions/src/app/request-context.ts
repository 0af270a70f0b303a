import { AsyncLocalStorage } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'

interface RequestContext {
  readonly requestId: string
  readonly tenant?: string
  readonly session?: string
}

const current = new AsyncLocalStorage<RequestContext>()

/** Runs a request under an id of its own. The answer and all log lines of the request carry the id. */
export const underRequestId = <Result>(run: (requestId: string) => Result): Result => {
  const requestId = randomUUID()
  return current.run({ requestId }, () => run(requestId))
}

/**
 * Adds the tenant and the session to all later log lines of this request. Pass only names that were found: text of the caller
 * stays out of the log.
 */
export function concerns(about: { readonly tenant: string; readonly session?: string }): void {
  Object.assign(current.getStore() ?? {}, about)
}

/** Returns the fields that each log line gets from its request. */
export const requestContext = (): Partial<RequestContext> => ({ ...current.getStore() })
