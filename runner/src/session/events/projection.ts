import type { Merge } from '@holdfast/core/platform/ports'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import type { RecordPlace } from '../journal/group.ts'
import type { SessionEvent } from './session-event.ts'

/** The record that an event rides on. */
export interface EventRecord {
  readonly sessionId: string
  readonly place: RecordPlace
  /**
   * The session's data key, for content that leaves the process sealed only.
   *
   * @throws Error when the key has not been read yet.
   */
  readonly cipher: () => SessionCipher
}

/**
 * Says what an event changes in one kind of document: nothing for an event that does not concern it. A projection has no effects, and
 * is asked again when a commit is tried again.
 *
 * @throws HoldfastError when the document would not have its persisted shape. None of the entry's merges is made then, and the entry
 * counts as refused.
 */
export type Projection = (event: SessionEvent, record: EventRecord) => readonly Merge[]
