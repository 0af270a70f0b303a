import type { ProbeTarget } from '@holdfast/core/operations/network-report'
import type { Clock } from '@holdfast/core/platform/ports'
import { type Address, knock, type Outcome, outcomeOf, resolves, type Target } from './probe.ts'

export type Outcomes = Readonly<Partial<Record<ProbeTarget, Outcome>>>

export interface ProberOptions {
  readonly clock: Clock
  /** WhatsApp's server, at the address that connections use. */
  readonly whatsapp: Target
  /** One that answers is enough. Empty: no probe. */
  readonly neutral: readonly Address[]
  /** The limit of all probes of one look. */
  readonly limitMs: number
}

/** Looks at the network: each look asks all targets at the same time, within a limit. */
export class Prober {
  readonly #options: ProberOptions
  #looking: AbortController | null = null

  constructor(options: ProberOptions) {
    this.#options = options
  }

  /** Never rejects. A target that has not answered at the limit counts as failed. */
  async look(): Promise<Outcomes> {
    const { clock, whatsapp, neutral, limitMs } = this.#options
    const looking = new AbortController()
    this.#looking = looking
    const cancel = clock.after(limitMs, () => looking.abort(), 'network')
    const measured = (work: Promise<unknown>) => outcomeOf(work, () => clock.monotonic())
    const { signal } = looking
    try {
      const [dns, toWhatsApp, toNeutral] = await Promise.all([
        measured(resolves(whatsapp.host, signal)),
        measured(knock(whatsapp, signal)),
        neutral.length === 0 ? null : measured(this.#oneOf(neutral, looking)),
      ])
      return { dns, whatsapp: toWhatsApp, ...(toNeutral ? { neutral: toNeutral } : {}) }
    } finally {
      cancel()
      this.#looking = null
    }
  }

  /** Ends a look that is under way. */
  stop(): void {
    this.#looking?.abort()
  }

  /** Resolves with the first host that answers, and leaves the others. */
  async #oneOf(hosts: readonly Address[], looking: AbortController): Promise<void> {
    const found = new AbortController()
    const signal = AbortSignal.any([looking.signal, found.signal])
    const knocks = hosts.map((host) => knock({ ...host, until: 'connected' }, signal))
    try {
      await Promise.any(knocks)
    } finally {
      found.abort()
      await Promise.allSettled(knocks)
    }
  }
}
