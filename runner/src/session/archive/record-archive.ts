import { type ArchivedValues, readArchive } from '@holdfast/core/journal/archive'
import { bookId } from '@holdfast/core/journal/record-books'
import type { StateImage } from '@holdfast/core/journal/state-image'
import { type CountedKind, STATE_KINDS, type StateKind } from '@holdfast/core/journal/state-kinds'
import { type HoldfastError, isHoldfastError } from '@holdfast/core/platform/errors'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock, ObjectStore } from '@holdfast/core/platform/ports'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import type { ArchivedRecord, ArchivedRecords } from '../../whatsapp/session-state.ts'
import { ConnectionEnded } from '../../whatsapp/port.ts'

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 15_000

const { codec } = STATE_KINDS.archived

const OF_LATER_VERSION = 'A later version wrote an archive of the session; a message waits until that one runs again.'

/** Reads the records that clean-up has moved out of a session's state. It keeps the last object, whose records are often used together. */
export class RecordArchive implements ArchivedRecords {
  readonly #options
  /** When each read that waits for a later version began to wait, ms. */
  readonly #waits = new Set<{ readonly sinceMs: number }>()
  #kept: { readonly object: string; readonly values: Promise<ArchivedValues | null> } | null = null

  constructor(options: { image: StateImage; objects: ObjectStore; cipher: SessionCipher; clock: Clock; logger: Logger }) {
    this.#options = options
  }

  has(kind: StateKind, id: string): boolean {
    return this.#options.image.get('archived', bookId(kind as CountedKind, id)) !== undefined
  }

  /** Since when a read waits for an archive that a later version wrote. Null: none does. */
  get waitsSince(): Date | null {
    const [oldest] = this.#waits
    return oldest ? new Date(oldest.sinceMs) : null
  }

  async read(kind: CountedKind, id: string, signal: AbortSignal): Promise<ArchivedRecord | null> {
    const wait = { sinceMs: this.#options.clock.now() }
    try {
      return await this.#read(kind, id, signal, wait)
    } finally {
      this.#waits.delete(wait)
    }
  }

  async #read(
    kind: CountedKind,
    id: string,
    signal: AbortSignal,
    wait: { readonly sinceMs: number },
  ): Promise<ArchivedRecord | null> {
    const { clock, image, logger } = this.#options
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      if (signal.aborted) throw new ConnectionEnded('The connection ended before the archive could be read.')
      const entry = image.get('archived', bookId(kind, id))
      if (entry === undefined) return null
      const { seq, epoch, isStale = false } = codec.decode(entry)
      try {
        const value = (await this.#open({ seq, epoch }))?.[kind]?.[id]
        return value === undefined ? null : { value, isStale }
      } catch (error) {
        // Without the record the stanza would be refused, or the contact would get a second session: both wait instead.
        if (isHoldfastError(error, 'unknown-version')) this.#waitsForVersion(wait, error)
        else logger.warn({ error }, 'The archive of the session does not answer; a message waits for it.')
        await clock.sleep(pauseMs, 'archive', signal)
      }
    }
  }

  /** The heartbeat tells of it while it lasts. The log names it once for each read. */
  #waitsForVersion(wait: { readonly sinceMs: number }, error: HoldfastError): void {
    if (this.#waits.has(wait)) return
    this.#waits.add(wait)
    this.#options.logger.error({ error, advice: error.advice }, OF_LATER_VERSION)
  }

  /** Forgets the kept object. */
  forget(): void {
    this.#kept = null
  }

  /** Null when the object is missing or damaged. */
  async #open(place: { readonly seq: number; readonly epoch: number }): Promise<ArchivedValues | null> {
    const object = `${place.seq}-${place.epoch}`
    if (this.#kept?.object === object) return this.#kept.values
    const { objects, cipher, logger } = this.#options
    const values = readArchive(objects, cipher, place).catch((error: unknown) => {
      if (!isHoldfastError(error, 'archive-damaged')) throw error
      logger.error({ error }, 'An archive of the session is lost; contacts are asked to send their messages again.')
      return null
    })
    const kept = { object, values }
    this.#kept = kept
    values.catch(() => {
      if (this.#kept === kept) this.#kept = null
    })
    return values
  }
}
