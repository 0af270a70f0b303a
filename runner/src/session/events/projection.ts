import type { Merge } from '@holdfast/core/platform/ports'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import type { RecordPlace } from '../journal/group.ts'
import type { SessionEvent } from './session-event.ts'
import type { WebhookView } from '@holdfast/core/session/webhook-view'

/** The record that carries an event. */
export interface EventRecord {
  readonly sessionId: string
  readonly place: RecordPlace
  /**
   * Returns the session's data key. Content leaves the process only sealed with it.
   *
   * @throws Error when the key has not been read yet.
   */
  readonly cipher: () => SessionCipher
  /** Whom webhooks tell. Absent, or null: nobody. */
  readonly webhooks?: WebhookView | null
  /** See `Entry.traceparent`. */
  readonly traceparent?: string | null
  /** The index of the event in its entry. The projector sets it. */
  readonly position?: number
}

/**
 * Returns the merges of an event for one kind of document, none for an event of no concern to it. A projection has no effects,
 * and runs again when a commit is retried.
 *
 * @throws HoldfastError when the document would not have its persisted shape. The journal then makes none of the entry's merges
 * and reports the entry as refused.
 */
export type Projection = (event: SessionEvent, record: EventRecord) => readonly Merge[]
