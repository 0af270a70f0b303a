import type { EventReader, SimulatorEvent } from './event-reader.ts'

/**
 * Calls `strike` at the first event that fits, before the next one is looked at. Rejects when there is none in time.
 * Resolves with what `strike` returned.
 */
export async function strikeAt<Result>(
  events: EventReader,
  fits: (event: SimulatorEvent) => boolean,
  limitMs: number,
  strike: () => Result,
): Promise<Result> {
  const { promise, resolve, reject } = Promise.withResolvers<Result>()
  const limit = setTimeout(() => reject(new Error('There was no moment to strike at.')), limitMs)
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
