import { writeArchive } from '@holdfast/core/journal/archive'
import type { PlannedRecord } from '@holdfast/core/journal/clean-up-plan'
import { bookId } from '@holdfast/core/journal/record-books'
import { STATE_KINDS } from '@holdfast/core/journal/state-kinds'
import type { StateImage } from '@holdfast/core/journal/state-image'
import type { ObjectStore } from '@holdfast/core/platform/ports'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import type { JournaledState } from '../journal/journaled-state.ts'

/** The most records and the approximate size of one archive object. A message that needs one record fetches the object. */
const MOST_RECORDS = 500
const MOST_BYTES = 1024 * 1024

interface Stores {
  readonly state: JournaledState
  readonly objects: ObjectStore
  readonly cipher: SessionCipher
}

type Copy = Pick<PlannedRecord, 'kind' | 'id'> & { readonly value: string }

/**
 * Moves records from the state to archive objects. Each object is written, read back and opened before the removal of its records is
 * recorded, so that a crash at any point leaves each record in one of the two. A record that was used in the meantime stays.
 *
 * @returns the records that were moved. On an error those of earlier objects stay moved.
 * @throws HoldfastError and errors of the store; nothing of the object in question is removed then.
 */
export async function moveToArchive(
  { state, objects, cipher }: Stores,
  records: readonly PlannedRecord[],
): Promise<PlannedRecord[]> {
  const moved: PlannedRecord[] = []
  for (const batch of batchesOf(state.image, records)) {
    // A record of its own, so that no other object has the same name.
    state.append({})
    const { sequence: seq, epoch } = await state.journal.cut()
    await writeArchive(objects, cipher, { seq, epoch }, valuesOf(batch))
    if (state.isRetired) throw new Error('A newer image replaced this one: its records are cleaned up later.')
    const unused = batch.filter((copy) => isUnchanged(state.image, copy))
    if (unused.length === 0) continue
    const place = STATE_KINDS.archived.codec.encode({ seq, epoch })
    const keys: Record<string, Record<string, string | null>> = { archived: {} }
    for (const { kind, id } of unused) {
      ;(keys[kind] ??= {})[id] = null
      ;(keys['archived'] ??= {})[bookId(kind, id)] = place
    }
    await state.journal.whenDurable(state.change({ keys }))
    const ids = new Set(unused.map(({ kind, id }) => bookId(kind, id)))
    moved.push(...records.filter(({ kind, id }) => ids.has(bookId(kind, id))))
  }
  return moved
}

/** Whether the record was not used since it was copied. */
const isUnchanged = (image: StateImage, { kind, id, value }: Copy): boolean => image.get(kind, id) === value

/** Copies of the records as they are now, in batches for one object each. */
function batchesOf(image: StateImage, records: readonly PlannedRecord[]): Copy[][] {
  const batches: Copy[][] = []
  let bytes = 0
  for (const { kind, id } of records) {
    const value = image.get(kind, id)
    if (value === undefined) continue
    const last = batches.at(-1)
    bytes += value.length
    if (last && last.length < MOST_RECORDS && bytes <= MOST_BYTES) last.push({ kind, id, value })
    else {
      batches.push([{ kind, id, value }])
      bytes = value.length
    }
  }
  return batches
}

function valuesOf(batch: readonly Copy[]): Record<string, Record<string, string>> {
  const values: Record<string, Record<string, string>> = {}
  for (const { kind, id, value } of batch) (values[kind] ??= {})[id] = value
  return values
}
