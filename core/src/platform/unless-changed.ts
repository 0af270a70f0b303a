import type { Change, DocumentSnapshot, DocumentStore, Fields } from './ports.ts'

/** The change that writes fields into a document in the version that was read, or creates it where there was none. */
export const unlessChanged = (path: string, known: DocumentSnapshot | null | undefined, fields: Fields): Change =>
  known ? { kind: 'update', path, fields, unlessChangedSince: known } : { kind: 'create', path, fields }

/**
 * Writes fields into a document in the version that was read, or creates it where there was none. Returns false when the document is
 * another one by now. Somebody else was faster then, or the commit succeeded without an answer.
 *
 * @param along changes of the same commit
 * @throws the error of the commit when the document is as it was
 */
export async function writeUnlessChanged(
  documents: Pick<DocumentStore, 'read' | 'commit'>,
  path: string,
  known: DocumentSnapshot | null,
  fields: Fields,
  along: readonly Change[] = [],
): Promise<boolean> {
  try {
    await documents.commit([unlessChanged(path, known, fields), ...along])
    return true
  } catch (error) {
    const now = await documents.read(path)
    if (now?.updatedAtMicros === known?.updatedAtMicros) throw error
    return false
  }
}
