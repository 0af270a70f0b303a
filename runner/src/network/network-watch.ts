import type { NetworkReport, OutageVerdict, ProbeResult, ProbeTarget } from '@holdfast/core/operations/network-report'
import { holdReasonOf, type Reach, runnerOutage } from '@holdfast/core/operations/outage'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock } from '@holdfast/core/platform/ports'
import type { FailedHow, Outage, SessionNetwork } from '../session/connection/network-port.ts'
import { ConnectionLedger, MASS_WITHIN_MS } from './connection-ledger.ts'
import type { DialBreaker } from './dial-breaker.ts'
import type { FleetVerdict } from './fleet-verdict.ts'
import type { Outcomes } from './prober.ts'

/** The age at which the result of a probe is no news any more, as a number of intervals. */
const FRESH_INTERVALS = 3

/** How long frames of sessions stand in for a probe of WhatsApp while nothing fails, ms. */
const HEARD_LATELY_MS = 60_000

export interface NetworkPolicy {
  /** The interval of probes while something fails. */
  readonly troubleEveryMs: number
  /** The interval of probes while nothing fails and no session hears WhatsApp. */
  readonly idleEveryMs: number
}

export interface NetworkWatchOptions {
  readonly clock: Clock
  readonly logger: Logger
  readonly policy: NetworkPolicy
  readonly prober: { look(): Promise<Outcomes>; stop(): void }
  readonly fleet: Pick<FleetVerdict, 'present' | 'start' | 'stop'>
  readonly breaker: Pick<DialBreaker, 'judge' | 'cameThrough' | 'failed' | 'stop'>
  /** Whether each of Google's services answered lately. Undefined: not known. */
  readonly google: () => Pick<Reach, 'google' | 'storage' | 'tasks'>
}

/**
 * Knows what this runner can reach. Sessions that hear WhatsApp are proof themselves, so it probes rarely while all is well, and at
 * once when connections fail. Tells the breaker, the sessions and the heartbeat.
 */
export class NetworkWatch {
  readonly #options: NetworkWatchOptions
  readonly #ledger = new ConnectionLedger()
  readonly #results = new Map<ProbeTarget, ProbeResult>()
  #verdict: OutageVerdict = 'none'
  #sinceMs: number
  /** The time of the first failure of the present trouble, and of its last one; null without trouble. */
  #trouble: { firstMs: number; lastMonotonicMs: number } | null = null
  /** The time of the last look, and the start of the last probes, by the monotonic clock. */
  #lookedAtMs = Number.NEGATIVE_INFINITY
  #probedAtMs = Number.NEGATIVE_INFINITY
  #wasTroubled = false
  #looking: Promise<void> | null = null
  #cancelNext: () => void = () => {}
  /** The fleet's outage that a session of this runner has disproved by its login. */
  #disprovedSinceMs: number | null = null
  #stopped = false

  constructor(options: NetworkWatchOptions) {
    this.#options = options
    this.#sinceMs = options.clock.now()
  }

  start(): void {
    this.#options.fleet.start(() => this.#judge())
    this.#schedule()
  }

  /** Resolves when no probe is under way any more. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#cancelNext()
    this.#options.fleet.stop()
    this.#options.breaker.stop()
    this.#options.prober.stop()
    await this.#looking
  }

  /** The outage that concerns this runner, by its own look or by the fleet's. */
  get verdict(): OutageVerdict {
    // An outage of Google that this runner sees must not hide one of WhatsApp that the others see.
    return holdReasonOf(this.#verdict) === null && this.#fleetVerdict !== 'none' ? this.#fleetVerdict : this.#verdict
  }

  /** The outage that keeps sessions from WhatsApp. */
  get #outage(): Outage | null {
    const { verdict } = this
    if (verdict === 'none' || holdReasonOf(verdict) === null) return null
    const sinceMs = holdReasonOf(this.#verdict) === null ? this.#options.fleet.present.sinceMs : this.#sinceMs
    const firstMs = this.#trouble?.firstMs ?? sinceMs
    return { verdict, sinceMs: Math.min(sinceMs, Math.max(firstMs, sinceMs - MASS_WITHIN_MS)) }
  }

  /** The part of the heartbeat that tells of the network. The heartbeat calls it every few seconds. */
  report(): NetworkReport {
    const { clock } = this.#options
    const google = this.#options.google()
    for (const target of OF_GOOGLE) {
      const ok = google[target]
      // What nobody has called for a while is not known any more.
      if (ok === undefined) this.#results.delete(target)
      else this.#note(target, { ok, ms: null, error: null }, clock.now())
    }
    this.#judge()
    const isFresh = clock.monotonic() - this.#probedAtMs <= FRESH_INTERVALS * this.#options.policy.troubleEveryMs
    const { heardAtMs } = this.#ledger
    return {
      probes: Object.fromEntries([...this.#results].filter(([target]) => isFresh || !OF_NETWORK.has(target))),
      verdict: this.#verdict,
      since: new Date(this.#sinceMs),
      heardAgoMs: Number.isFinite(heardAtMs) ? Math.round(clock.monotonic() - heardAtMs) : null,
      dials: this.#ledger.dials(this.#failuresCountFromMs),
    }
  }

  /** The network as one session sees it. */
  readonly of = (sessionId: string): SessionNetwork => {
    const { clock } = this.#options
    const [verdict, outage] = [() => this.verdict, () => this.#outage]
    return {
      get verdict() {
        return verdict()
      },
      get outage() {
        return outage()
      },
      dialled: () => this.#ledger.dialled(sessionId, clock.monotonic()),
      heard: () => this.#ledger.heard(sessionId, clock.monotonic()),
      opened: () => this.#opened(sessionId),
      lost: () => {
        this.#ledger.lost(sessionId)
        this.#troubled()
      },
      failed: (how) => this.#failed(sessionId, how),
      left: () => this.#ledger.left(sessionId),
    }
  }

  #opened(sessionId: string): void {
    const { breaker, clock, fleet } = this.#options
    this.#ledger.opened(sessionId, clock.monotonic())
    // A login proves that WhatsApp lets sessions in, whatever was seen before.
    if (this.#outage) {
      this.#ledger.startAnew(clock.monotonic())
      this.#disprovedSinceMs = fleet.present.sinceMs
    }
    breaker.cameThrough()
    this.#judge()
  }

  #failed(sessionId: string, how: FailedHow): void {
    const { breaker, clock } = this.#options
    const dialledAtMs = this.#ledger.failed(sessionId, how, clock.monotonic())
    this.#troubled()
    breaker.failed(dialledAtMs)
  }

  #troubled(): void {
    const { clock } = this.#options
    // What the probes said before the first failure may hold no more.
    if (this.#trouble === null && this.#verdict === 'none') this.#forgetProbes()
    this.#trouble = { firstMs: this.#trouble?.firstMs ?? clock.now(), lastMonotonicMs: clock.monotonic() }
    this.#judge()
    this.#schedule()
  }

  /** Outside an outage only failures of the last minute count. In one they stand until a session comes through: nobody dials. */
  get #failuresCountFromMs(): number {
    return this.#verdict === 'none' ? this.#options.clock.monotonic() - MASS_WITHIN_MS : Number.NEGATIVE_INFINITY
  }

  get #fleetVerdict(): OutageVerdict {
    const { verdict, sinceMs } = this.#options.fleet.present
    return sinceMs === this.#disprovedSinceMs ? 'none' : verdict
  }

  get #isReachable(): boolean {
    return this.#results.get('whatsapp')?.ok === true || this.#ledger.heardAtMs > this.#probedAtMs
  }

