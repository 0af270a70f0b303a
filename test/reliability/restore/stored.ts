import { isDeepStrictEqual } from 'node:util'
import type { CheckpointPointer } from '@holdfast/core/session/session-document'
import type { Fields } from '@holdfast/core/platform/ports'
import type { Damageable } from './damageable.ts'
import type { DrilledSession } from './session.ts'

/** What the stores have of a session: its journal and its objects. */
export interface Stored {
  readonly records: ReadonlyMap<number, Fields>
  /** Records as they are compared, which also shows when one was written again. */
  readonly rawRecords: ReadonlyMap<number, unknown>
  readonly objects: ReadonlyMap<string, Buffer>
  /** Objects before these, whose bytes nobody looks at. */
  readonly earlier: readonly string[]
  /** The highest number that the log is known to have had. */
  readonly end: number
  /** Whether the last record is one that the session's document knows of. */
  readonly knownEnd: number
  readonly trimmedTo: number
  readonly checkpoint: CheckpointPointer | null
  readonly previousCheckpoint: CheckpointPointer | null
}

export function storedOf({ stores, journal, folder, document }: DrilledSession): Stored {
  const records = new Map<number, Fields>()
  const rawRecords = new Map<number, unknown>()
  for (const path of stores.paths.filter((one) => one.startsWith(`${journal}/`)).toSorted()) {
    const seq = Number(path.slice(journal.length + 1))
    records.set(seq, stores.fieldsOf(path) ?? {})
    rawRecords.set(seq, stores.stored(path))
  }
  const knownEnd = Number(document['journalHead'] ?? 0)
  return {
    records,
    rawRecords,
    objects: new Map(
      stores.names.filter((name) => name.startsWith(folder)).map((name) => [name, stores.bytesOf(name) ?? Buffer.alloc(0)]),
    ),
    earlier: [],
    end: Math.max(knownEnd, ...records.keys()),
    knownEnd,
    trimmedTo: Number(document['trimmedTo'] ?? 0),
    checkpoint: (document['checkpoint'] as CheckpointPointer | undefined) ?? null,
    previousCheckpoint: (document['previousCheckpoint'] as CheckpointPointer | undefined) ?? null,
  }
}

/** What is gone or changed since. New records and objects do not count. */
export function missingSince(before: Stored, now: Stored): { readonly records: number[]; readonly objects: string[] } {
  const records = [...before.rawRecords].filter(([seq, fields]) => !isDeepStrictEqual(now.rawRecords.get(seq), fields))
  const objects = [...before.objects].filter(([name, bytes]) => !now.objects.get(name)?.equals(bytes))
  return { records: records.map(([seq]) => seq), objects: objects.map(([name]) => name) }
}

/** Brings back what was damaged, as an operator would from versions that a bucket and Firestore keep: objects get new generations. */
export async function repair(session: Damageable, whole: Stored, now: Stored): Promise<void> {
  for (const [seq, fields] of whole.records) {
    if (isDeepStrictEqual(now.rawRecords.get(seq), whole.rawRecords.get(seq))) continue
    await session.write(seq, fields)
  }
  for (const [name, bytes] of whole.objects) {
    if (!now.objects.get(name)?.equals(bytes)) await session.replace(name, bytes, { inPlace: false })
  }
}
