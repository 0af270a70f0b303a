import type { Context } from './context.ts'
import { openEvents } from './event-stream.ts'

const AGAIN_AFTER_MS = { first: 1000, limit: 15_000 }

/** What changes at the same moment is one look. */
const TOGETHER_MS = 1000

/** So many requests a second leave a tenant's limit (600 a minute) to its programs. */
const MOST_REQUESTS = 5

/** Without the stream of events somebody has to look again and again. With it, this is for what it does not tell of. */
const LOOK_AFTER_MS = { alone: 2000, live: 10_000 }

/** Says when it is time to look again: when the API tells of a change, or after a while. */
export class LiveChanges {
  readonly #context: Context
  #wake: (() => void) | null = null
  #hasChanged = false
  #isLive = false

  constructor(context: Context) {
    this.#context = context
  }

  get isLive(): boolean {
    return this.#isLive
  }

  /** Follows the stream of events, as long as there is one. Ends with Ctrl-C, and never rejects. */
  async follow(): Promise<void> {
    let [hasBeenLive, pauseMs]: [boolean, number] = [false, AGAIN_AFTER_MS.first]
    for (;;) {
      try {
        const events = await openEvents(this.#context)
        if (events === null) return
        for await (const _ of events) {
          ;[hasBeenLive, pauseMs, this.#isLive] = [true, AGAIN_AFTER_MS.first, true]
          this.#changed()
        }
      } catch {
        // Looks say what is wrong with the API.
        if (!hasBeenLive) return
      }
      this.#isLive = false
      if (this.#context.host.interrupted.aborted) return
      await this.#context.pause(pauseMs).catch(() => {})
      pauseMs = Math.min(2 * pauseMs, AGAIN_AFTER_MS.limit)
    }
  }

  /**
   * Resolves when it is time to look again.
   *
   * @param requests how many a look takes
   * @throws the reason of the interruption
   */
  async next(requests: number): Promise<void> {
    const { clock, interrupted } = this.#context.host
    const leastMs = (requests / MOST_REQUESTS) * 1000
    const woken = new AbortController()
    if (!this.#hasChanged) {
      this.#wake = () => woken.abort()
      const longest = Math.max(leastMs, this.#isLive ? LOOK_AFTER_MS.live : LOOK_AFTER_MS.alone)
      try {
        await clock.pause(longest, AbortSignal.any([interrupted, woken.signal]))
      } catch (error) {
        if (!woken.signal.aborted) throw error
      } finally {
        this.#wake = null
      }
    }
    if (this.#hasChanged) await this.#context.pause(Math.max(leastMs, TOGETHER_MS))
    this.#hasChanged = false
  }

  #changed(): void {
    this.#hasChanged = true
    this.#wake?.()
  }
}
