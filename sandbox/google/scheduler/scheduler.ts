import type { ScheduleDefinition } from '../functions/definitions.ts'
import { identityToken } from '../identity-token.ts'
import { nextTime } from './schedule-times.ts'

const LONGEST_TIMER_MS = 2 ** 31 - 1
/** Cloud Scheduler's own limit for a call. */
const CALL_LIMIT_MS = 1_800_000

export interface SchedulerOptions {
  /** Base URL of the functions. */
  functionsUrl: string
  /** The wall clock that the schedules follow. */
  now: () => number
  /** Whether schedules are called at their times. Otherwise only `fire` calls them. */
  automatic: boolean
}

interface Job {
  definition: ScheduleDefinition
  /** The time from which its next time is counted. */
  since: number
  underWay: Promise<void> | null
}

/** Calls scheduled functions as Cloud Scheduler does: at their times, each one call at a time, and without a second attempt. */
export class Scheduler {
  readonly #options: SchedulerOptions
  readonly #jobs = new Map<string, Job>()
  readonly #closed = new AbortController()
  #timer: NodeJS.Timeout | null = null

  constructor(options: SchedulerOptions) {
    this.#options = options
  }

  /** Takes the schedules of a deployment. One that was known goes on as before. */
  deploy(definitions: readonly ScheduleDefinition[]): void {
    const known = new Map(this.#jobs)
    this.#jobs.clear()
    for (const definition of definitions) {
      const before = known.get(definition.name)
      // Throws when the schedule cannot be read.
      nextTime(definition.schedule, definition.timeZone, 0)
      this.#jobs.set(definition.name, before ? Object.assign(before, { definition }) : this.#newJob(definition))
    }
    this.look()
  }

  /** Calls what is due: after a change of the clock. What came due more than once in between is called once. */
  look(): void {
    if (this.#timer) clearTimeout(this.#timer)
    if (!this.#options.automatic || this.#closed.signal.aborted) return
    const now = this.#options.now()
    const waits = [...this.#jobs.values()].filter(({ underWay }) => underWay === null).map((job) => this.#lookAt(job, now))
    const next = Math.min(...waits)
    if (next < Infinity) this.#timer = setTimeout(() => this.look(), Math.min(next - now, LONGEST_TIMER_MS)).unref()
  }

  /**
   * Calls a function now and waits for its end.
   *
   * @throws Error when it has no such schedule, or the call fails
   */
  async fire(name: string): Promise<void> {
    const job = this.#jobs.get(name)
    if (!job) throw new Error(`There is no schedule ${name}; there are ${[...this.#jobs.keys()].join(', ') || 'none'}.`)
    while (job.underWay) await job.underWay
    await this.#run(job, this.#options.now())
  }

  close(): void {
    this.#closed.abort()
    if (this.#timer) clearTimeout(this.#timer)
  }

  #newJob(definition: ScheduleDefinition): Job {
    return { definition, since: this.#options.now(), underWay: null }
  }

  /** Calls the function if it is due. Returns its next time; Infinity while it is called. */
  #lookAt(job: Job, now: number): number {
    const { schedule, timeZone } = job.definition
    const due = nextTime(schedule, timeZone, job.since)
    if (due > now) return due
    // A call that fails is due again at its next time only.
    void this.#run(job, due).catch(() => {})
    return Infinity
  }

  async #run(job: Job, scheduledAt: number): Promise<void> {
    job.since = this.#options.now()
    const call = this.#call(job.definition.name, scheduledAt)
    job.underWay = call.catch(() => {})
    try {
      await call
    } finally {
      job.underWay = null
      this.look()
    }
  }

  async #call(name: string, scheduledAt: number): Promise<void> {
    const url = `${this.#options.functionsUrl}/${name}`
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${identityToken('scheduler@sandbox.iam.gserviceaccount.com', url)}`,
        'user-agent': 'Google-Cloud-Scheduler',
        'x-cloudscheduler': 'true',
        'x-cloudscheduler-jobname': name,
        'x-cloudscheduler-scheduletime': new Date(scheduledAt).toISOString(),
      },
      signal: AbortSignal.any([this.#closed.signal, AbortSignal.timeout(CALL_LIMIT_MS)]),
    })
    await response.arrayBuffer()
    if (!response.ok) throw new Error(`The scheduled function ${name} answered ${response.status}.`)
  }
}
