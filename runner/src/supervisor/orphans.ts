import { sessionsOfGone } from '@holdfast/core/operations/sessions-of-gone'
import type { Clock, DocumentCounter, DocumentStore } from '@holdfast/core/platform/ports'
import { SESSIONS } from '@holdfast/core/session/session-document'
import { rankOf } from './ranks.ts'

/** A session whose owner nobody else looks for. */
export interface Orphan {
  readonly sessionId: string
  /** Null when the session has no owner. */
  readonly deadOwner: string | null
}

/** The others on the list, by their ids. */
export interface Others {
  /** All runners that have a document. */
  readonly known: readonly string[]
  /** The living ones with room, which could look as well. */
  readonly rivals: Iterable<string>
}

/** Between two looks. A runner that comes last in its minute is followed by the next one within twice this time. */
const LOOK_EVERY_MS = 20_000

/** One runner looks for so long, then another, so that one that cannot claim what it finds delays a session only. */
const TURN_MS = 60_000

/** Sessions that stay without the field `runnerId` are read again after this time only. */
const READ_AGAIN_MS = 60_000

const ONLINE = ['wanted', '==', 'online'] as const

/**
 * Finds sessions that queries by known owners miss: made by hand without the field `runnerId`, or with an owner whose document was
 * removed. One runner at a time looks. Its reads follow the number of runners, and a thousandth of the number of sessions.
 */
export class Orphans {
  readonly #documents: DocumentStore & DocumentCounter
  readonly #runnerId: string
  readonly #clock: Clock
  #nextMs = Number.NEGATIVE_INFINITY
  /** The sessions without the field as of the last time when they were read, and when that was, ms. */
  #read = { number: 0, atMs: 0 }

  constructor(options: { documents: DocumentStore & DocumentCounter; runnerId: string; clock: Clock }) {
    this.#documents = options.documents
    this.#runnerId = options.runnerId
    this.#clock = options.clock
  }

  /** Looks if it is time, and the turn of this runner. Finds about `limit` sessions, and leaves the others to the next look. */
  async look({ known, rivals }: Others, limit: number): Promise<Orphan[]> {
    const now = this.#clock.monotonic()
    if (now < this.#nextMs) return []
    this.#nextMs = now + LOOK_EVERY_MS
    // Clocks that differ cost a look too many or a delay.
    const turn = Math.floor(this.#clock.now() / TURN_MS)
    if (rankOf(`orphans/${turn}`, this.#runnerId, rivals) > 0) return []
    return [...(await this.#ofGone(known, limit)), ...(await this.#withoutField(now))]
  }

  async #ofGone(known: readonly string[], limit: number): Promise<Orphan[]> {
    const gone = await sessionsOfGone(this.#documents, known, { where: [ONLINE], limit, select: ['runnerId'] })
    return gone.map(({ id, fields }) => ({ sessionId: id, deadOwner: String(fields['runnerId']) }))
  }

  /** An order by a field leaves out the documents without it, so that two numbers tell whether there are any. */
  async #withoutField(nowMs: number): Promise<Orphan[]> {
    const query = { collection: SESSIONS, where: [ONLINE] }
    const withField = await this.#documents.count({ ...query, orderBy: ['runnerId', 'asc'] })
    const number = Math.max(0, (await this.#documents.count(query)) - withField)
    const isOld = nowMs - this.#read.atMs >= READ_AGAIN_MS
    if (number === 0) this.#read = { number, atMs: nowMs }
    if (number === 0 || (number === this.#read.number && !isOld)) return []
    this.#read = { number, atMs: nowMs }
    const sessions = await this.#documents.query({ ...query, select: ['runnerId'] })
    return sessions.flatMap(({ id, fields }) => (fields['runnerId'] === undefined ? { sessionId: id, deadOwner: null } : []))
  }
}
