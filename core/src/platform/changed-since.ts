import type { DocumentSnapshot, DocumentStore } from './ports.ts'

/** Returns the paths of the documents that have changed since these snapshots, or are gone. */
export async function changedSince(documents: DocumentStore, snapshots: readonly DocumentSnapshot[]): Promise<readonly string[]> {
  const found = await Promise.all(snapshots.map(({ path }) => documents.read(path)))
  return snapshots.filter((before, index) => found[index]?.updatedAtMicros !== before.updatedAtMicros).map(({ path }) => path)
}
