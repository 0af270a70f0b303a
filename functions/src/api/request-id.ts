import { AsyncLocalStorage } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'

const current = new AsyncLocalStorage<string>()

/** Runs a request, and whatever it calls, under an id of its own: the answer and all that is logged meanwhile carry it. */
export const underRequestId = <Result>(run: (requestId: string) => Result): Result => {
  const requestId = randomUUID()
  return current.run(requestId, () => run(requestId))
}

/** What every line of the log says of the request that it belongs to. */
export function requestContext(): { requestId?: string } {
  const requestId = current.getStore()
  return requestId === undefined ? {} : { requestId }
}
