import { offeredPreKeys } from './count-records.ts'
import { bookId } from './record-books.ts'
import type { StateImage } from './state-image.ts'
import { type CountedKind, COUNTED_KINDS, STATE_KINDS } from './state-kinds.ts'

/** Which Signal records of a session go to the archive. */

export interface CleanUpPolicy {
  /** Full days without use after which records go. */
  readonly sessionDays: number
  readonly senderKeyDays: number
  /** The newest pre-keys stay, at least so many. */
  readonly maxPreKeys: number
}

/**
 * Why a record goes or stays.
 *
 * unused        it was not used for more days than it may
 * not-offered   a pre-key behind the newest ones; the server has fewer than these
 * in-use        it was used within its time
 * unknown-use   nobody noted its last use before: it counts as used today
 * offered       a pre-key that the server may still give to a contact, or one of the newest
 * under-number  it is still under a phone number. Once its LID is known it is joined with the records of that LID, for which it has to
 *               be here
 */
export type CleanUpReason = 'unused' | 'not-offered'
export type KeptReason = 'in-use' | 'unknown-use' | 'offered' | 'under-number'

export interface PlannedRecord {
  readonly kind: CountedKind
  readonly id: string
  readonly why: CleanUpReason
  /** The days since its last use; null for a pre-key. */
  readonly unusedDays: number | null
}

export interface CleanUpPlan {
  readonly records: readonly PlannedRecord[]
  /** Numbers of records that stay, by kind and reason. */
  readonly kept: { readonly [Kind in CountedKind]?: { readonly [Reason in KeptReason]?: number } }
  /** Ids in the books of records whose use nobody noted. */
  readonly unknown: readonly string[]
}

/**
 * @param today the number of the day, see `dayOf`
 * @param isOwn whether a sender key is one of this device. Those never move to another name.
 */
export function planCleanUp(
  image: StateImage,
  policy: CleanUpPolicy,
  today: number,
  isOwn: (senderKeyName: string) => boolean,
): CleanUpPlan {
  const records: PlannedRecord[] = []
  const unknown: string[] = []
  const kept: Partial<Record<CountedKind, Partial<Record<KeptReason, number>>>> = {}
  const keep = (kind: CountedKind, reason: KeptReason): void => {
    const reasons = (kept[kind] ??= {})
    reasons[reason] = (reasons[reason] ?? 0) + 1
  }
  const days = { session: policy.sessionDays, 'sender-key': policy.senderKeyDays }
  for (const kind of COUNTED_KINDS) {
    const { cleanUp } = STATE_KINDS[kind]
    if (cleanUp.rule === 'not-offered') continue
    for (const [id] of image.entries(kind)) {
      const noted = image.get('last-use', bookId(kind, id))
      const unusedDays = today - Number(noted)
      if (noted === undefined) {
        unknown.push(bookId(kind, id))
        keep(kind, 'unknown-use')
      } else if (unusedDays <= days[cleanUp.age]) keep(kind, 'in-use')
      else if (isUnderNumber(kind, id) && !isOwn(id)) keep(kind, 'under-number')
      else records.push({ kind, id, why: 'unused', unusedDays })
    }
  }
  const preKeys = [...image.entries('pre-key')].map(([id]) => id).toSorted((one, other) => Number(other) - Number(one))
  const staying = Math.max(policy.maxPreKeys, offeredPreKeys(image))
  for (const [index, id] of preKeys.entries()) {
    if (index < staying) keep('pre-key', 'offered')
    else records.push({ kind: 'pre-key', id, why: 'not-offered', unusedDays: null })
  }
  return { records, kept, unknown }
}

/** Addresses are `number.device` and `lid_1.device`, names of sender keys `group::number::device` and `group::lid_1::device`. */
function isUnderNumber(kind: CountedKind, id: string): boolean {
  if (kind === 'session') return !id.includes('_')
  return kind === 'sender-key' && !(id.split('::')[1] ?? '').includes('_')
}
