import type { EventReader, SimulatorEvent } from './event-reader.ts'

/** The first events of both directions of one account. */
interface Flow {
  ackedAt: number | null
  receiptedAt: number | null
}

/**
 * Measures the time until messages flow again: until the server has acked a message of the account and has got a receipt from
 * it.
 */
export class Flows {
  readonly #events: EventReader

  constructor(events: EventReader) {
    this.#events = events
  }

  /** Returns for each phone the milliseconds until messages flow both ways; null when they do not within the limit. */
  async untilFlowing(phones: readonly string[], limitMs: number): Promise<Map<string, number | null>> {
    const since = Date.now()
    const flows = new Map<string, Flow>(phones.map((phone) => [phone, { ackedAt: null, receiptedAt: null }]))
    const { promise, resolve } = Promise.withResolvers<void>()
    const limit = setTimeout(resolve, limitMs)
    const ignore = this.#events.on((event) => {
      const flow = flows.get(event.phone ?? '')
      if (!flow || event.at < since) return
      note(flow, event)
      if ([...flows.values()].every((one) => tookMs(one, since) !== null)) resolve()
    })
    await promise.finally(() => {
      clearTimeout(limit)
      ignore()
    })
    return new Map([...flows].map(([phone, flow]) => [phone, tookMs(flow, since)]))
  }
}

function note(flow: Flow, { type, at, error }: SimulatorEvent): void {
  if (type === 'acked' && error === undefined) flow.ackedAt ??= at
  if (type === 'receipt') flow.receiptedAt ??= at
}

function tookMs({ ackedAt, receiptedAt }: Flow, since: number): number | null {
  return ackedAt === null || receiptedAt === null ? null : Math.max(ackedAt, receiptedAt) - since
}
