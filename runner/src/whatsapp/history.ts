import type { ChatNews } from './directory-news.ts'
import type { ReceivedMessage } from './received-message.ts'

/** A part of the messages that a row tells of. A piece fits into a commit. */
export interface HistoryPiece {
  readonly messages: readonly ReceivedMessage[]
  /** True for history, which the phone sends after linking or on request. */
  readonly fromHistory: boolean
  /** Stores the contacts and LIDs of the piece. Call it before `messages` is read. Resolves when they are in the state. */
  readonly learn: () => Promise<void>
  /** What it tells of chats. The names in it are known once `learn` has resolved. */
  readonly chats?: readonly ChatNews[]
}

/** Reads the other messages that a message of the phone tells of, from the row itself or from the media host that it names. */
export interface HistoryReader {
  /** @throws HistoryLost when the messages cannot be fetched, now or ever */
  read(plain: Buffer): AsyncIterable<HistoryPiece>
}

/** The history file of a row is gone for good, damaged or too large. */
export class HistoryLost extends Error {
  /** `gone` is final; the others may be an accident of the download. */
  readonly reason: 'gone' | 'damaged' | 'too-large'

  constructor(reason: HistoryLost['reason'], options?: { cause?: unknown }) {
    super(`The history file of the phone is ${reason}.`, options)
    this.reason = reason
  }
}
