import { STATE_KINDS } from '@holdfast/core/journal/state-kinds'
import type { InboxRow } from '@holdfast/core/journal/state-values'

const { codec } = STATE_KINDS.inbox

/** The content of a received message's document. */
export type StoredMessage = NonNullable<InboxRow['message']>

/** Encodes a row. Drops the plaintext of a settled, acknowledged row, which only serves to recognize a redelivered stanza. */
export const encodeRow = ({ plain, ...row }: InboxRow): string =>
  codec.encode({ ...row, ...(plain === undefined || (row.settled && row.acked) ? {} : { plain }) })

export const decodeRow = (encoded: string): InboxRow => codec.decode(encoded)

/**
 * The largest plaintext that a row keeps. With a larger one, its message and other entries, a record could exceed the limit
 * of a Firestore commit, and the session could not continue. Keys that Baileys derives from a dropped plaintext are
 * requested again when they are missing.
 */
const MAX_PLAIN_BYTES = 720 * 1024

/**
 * The largest phone notice that a row keeps. It is processed after its receipt, so it must be kept; its large parts are files.
 */
const MAX_NOTICE_BYTES = 3 * 1024 * 1024

/** Returns the plaintext that a row keeps, in base64; null when it is too large. */
export const keptOf = (plain: Buffer, tells: boolean): string | null =>
  plain.length <= (tells ? MAX_NOTICE_BYTES : MAX_PLAIN_BYTES) ? plain.toString('base64') : null
