import type { KeyChanges } from '@holdfast/core/journal/mutation'
import { bookId } from '@holdfast/core/journal/record-books'
import type { StateImage } from '@holdfast/core/journal/state-image'
import type { CountedKind } from '@holdfast/core/journal/state-kinds'
import type { ArchivedRecord, ArchivedRecords } from '../../session-state.ts'
import type { Transaction } from './transaction.ts'

/** The ids of the records that lie in the archive only: neither the image nor the transaction has them, or has removed them. */
export function inArchive(
  archived: ArchivedRecords,
  image: StateImage,
  kind: CountedKind,
  ids: readonly string[],
  transaction?: Transaction,
): string[] {
  const own = transaction?.changesOf(kind) ?? {}
  return ids.filter((id) => own[id] === undefined && image.get(kind, id) === undefined && archived.has(kind, id))
}

/** The changes that take a record back. One that is lost only loses its entry, so that it is not looked for again. */
export function takenBack(kind: CountedKind, id: string, record: ArchivedRecord | null): KeyChanges {
  const entry = { archived: { [bookId(kind, id)]: null } }
  if (!record) return entry
  const value = kind === 'session' && record.isStale ? closed(record.value) : record.value
  return { ...entry, [kind]: { [id]: value } }
}

/** The shape in which libsignal 6.0.0 serializes a record. `closed` is -1 for an open session. */
interface SerializedRecord {
  readonly _sessions: Record<string, { readonly indexInfo: { closed: number; readonly used: number } }>
}

/** Closes the sessions of a record. Messages to us can still be read, and our next one begins a new session. */
function closed(value: string): string {
  const record = JSON.parse(value) as SerializedRecord
  for (const { indexInfo } of Object.values(record._sessions)) if (indexInfo.closed === -1) indexInfo.closed = indexInfo.used
  return JSON.stringify(record)
}
