import type { ApiClient } from './api-client.ts'
import type { EventReader } from './event-reader.ts'
import type { Ledger } from './figures.ts'
import { inParallel } from '@holdfast/core/platform/in-parallel'
import type { SimulatorClient } from './simulator-client.ts'

export interface InFlight {
  /** Jobs that the runner has begun and not yet recorded as sent. */
  outgoing: number
  /** Messages that were delivered to the runner and have no receipt yet. */
  incoming: number
}

/** The age of an ack below which the runner may not have recorded it yet. */
const YOUNG_MS = 2_000
const MOST_ASKED = 40

/** Counts the messages in flight at a strike. A job that still waits for its turn does not count. */
export class InFlightWatch {
  readonly #simulator: SimulatorClient
  readonly #statusOf: (jobId: string) => Promise<string>
  readonly #ledger: Ledger
  /** The ids of delivered messages by phone. */
  readonly #delivered = new Map<string, Set<string>>()
  readonly #ackedAt = new Map<string, number>()

  /** `statusOf` reads the status of a job from another source than the API. */
  constructor(options: {
    simulator: SimulatorClient
    api: ApiClient
    ledger: Ledger
    events: EventReader
    statusOf?: (jobId: string) => Promise<string>
  }) {
    const { simulator, api, statusOf } = options
    this.#simulator = simulator
    this.#statusOf = statusOf ?? (async (jobId) => (await api.message(jobId)).status)
    this.#ledger = options.ledger
    options.events.on(({ type, phone, id, at }) => {
      if (phone === undefined || id === undefined) return
      if (type === 'delivered') this.#deliveredTo(phone).add(id)
      if (type === 'receipt' || type === 'retry-receipt') this.#delivered.get(phone)?.delete(id)
      if (type === 'acked') this.#ackedAt.set(id, at)
    })
  }

  /** Counts right after the strike. The dead process changes nothing any more, so a moment later the state is still the same. */
  async afterStrike(sessions: readonly { name: string; phone: string }[]): Promise<InFlight> {
    const struckAt = Date.now()
    const names = new Set(sessions.map(({ name }) => name))
    const open = this.#ledger.accepted.filter(
      ({ session, messageId }) => names.has(session) && (this.#ackedAt.get(messageId) ?? struckAt) >= struckAt - YOUNG_MS,
    )
    const delivered = sessions.map(({ phone }) => ({ phone, ids: [...this.#deliveredTo(phone)] }))
    const [outgoing, { accounts }] = await Promise.all([this.#begun(open.map(({ jobId }) => jobId)), this.#simulator.state()])
    const receipted = new Map(accounts.map((account) => [account.phone, new Set(account.receipted)]))
    const unreceipted = delivered.flatMap(({ phone, ids }) => ids.filter((id) => !receipted.get(phone)?.has(id)))
    return { outgoing, incoming: unreceipted.length }
  }

  async #begun(jobIds: string[]): Promise<number> {
    let begun = 0
    // The jobs in the middle wait for their turn. Reading all would take longer than the start of the next process.
    const asked = new Set([...jobIds.slice(0, MOST_ASKED / 2), ...jobIds.slice(-MOST_ASKED / 2)])
    await inParallel(8, asked, async (jobId) => {
      if ((await this.#statusOf(jobId)) === 'processing') begun++
    })
    return begun
  }

  #deliveredTo(phone: string): Set<string> {
    const known = this.#delivered.get(phone)
    if (known) return known
    const ids = new Set<string>()
    this.#delivered.set(phone, ids)
    return ids
  }
}
