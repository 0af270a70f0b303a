import { OWNER_WAITS_MS } from '@holdfast/core/message/due'
import type { Clock } from '@holdfast/core/platform/ports'
import { judge } from './due-jobs.ts'
import type { JobProgress } from './job-progress.ts'
import type { KnownJobs } from './known-jobs.ts'
import type { OpenJob } from './open-jobs.ts'
import type { Pacer } from './pacer.ts'
import type { Hold } from './pacing.ts'
import type { SendPolicy } from './send-policy.ts'

/** A chat that waits behind a job of a later retry is looked at this often: that job may have been cancelled or moved. */
const LOOK_EVERY_MS = 60_000

/** Waiting jobs are judged anew this often, because settings of the tenant may have changed. */
const JUDGE_EVERY_MS = 10_000

export interface TurnsOptions {
  readonly jobs: KnownJobs
  /** Its values may change at any time. */
  readonly policy: Pick<SendPolicy, 'chatsAtOnce'>
  readonly pacer: Pick<Pacer, 'isPaced' | 'holdOf'>
  readonly progress: Pick<JobProgress, 'held'>
  readonly clock: Clock
  /** The number of jobs on their way. Null while no job may begin, because there is no connection. */
  readonly underway: () => number | null
  /** Begins a run of the job. The job is on its way when this returns. */
  readonly begin: (job: OpenJob) => void
  /** Reads a pending job again, which others may have changed. */
  readonly refresh: (job: OpenJob) => Promise<void>
}

/** Decides which job of a session is next, and begins it. Wakes up when the next one becomes due. */
export class Turns {
  readonly #options: TurnsOptions
  #isStopped = false
  #cancelWake: () => void = () => {}
  #cancelLook: (() => void) | null = null
  #soon: NodeJS.Immediate | null = null

  constructor(options: TurnsOptions) {
    this.#options = options
  }

  /** Begins whatever may begin now, and wakes up again when the next becomes due. */
  next(): void {
    this.#cancelWake()
    const { jobs, pacer, policy, clock, underway, begin } = this.#options
    const busy = underway()
    if (this.#isStopped || busy === null) return
    const now = clock.now()
    const judged = judge(jobs.heads(), now)
    if (judged.later.some((job) => jobs.sizeOfChat(job) > 1)) this.#lookLater()
    let free = (pacer.isPaced ? 1 : policy.chatsAtOnce) - busy
    let { wakeAtMs } = judged
    for (const job of judged.due) {
      if (free <= 0) break
      const hold = this.#holdOf(job)
      if (!hold) {
        free--
        begin(job)
      } else wakeAtMs = Math.min(wakeAtMs, hold.untilMs)
    }
    if (!Number.isFinite(wakeAtMs)) return
    const waitMs = Math.min(Math.max(wakeAtMs - now, 0), JUDGE_EVERY_MS)
    this.#cancelWake = clock.after(waitMs, () => this.next(), 'outbox')
  }

  /** Begins no more jobs, and ends all timers. */
  stop(): void {
    this.#isStopped = true
    this.#cancelWake()
    if (this.#soon) clearImmediate(this.#soon)
    this.#cancelLook?.()
    this.#cancelLook = null
  }

  /** Returns why the job may not be sent now. A job that may have been on the wire is not held. Shows a long hold. */
  #holdOf(job: OpenJob): Hold | null {
    const { pacer, clock } = this.#options
    if (job.phase === 'unknown' || job.isAcknowledged) return null
    const hold = pacer.holdOf(job.document.chat)
    const until = hold && new Date(hold.untilMs)
    const isShown = job.document.hold?.reason === hold?.reason && Number(job.document.hold?.until) >= Number(until)
    if (!hold || !until || hold.untilMs - clock.now() <= OWNER_WAITS_MS || isShown || !job.snapshot) return hold
    void this.#show(job, { reason: hold.reason, until })
    return hold
  }

  async #show(job: OpenJob, hold: { reason: string; until: Date }): Promise<void> {
    await this.#options.progress.held(job, hold)
    await this.#options.refresh(job)
    this.#nextSoon()
  }

  /** Judges once for all jobs whose holds were shown in one turn. */
  #nextSoon(): void {
    this.#soon ??= setImmediate(() => {
      this.#soon = null
      this.next()
    })
  }

  /** Looks later at the jobs that block their chat for long. */
  #lookLater(): void {
    const { jobs, clock, refresh } = this.#options
    this.#cancelLook ??= clock.after(
      LOOK_EVERY_MS,
      () => {
        this.#cancelLook = null
        const now = clock.now()
        const blocking = [...jobs.heads()].filter(
          (job) => job.phase === 'waiting' && job.notBeforeMs > now && jobs.sizeOfChat(job) > 1,
        )
        void Promise.all(blocking.map(refresh)).then(() => this.next())
      },
      'outbox',
    )
  }
}
