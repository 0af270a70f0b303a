import { AsyncLocalStorage } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'

interface RequestContext {
  readonly requestId: string
  readonly tenant?: string
  readonly session?: string
}

const current = new AsyncLocalStorage<RequestContext>()

/** Runs a request, and whatever it calls, under an id of its own: the answer and all that is logged meanwhile carry it. */
export const underRequestId = <Result>(run: (requestId: string) => Result): Result => {
  const requestId = randomUUID()
  return current.run({ requestId }, () => run(requestId))
}

/**
 * From here on the lines of this request say whose it is and which session it is about. Only what was found may be named: what a
 * caller merely wrote is his.
 */
export function concerns(about: { readonly tenant: string; readonly session?: string }): void {
  Object.assign(current.getStore() ?? {}, about)
}

/** What every line of the log says of the request that it belongs to. */
export const requestContext = (): Partial<RequestContext> => ({ ...current.getStore() })
