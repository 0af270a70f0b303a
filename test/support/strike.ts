import type { EventReader, SimulatorEvent } from './event-reader.ts'

/**
 * Calls `strike` at the first event that fits, before the next event is delivered. Resolves with the result of `strike`, and
 * rejects when no event fits within the limit.
 */
export async function strikeAt<Result>(
  events: EventReader,
  fits: (event: SimulatorEvent) => boolean,
  limitMs: number,
  strike: () => Result,
): Promise<Result> {
  const { promise, resolve, reject } = Promise.withResolvers<Result>()
  const limit = setTimeout(() => reject(new Error('No event for the strike arrived in time.')), limitMs)
  const ignore = events.on((event) => {
    if (!fits(event)) return
    ignore()
    try {
      resolve(strike())
    } catch (error) {
      reject(error)
    }
  })
  return await promise.finally(() => {
    clearTimeout(limit)
    ignore()
  })
}
