import type { Principal } from '../../app/principal.ts'
import type { Dependencies } from '../dependencies.ts'
import { queueBySession, queueTotals, type QueueStatus } from '../queue-status.ts'
import type { Source, Tell } from './feed.ts'

/** Nothing in Firestore changes with each message that could be listened to, so that the figures are counted so often. */
const COUNTS_EVERY_MS = 1500

/** Counting takes at most a fifth of the time. */
const REST = 4

/** Each session costs some counts of its own. With many sessions, the figures of each are counted less often than those of all. */
const PER_SESSION_MS = 100

/** Tells the figures of the queue of those sessions that a caller may know of. */
export class QueueSource implements Source {
  readonly opened: Promise<void>
  readonly #dependencies: Pick<Dependencies, 'documents' | 'clock' | 'logger'>
  readonly #principal: Principal
  readonly #tell: Tell
  #last = ''
  #sessions: QueueStatus['sessions'] = {}
  /** By the monotonic clock. */
  #sessionsDueAt = 0
  /** The sums were told with older figures of the sessions. */
  #isLagging = false
  #cancel: () => void = () => {}
  #isClosed = false

  constructor(dependencies: Pick<Dependencies, 'documents' | 'clock' | 'logger'>, principal: Principal, tell: Tell) {
    this.#dependencies = dependencies
    this.#principal = principal
    this.#tell = tell
    this.opened = this.#count()
  }

  close(): void {
    this.#isClosed = true
    this.#cancel()
  }

  async #count(): Promise<void> {
    const { clock } = this.#dependencies
    const begun = clock.monotonic()
    try {
      await this.#look(begun)
    } finally {
      const delay = Math.max(COUNTS_EVERY_MS, REST * (clock.monotonic() - begun))
      if (!this.#isClosed) this.#cancel = clock.after(delay, () => void this.#again(), 'keep-alive')
    }
  }

  async #again(): Promise<void> {
    try {
      await this.#count()
    } catch (error) {
      const { tenant } = this.#principal
      this.#dependencies.logger.warn({ error, tenant }, 'The queue could not be counted for the events.')
    }
  }

  async #look(now: number): Promise<void> {
    const totals = await queueTotals(this.#dependencies, this.#principal)
    const { oldest, ...figures } = totals
    const seen = JSON.stringify([figures, oldest?.queuedAt])
    const isDue = now >= this.#sessionsDueAt
    if (seen === this.#last && !(this.#isLagging && isDue)) return
    if (isDue) {
      this.#sessions = await queueBySession(this.#dependencies, this.#principal, figures)
      this.#sessionsDueAt = now + PER_SESSION_MS * Object.keys(this.#sessions).length
    }
    if (this.#isClosed) return
    this.#isLagging = !isDue
    this.#last = seen
    const { tenant, sessions } = this.#principal
    const names = JSON.stringify(sessions)
    this.#tell({
      kind: 'queue',
      id: 'queue',
      data: { ...totals, sessions: this.#sessions },
      isFor: (other) => other.tenant === tenant && JSON.stringify(other.sessions) === names,
    })
  }
}
