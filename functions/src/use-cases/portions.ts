import { unlessChanged } from '@holdfast/core/platform/unless-changed'
import { usageDocumentSchema, usagePath } from '@holdfast/core/operations/usage-document'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Change, DocumentSnapshot, DocumentStore } from '@holdfast/core/platform/ports'

/** A limit that all instances share, for one window of time. */
export interface SharedLimit {
  /** Names what is limited: an API key, a tenant. */
  readonly scope: string
  /** The number of the window. A later window has a higher one. */
  readonly window: number
  readonly limit: number
  /**
   * An instance's first portion in a window is one, so that instances that hardly ask waste little. Each next one is twice as large, up
   * to this.
   */
  readonly largestPortion: number
}

/** What this instance has of a limit. */
interface Held {
  readonly window: number
  left: number
  nextPortion: number
  /** The limit and the number that could not be had any more. Null while nothing was refused. */
  refused: { readonly limit: number; readonly count: number } | null
}

const MOST_SCOPES = 5000

/** Every attempt that fails lets another instance succeed, so this bounds the wait behind this many. */
const ATTEMPTS = 20

/** Clocks differ a little. A window that is further ahead comes from a wrong clock, and must not block for ever. */
const AHEAD = 2

/**
 * Hands out a limit that holds across instances. An instance takes portions of it from a document, with a write each, and hands them out
 * by itself. So all instances together never hand out more than the limit; what an instance took and does not use is lost.
 */
export class Portions {
  readonly #documents: DocumentStore
  readonly #logger: Logger
  readonly #held = new Map<string, Held>()
  readonly #underway = new Map<string, Promise<void>>()

  constructor({ documents, logger }: { documents: DocumentStore; logger: Logger }) {
    this.#documents = documents
    this.#logger = logger
  }

  /**
   * Takes all of `count`, or nothing.
   *
   * @throws HoldfastError `unavailable` when Firestore does not answer
   */
  async take(shared: SharedLimit, count = 1): Promise<boolean> {
    for (;;) {
      const held = this.#heldOf(shared)
      if (held.left >= count) {
        held.left -= count
        return true
      }
      if (held.refused && shared.limit <= held.refused.limit && count >= held.refused.count) return false
      const underway = this.#underway.get(shared.scope) ?? this.#begin(shared, held, count)
      await underway
    }
  }

  /** Gives back what was taken and not used. */
  giveBack(shared: SharedLimit, count: number): void {
    const held = this.#held.get(shared.scope)
    if (held?.window === shared.window) held.left += count
  }

  #heldOf({ scope, window }: SharedLimit): Held {
    const known = this.#held.get(scope)
    if (known && known.window >= window) return known
    const held = { window, left: 0, nextPortion: 1, refused: null }
    this.#held.delete(scope)
    this.#held.set(scope, held)
    const oldest = this.#held.keys().next()
    if (this.#held.size > MOST_SCOPES && !oldest.done) this.#held.delete(oldest.value)
    return held
  }

  /** Lets one caller at a time take a portion. The others wait for it and look again. */
  #begin(shared: SharedLimit, held: Held, count: number): Promise<void> {
    const underway = this.#takePortion(shared, held, count).finally(() => this.#underway.delete(shared.scope))
    this.#underway.set(shared.scope, underway)
    return underway
  }

  async #takePortion(shared: SharedLimit, held: Held, count: number): Promise<void> {
    const path = usagePath(shared.scope)
    let snapshot = await this.#documents.read(path)
    for (let attempt = 1; ; attempt++) {
      const present = this.#present(snapshot, shared.window)
      const missing = count - held.left
      const portion = Math.min(Math.max(held.nextPortion, missing), shared.limit - present.reserved)
      if (portion < missing) {
        held.refused = { limit: shared.limit, count }
        return
      }
      try {
        await this.#documents.commit([reservation(path, snapshot, { ...present, reserved: present.reserved + portion })])
        held.left += portion
        held.nextPortion = Math.min(held.nextPortion * 2, shared.largestPortion)
        return
      } catch (error) {
        // Another instance was faster, or this commit succeeded without an answer; then its portion is lost.
        const now = await this.#documents.read(path)
        if (attempt === ATTEMPTS || now?.updatedAtMicros === snapshot?.updatedAtMicros) throw error
        snapshot = now
      }
    }
  }

  /** What was handed out in the present window. A damaged document counts as none: it is a counter, and is written anew. */
  #present(snapshot: DocumentSnapshot | null, window: number): { window: number; reserved: number } {
    if (!snapshot) return { window, reserved: 0 }
    const parsed = usageDocumentSchema.safeParse(snapshot.fields)
    if (!parsed.success) {
      this.#logger.error({ document: snapshot.path }, 'The counter of a limit is damaged and begins anew.')
      return { window, reserved: 0 }
    }
    const { window: stored, reserved } = parsed.data
    return stored >= window && stored <= window + AHEAD ? { window: stored, reserved } : { window, reserved: 0 }
  }
}

function reservation(path: string, snapshot: DocumentSnapshot | null, present: { window: number; reserved: number }): Change {
  return unlessChanged(path, snapshot, { v: 1, ...present })
}
