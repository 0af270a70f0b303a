import type { RunnerResources } from '@holdfast/core/operations/runner-document'
import type { Clock } from '@holdfast/core/platform/ports'
import type { ResourceMeter } from './resource-meter.ts'

export interface ResourcePolicy {
  /** Length of the interval for CPU and lag. A busy moment must not look like a busy runner. */
  readonly intervalMs: number
  /** Interval of looks at the memory, which may run out within one of the intervals above. */
  readonly memoryEveryMs: number
}

interface Interval {
  readonly cpuPercentage: number | null
  readonly lag: { readonly p99Ms: number | null; readonly maxMs: number | null }
}

/** Measures the resources of this process and reports after each look. */
export class ResourceWatch {
  readonly #meter: ResourceMeter
  readonly #clock: Clock
  readonly #policy: ResourcePolicy
  #since: { readonly atMs: number; readonly cpuMs: number }
  #interval: Interval = { cpuPercentage: null, lag: { p99Ms: null, maxMs: null } }
  #latest: RunnerResources

  constructor(options: { meter: ResourceMeter; clock: Clock; policy: ResourcePolicy }) {
    this.#meter = options.meter
    this.#clock = options.clock
    this.#policy = options.policy
    this.#since = this.#now()
    this.#latest = this.#look()
  }

  get latest(): RunnerResources {
    return this.#latest
  }

  /** Starts the looks. Returns the function that ends them. */
  start(onLook: (resources: RunnerResources) => void): () => void {
    return this.#clock.every(
      this.#policy.memoryEveryMs,
      () => {
        this.#latest = this.#look()
        onLook(this.#latest)
      },
      'resource-watch',
    )
  }

  #look(): RunnerResources {
    this.#closeInterval()
    const { cpus, memoryLimitBytes: limitBytes } = this.#meter
    const rssBytes = this.#meter.memoryBytes()
    const { cpuPercentage, lag } = this.#interval
    return {
      memory: { rssBytes, limitBytes, percentage: limitBytes === null ? null : percentage(rssBytes, limitBytes) },
      cpu: { cpus, percentage: cpuPercentage },
      eventLoop: lag,
    }
  }

  #closeInterval(): void {
    const now = this.#now()
    const elapsedMs = now.atMs - this.#since.atMs
    if (elapsedMs < this.#policy.intervalMs) return
    const cpuPercentage = percentage(now.cpuMs - this.#since.cpuMs, elapsedMs * this.#meter.cpus)
    this.#interval = { cpuPercentage, lag: this.#meter.takeLag() }
    this.#since = now
  }

  #now(): { atMs: number; cpuMs: number } {
    return { atMs: this.#clock.monotonic(), cpuMs: this.#meter.cpuMs() }
  }
}

/** Rounds to one decimal. */
const percentage = (part: number, whole: number): number => Math.round((1000 * part) / whole) / 10
