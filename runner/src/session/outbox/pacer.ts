import type { KeyChanges } from '@holdfast/core/journal/mutation'
import type { StateImage } from '@holdfast/core/journal/state-image'
import { STATE_KINDS } from '@holdfast/core/journal/state-kinds'
import type { AnnouncedLimits, PacingState } from '@holdfast/core/journal/state-values'
import type { ValueCodec } from '@holdfast/core/journal/value-codec'
import type { Clock, Random } from '@holdfast/core/platform/ports'
import type { PacingFigures } from '@holdfast/core/session/pacing-figures'
import type { AnnouncedLimit } from '../../whatsapp/port.ts'
import type { SessionEvent } from '../events/session-event.ts'
import { figuresOf, mergeLarger, mergeLatest, type DocumentedPacing } from './documented-pacing.ts'
import { afterSend, holdOf, type Hold, type Pace, type PacingSettings } from './pacing.ts'

const { ids } = STATE_KINDS.pacing.codec
const { codec: timeCodec, prune } = STATE_KINDS['paced-recipient']

/** A change of the counters, for the journal record of its cause. The record makes it durable, and shows it in the document. */
export interface PaceChange {
  readonly keys: KeyChanges
  readonly events: readonly SessionEvent[]
}

/**
 * Keeps the pace of one session: how much it has sent, when it may send next, and what WhatsApp announced. The counters ride on
 * the journal and belong to the session, so that no crash, hand-over, restore or new scan resets them. While pacing is off,
 * nothing is counted, and only WhatsApp's own limits hold.
 */
export class Pacer {
  readonly #settings: () => PacingSettings
  readonly #clock: Clock
  readonly #random: Random
  readonly #contactOf: (chat: string) => string
  readonly #isCold: (chat: string) => boolean
  /** When the session last sent to a recipient, ms, the oldest first. */
  readonly #recipients = new Map<string, number>()
  #state: PacingState | null
  #announced: AnnouncedLimits

  constructor(options: {
    /** Read once; the changes go back through journal records. */
    image: StateImage
    /** The settings of the tenant, as they are now. */
    settings: () => PacingSettings
    clock: Clock
    random: Random
    document: DocumentedPacing
    /** Returns the same value for every name of a contact. */
    contactOf: (chat: string) => string
    /** Whether a message to the chat would begin it: see `Client.isNewChat`. */
    isCold: (chat: string) => boolean
  }) {
    const { image } = options
    this.#settings = options.settings
    this.#clock = options.clock
    this.#random = options.random
    this.#contactOf = options.contactOf
    this.#isCold = options.isCold
    this.#state = mergeLarger(read(image, 'counters', ids.counters), options.document)
    const announced = read(image, 'announced', ids.announced) ?? { reachOutLock: null, messageCap: null }
    this.#announced = mergeLatest(announced, options.document.pacing?.announced)
    const times = [...image.entries('paced-recipient')].map(([id, encoded]) => [id, timeCodec.decode(encoded)] as const)
    for (const [id, atMs] of times.toSorted(([, a], [, b]) => a - b)) this.#recipients.set(id, atMs)
  }

  /** Whether the session sends one message at a time. */
  get isPaced(): boolean {
    return this.#settings().enabled
  }

  /**
   * Returns why a message to the chat has to wait, and until when. Null: it may be sent now. Ask again right before `sent`, because
   * a message to another chat may have gone out since.
   */
  holdOf(chat: string): Hold | null {
    const lastAtMs = this.#recipients.get(this.#contactOf(chat)) ?? null
    const { reachOutLock, messageCap } = this.#announced
    const isCold = (reachOutLock !== null || messageCap !== null) && this.#isCold(chat)
    return holdOf(this.#pace, { lastAtMs, isCold }, this.#clock.now())
  }

  /**
   * Counts a message and draws the next pause. Call it where the attempt's record is appended; the change belongs to that record,
   * so that a message that may be on the wire is counted.
   */
  sent(chat: string): PaceChange {
    const settings = this.#settings()
    if (!settings.enabled) return { keys: {}, events: [] }
    const nowMs = this.#clock.now()
    this.#state = afterSend(this.#state, settings, { nowMs, fraction: this.#random.fraction() })
    const recipients = this.#remember(this.#contactOf(chat), nowMs, settings.recipientGapMs)
    return this.#changed({ pacing: { counters: ids.counters.encode(this.#state) }, ...recipients })
  }

  /**
   * Notes what WhatsApp announced. The change belongs to a record of its own. Null when it is known already: the client asks at
   * each login.
   */
  announced(limit: AnnouncedLimit): PaceChange | null {
    const announced = withLimit(this.#announced, limit, this.#clock.now())
    if (announced === this.#announced) return null
    this.#announced = announced
    return this.#changed({ pacing: { announced: ids.announced.encode(announced) } })
  }

  /** For the session's document. */
  get figures(): PacingFigures {
    return figuresOf(this.#pace, this.#clock.now())
  }

  get #pace(): Pace {
    return { state: this.#state, announced: this.#announced, settings: this.#settings() }
  }

  #changed(keys: KeyChanges): PaceChange {
    return { keys, events: [{ type: 'session.paced', pacing: this.figures }] }
  }

  /** Notes a recipient, and forgets those whose gap is over. */
  #remember(recipient: string, nowMs: number, gapMs: number): KeyChanges {
    const changes: Record<string, string | null> = {}
    this.#recipients.delete(recipient)
    this.#recipients.set(recipient, nowMs)
    const surplus = this.#recipients.size - prune.max
    for (const [index, [id, atMs]] of [...this.#recipients].entries()) {
      if (index >= surplus && nowMs - atMs < gapMs && Math.abs(nowMs - atMs) <= prune.afterMs) continue
      this.#recipients.delete(id)
      changes[id] = null
    }
    if (this.#recipients.has(recipient)) changes[recipient] = timeCodec.encode(nowMs)
    else delete changes[recipient]
    return Object.keys(changes).length === 0 ? {} : { 'paced-recipient': changes }
  }
}

/** Returns the same object when the limit is no news. */
function withLimit(announced: AnnouncedLimits, limit: AnnouncedLimit, atMs: number): AnnouncedLimits {
  const { reachOutLock: lock, messageCap: cap } = announced
  if (limit.kind === 'reach-out-lock') {
    const { type, untilMs } = limit
    // Notifications name fewer types than answers do, and `DEFAULT` for the others.
    const isKnown = untilMs === null ? !lock?.untilMs : lock?.untilMs === untilMs && [lock.type, 'DEFAULT'].includes(type)
    return isKnown ? announced : { ...announced, reachOutLock: { type, untilMs, atMs } }
  }
  const { status, used, total, untilMs } = limit
  const known = cap ?? { status: 'NONE', used: null, total: null, untilMs: null }
  const isKnown = known.status === status && known.used === used && known.total === total && known.untilMs === untilMs
  return isKnown ? announced : { ...announced, messageCap: { status, used, total, untilMs, atMs } }
}

/** Returns null for a missing value, and for one of an unknown shape. */
function read<Value>(image: StateImage, id: keyof typeof ids, codec: ValueCodec<Value>): Value | null {
  const encoded = image.get('pacing', id)
  return encoded === undefined ? null : (codec.schema.safeParse(codec.decode(encoded)).data ?? null)
}
