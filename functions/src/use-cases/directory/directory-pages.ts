import { type DirectoryEntries, type DirectoryName, directoryPath, openPage } from '@holdfast/core/message/directory-document'
import type { DocumentStore } from '@holdfast/core/platform/ports'
import type { SessionCipher } from '@holdfast/core/security/envelope'

/** A session and what opens its content. */
export interface Place {
  readonly sessionId: string
  readonly cipher: SessionCipher
}

/** A page as it is stored; see `entriesOf` for what counts of several. */
export interface OpenedPage<Name extends DirectoryName> {
  readonly id: string
  readonly entries: readonly DirectoryEntries[Name][]
}

/**
 * Reads and opens all pages of a directory of a session.
 *
 * @throws HoldfastError `bad-document`, `cannot-decrypt`
 */
export async function directoryPages<Name extends DirectoryName>(
  documents: Pick<DocumentStore, 'query'>,
  { sessionId, cipher }: Place,
  name: Name,
): Promise<readonly OpenedPage<Name>[]> {
  const found = await documents.query({ collection: directoryPath(sessionId, name) })
  return found.map((page) => ({ id: page.id, entries: openPage(cipher, name, page).entries }))
}
