import { isHoldfastError } from '@holdfast/core/platform/errors'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import { type Purge, purgeSchema } from '@holdfast/core/session/session-document'
import { parseSessionUnlessDamaged } from '../find-session.ts'

/** What a purge has to know of a session. A damaged document has it, too: what cannot be read there is assumed in the careful way. */
export interface SessionToPurge {
  /** Null: nobody asked for one, or what says so is damaged. A request begins it anew. */
  readonly purge: Purge | null
  /** Whether a device is, or may be, linked to a phone. */
  readonly hasDevice: boolean
  /** Whether a runner has it, or may have it. */
  readonly hasOwner: boolean
  readonly epoch: number
  readonly journalHead: number
  /** Its numbers may be lost: its objects have to be asked, too. */
  readonly isDamaged: boolean
}

/**
 * Reads what a purge needs. A document that does not parse is no reason to keep what it leads to.
 *
 * @throws HoldfastError `unknown-version` when a later program wrote it, which may keep more than this one would remove
 */
export function sessionToPurge(snapshot: DocumentSnapshot): SessionToPurge {
  const session = parseSessionUnlessDamaged(snapshot)
  if (!isHoldfastError(session)) {
    const { purge, me, checkpoint, runnerId, epoch, journalHead } = session
    const hasDevice = me !== null || checkpoint !== null
    return { purge, hasDevice, hasOwner: runnerId !== null, epoch, journalHead, isDamaged: false }
  }
  if (session.code === 'unknown-version') throw session
  const { fields } = snapshot
  const { data: purge = null } = purgeSchema.safeParse(fields['purge'])
  const hasOwner = (fields['runnerId'] ?? null) !== null
  return {
    purge,
    hasDevice: true,
    hasOwner,
    epoch: numberIn(fields['epoch']),
    journalHead: numberIn(fields['journalHead']),
    isDamaged: true,
  }
}

const numberIn = (value: unknown): number => (Number.isSafeInteger(value) && Number(value) > 0 ? Number(value) : 0)
