import {
  DIRECTORIES,
  type DirectoryEntries,
  type DirectoryName,
  directoryPath,
  openPage,
  sealPage,
} from '@holdfast/core/message/directory-document'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import { writeUnlessChanged } from '@holdfast/core/platform/unless-changed'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import { ofSession } from '@holdfast/core/session/log-fields'
import { sessionPath } from '@holdfast/core/session/session-document'
import type { Principal } from '../../app/principal.ts'
import { askOwner, type AskingOwners } from '../ask-owner.ts'
import { directoryPages, type Place } from '../directory/directory-pages.ts'
import { Refusal } from '../refusal.ts'

/** The ids of a person: the one that was named, and the other one where the contacts know both. */
export async function idsOf({ documents }: Pick<AskingOwners, 'documents'>, place: Place, jid: string) {
  const ids = new Set([jid])
  for (const { entries } of await directoryPages(documents, place, 'contacts')) {
    for (const { id, lid } of entries) {
      if (id === jid && lid !== null) ids.add(lid)
      if (lid === jid) ids.add(id)
    }
  }
  return [...ids]
}

/**
 * Removes a person from the lists of chats and contacts. The owner of the session has them in memory, so it does it; without an owner the
 * lists are written here. Returns false when neither was possible now.
 */
export async function forgetPerson(
  dependencies: AskingOwners,
  principal: Principal,
  { name, ids, ...place }: Place & { readonly name: string; readonly ids: readonly string[] },
): Promise<boolean> {
  const session = await dependencies.documents.read(sessionPath(place.sessionId))
  if (session?.fields['runnerId'] == null) return rewrite(dependencies, place, ids)
  try {
    await askOwner(dependencies, principal, { session: name, kind: 'forget', args: { ids: [...ids] } })
    return true
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    dependencies.logger.warn(
      { ...ofSession(place.sessionId), code: error.code },
      'The owner did not remove a contact from its lists.',
    )
    return false
  }
}

async function rewrite({ documents }: AskingOwners, place: Place, ids: readonly string[]): Promise<boolean> {
  const written: boolean[] = []
  for (const name of DIRECTORIES) {
    for (const page of await documents.query({ collection: directoryPath(place.sessionId, name) })) {
      const fields = without(place.cipher, name, page, ids)
      if (fields) written.push(await writeUnlessChanged(documents, page.path, page, fields))
    }
  }
  return written.every(Boolean)
}

/** The page without some entries; null when it has none of them. */
function without(cipher: SessionCipher, name: DirectoryName, page: DocumentSnapshot, ids: readonly string[]) {
  const { entries } = openPage(cipher, name, page)
  const kept = entries.filter((entry) => !ids.includes(chatIn(entry)))
  return kept.length === entries.length ? null : { entries: sealPage(cipher, name, page.id, kept) }
}

/** A label names the chat that has it. */
const chatIn = (entry: DirectoryEntries[DirectoryName]): string => ('chat' in entry ? (entry.chat ?? '') : entry.id)