  #judge(): void {
    // The breaker would set a timer again.
    if (this.#stopped) return
    const { breaker, clock, logger } = this.#options
    const reach = { ...reachOf(this.#results), ...this.#options.google() }
    const verdict = runnerOutage(reach, this.#ledger.seen(this.#failuresCountFromMs, this.#probedAtMs))
    if (verdict !== this.#verdict) {
      const before = this.#verdict
      this.#verdict = verdict
      this.#sinceMs = clock.now()
      if (holdReasonOf(verdict) === null) this.#ledger.startAnew(clock.monotonic())
      const figures = { verdict, before, ...reach }
      if (verdict === 'none') logger.info(figures, 'The outage is over.')
      else logger.warn(figures, `An outage began or changed: ${verdict}. Sessions lose no attempt in it.`)
    }
    const quietForMs = clock.monotonic() - (this.#trouble?.lastMonotonicMs ?? 0)
    if (this.#outage === null && quietForMs > MASS_WITHIN_MS) this.#trouble = null
    breaker.judge({ holds: holdReasonOf(this.verdict), isReachable: this.#isReachable })
    if (this.#isTroubled === this.#wasTroubled) return
    this.#wasTroubled = this.#isTroubled
    this.#schedule()
  }

  get #isTroubled(): boolean {
    return (
      this.#trouble !== null ||
      this.verdict !== 'none' ||
      this.#options.fleet.present.isAnywhere ||
      Object.values(this.#options.google()).includes(false)
    )
  }

  /** Sets the timer of the next probes. */
  #schedule(): void {
    this.#cancelNext()
    if (this.#stopped || this.#looking) return
    const { clock, policy } = this.#options
    const everyMs = this.#isTroubled ? policy.troubleEveryMs : policy.idleEveryMs
    const waitMs = Math.max(0, this.#lookedAtMs + everyMs - clock.monotonic())
    this.#cancelNext = clock.after(Number.isFinite(waitMs) ? waitMs : 0, () => this.#look(), 'network')
  }

  #look(): void {
    this.#looking = this.#lookAround().finally(() => {
      this.#looking = null
      this.#judge()
      this.#schedule()
    })
  }

  async #lookAround(): Promise<void> {
    const { clock, prober } = this.#options
    const nowMs = clock.monotonic()
    const isProved = this.#ledger.heardAtMs > Math.max(nowMs - HEARD_LATELY_MS, this.#trouble?.lastMonotonicMs ?? 0)
    this.#lookedAtMs = nowMs
    if (isProved && this.#outage === null && !this.#options.fleet.present.isAnywhere) return this.#forgetProbes()
    this.#probedAtMs = nowMs
    const outcomes = await prober.look()
    // A probe that was cut short tells nothing.
    if (this.#stopped) return
    for (const [target, outcome] of Object.entries(outcomes)) this.#note(target as ProbeTarget, outcome, clock.now())
  }

  /** Forgets results that are out of date. */
  #forgetProbes(): void {
    for (const target of OF_NETWORK) this.#results.delete(target)
  }

  #note(target: ProbeTarget, { ok, ms, error }: Pick<ProbeResult, 'ok' | 'ms' | 'error'>, nowMs: number): void {
    const before = this.#results.get(target)
    const since = before?.ok === ok ? before.since : new Date(nowMs)
    this.#results.set(target, { ok, since, checkedAt: new Date(nowMs), ms, error })
  }
}

const OF_GOOGLE = ['google', 'storage', 'tasks'] as const

const OF_NETWORK: ReadonlySet<ProbeTarget> = new Set(['dns', 'whatsapp', 'neutral'])

/** What the probes of the network say. Google's services speak for themselves. */
const reachOf = (results: ReadonlyMap<ProbeTarget, ProbeResult>): Reach =>
  Object.fromEntries([...results].flatMap(([target, { ok }]) => (OF_NETWORK.has(target) ? [[target, ok]] : [])))
