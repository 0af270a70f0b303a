import { isInvalid } from '../../platform/errors.ts'
import type { Logger } from '../../platform/logging.ts'
import { ofSession } from '../../session/log-fields.ts'
import type { Clock, DocumentStore, Merge } from '../../platform/ports.ts'
import { AppliedMarker } from './applied-marker.ts'
import type { JournalFiles } from './journal-files.ts'

export interface FollowingOptions {
  readonly files: JournalFiles
  readonly documents: DocumentStore
  readonly clock: Clock
  readonly logger: Logger
  /** Throws when another process has taken the directory. */
  readonly assertOurs: () => Promise<void>
}

/** Merges in one commit. A commit that Firestore refuses as invalid is divided further. */
const MERGES_AT_ONCE = 50

const FIRST_PAUSE_MS = 200
const LONGEST_PAUSE_MS = 10_000

/**
 * Brings the merges of one session's records to Firestore, after the records and in their order, until Firestore accepts them. It reads
 * them from the journal's files, so the next process continues in the same way after a crash. A merge whose answer or mark was lost is
 * made once more: it says the same each time, and all later merges follow again.
 *
 * This holds for one process. A process that slept while another took the directory would overwrite newer merges with older ones, so it
 * checks before each commit that the directory is still its own.
 */
export class FollowingMerges {
  readonly #options: FollowingOptions
  readonly #logger: Logger
  readonly #sessionId: string
  readonly #marker: AppliedMarker
  /** Null until the marker is read. */
  #appliedTo: number | null = null
  #isRunning = false
  /** More records may have come since the present run began. */
  #again = false
  #failures = 0
  #cancelRetry: (() => void) | null = null
  #isClosed = false
  #waiting: { seq: number; resolve: () => void; reject: (error: unknown) => void }[] = []

  constructor(sessionId: string, options: FollowingOptions) {
    this.#sessionId = sessionId
    this.#options = options
    this.#logger = options.logger.child(ofSession(sessionId))
    this.#marker = new AppliedMarker(options.files.placeOf(sessionId))
  }

  /** Starts a run for appended records. After a failure they wait for the next attempt. */
  wake(): void {
    if (!this.#cancelRetry) this.#start()
  }

  /**
   * Resolves when Firestore has the merges of all records up to this one. Rejects when it does not accept them now; the retries go on
   * all the same.
   */
  until(seq: number): Promise<void> {
    if (this.#appliedTo !== null && seq <= this.#appliedTo) return Promise.resolve()
    if (this.#isClosed) return Promise.reject(new Error('The journals were closed.'))
    return new Promise((resolve, reject) => {
      this.#waiting.push({ seq, resolve, reject })
      this.#start()
    })
  }

  /** Begins no further run. */
  close(): void {
    this.#isClosed = true
    this.#cancelRetry?.()
    this.#cancelRetry = null
  }

  #start(): void {
    this.#again = true
    if (this.#isRunning || this.#isClosed) return
    this.#cancelRetry?.()
    this.#cancelRetry = null
    this.#isRunning = true
    void this.#run()
  }

  async #run(): Promise<void> {
    try {
      while (this.#again && !this.#isClosed) {
        this.#again = false
        await this.#applyAll()
      }
      this.#succeed()
    } catch (error) {
      this.#fail(error)
    } finally {
      this.#isRunning = false
    }
  }

  #succeed(): void {
    if (this.#failures > 0) this.#logger.info({ record: this.#appliedTo }, 'Firestore has caught up.')
    this.#failures = 0
    this.#release(Number.POSITIVE_INFINITY)
  }

  #fail(error: unknown): void {
    const { clock } = this.#options
    const waiting = this.#waiting
    this.#waiting = []
    for (const { reject } of waiting) reject(error)
    if (this.#isClosed) return
    // One warning for a row of failures; success logs the end.
    if (this.#failures++ === 0) {
      const figures = { error, record: this.#appliedTo }
      this.#logger.warn(figures, 'Firestore does not accept the merges of the journal; retrying.')
    }
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(this.#failures - 1, 30), LONGEST_PAUSE_MS)
    this.#cancelRetry = clock.after(pauseMs, () => this.#start(), 'following-merges')
  }

  #release(appliedTo: number): void {
    const ready = this.#waiting.filter(({ seq }) => seq <= appliedTo)
    this.#waiting = this.#waiting.filter(({ seq }) => seq > appliedTo)
    for (const { resolve } of ready) resolve()
  }

  async #applyAll(): Promise<void> {
    const { files } = this.#options
    const appliedTo = (this.#appliedTo ??= await this.#readMarker())
    let merges: Merge[] = []
    let upTo = appliedTo
    for await (const file of files.walk(this.#sessionId, appliedTo)) {
      // A replay reports the same damage; here it must not hold back later merges.
      if (file.damage) this.#logger.error({ error: file.damage }, 'The merges of a record cannot be read.')
      merges.push(...file.merges)
      upTo = file.last
      if (merges.length < MERGES_AT_ONCE) continue
      await this.#apply(merges, upTo)
      merges = []
    }
    await this.#apply(merges, upTo)
  }

  async #apply(merges: readonly Merge[], upTo: number): Promise<void> {
    const refused = merges.length === 0 ? [] : await this.#commit(merges)
    this.#appliedTo = upTo
    // A run without merges needs no marker.
    if (merges.length > 0) await this.#marker.write(upTo)
    this.#release(upTo)
    if (refused.length > 0) {
      const paths = refused.map(({ path }) => path)
      this.#logger.error({ paths }, 'Firestore refuses these documents; the journal keeps their content.')
    }
  }

  /** Commits the merges. Returns those that Firestore refuses for good, which must not hold back the others. */
  async #commit(merges: readonly Merge[]): Promise<readonly Merge[]> {
    await this.#options.assertOurs()
    try {
      await this.#options.documents.commit(merges)
      return []
    } catch (error) {
      if (!isInvalid(error)) throw error
      if (merges.length === 1) return merges
      const half = Math.ceil(merges.length / 2)
      return [...(await this.#commit(merges.slice(0, half))), ...(await this.#commit(merges.slice(half)))]
    }
  }

  /** Reads the marker. One that runs ahead belongs to another journal and is cut to the end of this one. */
  async #readMarker(): Promise<number> {
    const marked = await this.#marker.read()
    const newest = (await this.#options.files.firsts(this.#sessionId)).at(-1)
    const end = newest === undefined ? 0 : ((await this.#options.files.holding(this.#sessionId, newest))?.last ?? newest)
    return Math.min(marked, end)
  }
}
