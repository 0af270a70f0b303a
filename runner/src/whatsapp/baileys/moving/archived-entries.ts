import type { KeyChanges } from '@holdfast/core/journal/mutation'
import { ofBookId } from '@holdfast/core/journal/record-books'
import type { StateImage } from '@holdfast/core/journal/state-image'
import type { ArchivedRecords } from '../../session-state.ts'
import { takenBack } from '../signal/archived-records.ts'

/** The changes that take every archived record back. Another program cannot read the archive, so the records have to go with the state. */
export async function allTakenBack(image: StateImage, archived: ArchivedRecords, signal: AbortSignal): Promise<KeyChanges> {
  const changes: Record<string, Record<string, string | null>> = {}
  for (const [entry] of image.entries('archived')) {
    const record = ofBookId(entry)
    if (!record) continue
    const back = takenBack(record.kind, record.id, await archived.read(record.kind, record.id, signal))
    for (const [kind, values] of Object.entries(back)) Object.assign((changes[kind] ??= {}), values)
  }
  return changes
}
