import { parkedStanzasPath } from '@holdfast/core/message/parked-stanza-document'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock } from '@holdfast/core/platform/ports'
import type { KeyChanges } from '@holdfast/core/journal/mutation'
import { STATE_KINDS } from '@holdfast/core/journal/state-kinds'
import type { UndecryptedRow } from '@holdfast/core/journal/state-values'
import type { FailedStanza } from '../../whatsapp/delivered-stanzas.ts'
import type { SessionEvent } from '../events/session-event.ts'
import type { Entry } from '../journal/group.ts'
import type { JournaledState } from '../journal/journaled-state.ts'
import { isToPark } from './delivery-policy.ts'
import type { RefusedMessage } from './inbox.ts'

const { codec, prune } = STATE_KINDS.undecrypted

/** The limits of waiting rows. Beyond them the oldest rows are parked early, so that the state stays small. */
const MAX_ROWS = 200
const MAX_BYTES = 2 * 1024 * 1024

/**
 * The largest stanza that a row keeps. Of a larger one only the facts are kept: a document takes 1
 * MiB, and a text is far smaller.
 */
const MAX_STANZA_BYTES = 256 * 1024

/** The time after which a waiting stanza is parked. Until then a phone that was away may still send a readable copy. */
const GIVE_UP_AFTER_MS = 14 * 24 * 60 * 60 * 1000

/**
 * The delivered stanzas that could not be read. The client acknowledges such a stanza and requests it again, and WhatsApp then
 * forgets it. Therefore a row holds the stanza before either frame leaves. A later readable copy removes the row. A stanza that
 * stays unreadable is parked: its document is for a person to look at, and WhatsApp is not asked for it again.
 */
export class Undecrypted {
  readonly #sessionId: string
  readonly #state: JournaledState
  readonly #clock: Clock
  readonly #logger: Logger

  constructor(options: { sessionId: string; state: JournaledState; clock: Clock; logger: Logger }) {
    this.#sessionId = options.sessionId
    this.#state = options.state
    this.#clock = options.clock
    this.#logger = options.logger
  }

