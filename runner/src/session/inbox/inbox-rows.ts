import { STATE_KINDS } from '@holdfast/core/journal/state-kinds'
import type { InboxRow } from '@holdfast/core/journal/state-values'

const { codec } = STATE_KINDS.inbox

/** A received message as its document will have it. */
export type StoredMessage = NonNullable<InboxRow['message']>

/** Once nobody needs the plaintext any more, the row only tells a redelivered stanza from a new one. */
export const encodeRow = ({ plain, ...row }: InboxRow): string =>
  codec.encode({ ...row, ...(plain === undefined || (row.settled && row.acked) ? {} : { plain }) })

export const decodeRow = (encoded: string): InboxRow => codec.decode(encoded)

/**
 * A larger plaintext is not kept: with the message beside it, and what came together with it, its record would be more than Firestore
 * takes at once, and the session could not go on. What Baileys derives from it after the receipt is asked for again when it is missed.
 */
const MAX_PLAIN_BYTES = 720 * 1024

/** What the phone tells is worked through after its receipt, so it has to be kept; large parts of it are files. */
const MAX_TOLD_BYTES = 3 * 1024 * 1024

/** What a row holds of the plaintext; null when that is nothing. */
export const keptOf = (plain: Buffer, tells: boolean): string | null =>
  plain.length <= (tells ? MAX_TOLD_BYTES : MAX_PLAIN_BYTES) ? plain.toString('base64') : null