  /** Records one failed delivery. The record is in the journal when this returns, since the answer to WhatsApp depends on it. */
  failed(stanza: FailedStanza): { parked: boolean } {
    const row = this.#rowOf(stanza)
    const parked = isToPark({ attempts: row.attempts, wasParked: row.parkedAt !== undefined })
    if (parked) this.#park(stanza.key, row)
    else {
      this.#state.change({ keys: { undecrypted: { [stanza.key]: codec.encode(row) } } })
      this.#logger.warn(
        { stanza: row.messageId, kind: row.kind, code: row.code, attempts: row.attempts },
        'A stanza is unreadable.',
      )
      this.#makeRoom()
      this.giveUpOld()
    }
    return { parked }
  }

  /** Parks a readable message whose document Firestore will never accept, for a person to look at. */
  refused({ document, message, plain }: RefusedMessage): void {
    const { messageId, chat: from, participant } = message
    const error = { code: 'refused', message: 'Firestore refuses the document of this message.' }
    this.park({ key: document, messageId, from, participant, kind: 'none', error, bytes: Buffer.alloc(0), plain })
  }

  /** Parks a stanza at once. */
  park(stanza: FailedStanza): void {
    this.#park(stanza.key, this.#rowOf(stanza))
  }

  isParked(key: string): boolean {
    return this.#get(key)?.parkedAt !== undefined
  }

  /**
   * Returns the changes and events that settle stanzas whose readable copies arrived. They belong to
   * the mutation that admits these.
   */
  resolvedAll(keys: readonly string[]): { keys: KeyChanges; events: readonly SessionEvent[] } {
    const missing = keys.flatMap((key) => [this.#get(key)].flatMap((row) => (row ? [{ key, row }] : [])))
    if (missing.length === 0) return { keys: {}, events: [] }
    const at = new Date(this.#clock.now())
    const parked = missing.filter(({ row }) => row.parkedAt !== undefined)
    return {
      keys: { undecrypted: Object.fromEntries(missing.map(({ key }) => [key, null])) as Record<string, null> },
      events: parked.map(({ key: document }) => ({ type: 'message.resolved', document, at })),
    }
  }

  /**
   * Must be called after a claim. Writes the documents of parked stanzas that the last owner left, and
   * parks stanzas that waited too long.
   */
  takeOver(): void {
    for (const [key, row] of this.#rows()) if (row.parkedAt !== undefined && row.stanza !== undefined) this.#park(key, row)
    this.giveUpOld()
  }

  /** Parks stanzas that waited too long for a readable copy, and forgets the oldest parked ones. Called from time to time. */
  giveUpOld(): void {
    const now = this.#clock.now()
    const rows = this.#rows()
    for (const [key, row] of rows) if (row.parkedAt === undefined && now - row.lastAt > GIVE_UP_AFTER_MS) this.#park(key, row)
    const done = rows.filter(([, { parkedAt, stanza }]) => parkedAt !== undefined && stanza === undefined)
    const gone = done.slice(0, Math.max(0, done.length - prune.max)).map(([key]) => [key, null])
    if (gone.length > 0) this.#state.later({ undecrypted: Object.fromEntries(gone) as Record<string, null> })
  }

  #rowOf({ key, messageId, from, participant, kind, error, bytes, plain }: FailedStanza): UndecryptedRow {
    const known = this.#get(key)
    const now = this.#clock.now()
    const isKept = bytes.length + (plain?.length ?? 0) <= MAX_STANZA_BYTES
    return {
      messageId,
      from,
      participant,
      kind,
      code: error.code,
      message: error.message,
      firstAt: known?.firstAt ?? now,
      lastAt: now,
      attempts: (known?.attempts ?? 0) + 1,
      size: bytes.length || (plain?.length ?? 0),
      ...(isKept ? { stanza: Buffer.from(bytes).toString('base64') } : {}),
      ...(isKept && plain ? { plain: Buffer.from(plain).toString('base64') } : {}),
      ...(known?.parkedAt === undefined ? {} : { parkedAt: known.parkedAt }),
    }
  }

  #park(key: string, row: UndecryptedRow): void {
    const isNew = row.parkedAt === undefined
    const parked = { ...row, parkedAt: row.parkedAt ?? this.#clock.now() }
    const { stanza: _, plain: __, ...small } = parked
    const shrink = (): void => {
      if (this.isParked(key)) this.#state.later({ undecrypted: { [key]: codec.encode(small) } })
    }
    // A refused document would be refused for ever, so the row shrinks all the same; the error is in the log.
    const entry: Omit<Entry, 'mutation'> = {
      events: [parkedOf(key, parked)],
      onWritten: shrink,
      onRefused: shrink,
    }
    this.#state.change({ keys: { undecrypted: { [key]: codec.encode(parked) } } }, entry)
    if (!isNew) return
    const { kind, code, attempts } = row
    // The message's id is sealed in the document that this names.
    this.#logger.error(
      { kind, code, attempts, document: `${parkedStanzasPath(this.#sessionId)}/${key}` },
      'A stanza was parked: a document keeps it, and WhatsApp is not asked for it again.',
    )
  }

  #makeRoom(): void {
    const waiting = this.#rows().filter(([, { parkedAt }]) => parkedAt === undefined)
    waiting.sort(([, a], [, b]) => a.lastAt - b.lastAt)
    let bytes = waiting.reduce((sum, [, { size }]) => sum + size, 0)
    for (const [index, [key, row]] of waiting.entries()) {
      if (waiting.length - index <= MAX_ROWS && bytes <= MAX_BYTES) return
      bytes -= row.size
      this.#park(key, row)
    }
  }

  #get(key: string): UndecryptedRow | null {
    const encoded = this.#state.image.get('undecrypted', key)
    return encoded === undefined ? null : codec.decode(encoded)
  }

  #rows(): [string, UndecryptedRow][] {
    return [...this.#state.image.entries('undecrypted')].map(([key, encoded]) => [key, codec.decode(encoded)])
  }
}

function parkedOf(document: string, row: UndecryptedRow & { parkedAt: number }): SessionEvent {
  const { messageId, from, participant, kind, code, message, attempts, size, stanza = null, plain = null } = row
  const times = { firstAt: new Date(row.firstAt), lastAt: new Date(row.lastAt), parkedAt: new Date(row.parkedAt) }
  const about = { messageId, from, participant, kind, error: { code, message }, attempts, size, ...times }
  return { type: 'message.parked', document, stanza: about, content: { stanza, plain } }
}
