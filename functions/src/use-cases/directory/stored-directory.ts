import { chatIdOf, isLid } from '@holdfast/core/message/chat-id'
import {
  type ChatEntry,
  type ContactEntry,
  type DirectoryEntries,
  type DirectoryName,
  entriesOf,
  type LabelEntry,
} from '@holdfast/core/message/directory-document'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import type { Principal } from '../../app/principal.ts'
import type { Dependencies } from '../dependencies.ts'
import { cipherOf, findSession, parseSession } from '../find-session.ts'
import { directoryPages } from './directory-pages.ts'
import { personOf } from './named-chats.ts'

export type Needed = Pick<Dependencies, 'documents' | 'wrappingKey'>

/** A session whose stored entries were read. */
export interface Stored<Name extends DirectoryName> {
  readonly cipher: SessionCipher
  readonly sessionId: string
  readonly snapshot: DocumentSnapshot
  readonly entries: readonly DirectoryEntries[Name][]
}

async function stored<Name extends DirectoryName>(
  { documents, wrappingKey }: Needed,
  principal: Principal,
  { name, directory }: { readonly name: string; readonly directory: Name },
): Promise<Stored<Name>> {
  const { id: sessionId, snapshot } = await findSession(documents, principal, name)
  const cipher = await cipherOf(documents, sessionId, wrappingKey)
  const pages = await directoryPages(documents, { sessionId, cipher }, directory)
  return { sessionId, snapshot, cipher, entries: [...entriesOf(pages).values()] as DirectoryEntries[Name][] }
}

const nameOf = ({ name, pushName }: Pick<ChatEntry, 'name' | 'pushName'>): string | null => name ?? pushName

const isGroup = (id: string): boolean => id.endsWith('@g.us')

/** A chat in WAHA's words. */
export const chatAnswer = (chat: ChatEntry) => ({
  id: chatIdOf(chat.id),
  name: nameOf(chat),
  timestamp: Math.floor(chat.at / 1000),
  unreadCount: chat.unread,
  isGroup: isGroup(chat.id),
  archived: chat.archived,
  pinned: chat.pinned,
})

/** Reads the chats of a session, the one with the newest message first. */
export async function readChats(dependencies: Needed, principal: Principal, name: string): Promise<Stored<'chats'>> {
  const found = await stored(dependencies, principal, { name, directory: 'chats' })
  return { ...found, entries: found.entries.toSorted((a, b) => b.at - a.at) }
}

export const listChats = async (dependencies: Needed, principal: Principal, name: string): Promise<readonly ChatEntry[]> =>
  (await readChats(dependencies, principal, name)).entries

/** Reads the labels of a session, and the chats that have them. */
export const readLabels = async (dependencies: Needed, principal: Principal, name: string): Promise<readonly LabelEntry[]> =>
  (await stored(dependencies, principal, { name, directory: 'labels' })).entries

/** A contact in WAHA's words. */
function contactAnswer({ id, lid, name, pushName, isBlocked }: ContactEntry, me: string | null) {
  return {
    id: chatIdOf(id),
    number: isLid(id) ? null : id.replace(/@.*$/, ''),
    lid,
    name,
    pushname: pushName,
    shortName: name?.split(' ')[0] ?? null,
    isMe: me !== null && chatIdOf(me) === chatIdOf(id),
    isGroup: isGroup(id),
    isWAContact: true,
    isMyContact: name !== null,
    isBlocked,
  }
}

export async function listContacts(dependencies: Needed, principal: Principal, name: string) {
  const { snapshot, entries } = await stored(dependencies, principal, { name, directory: 'contacts' })
  const me = parseSession(snapshot).me?.id ?? null
  return entries.map((entry) => contactAnswer(entry, me))
}

/** Returns a contact. Of a person of whom nothing is stored it says what the id says. */
export async function findContact(
  dependencies: Needed,
  principal: Principal,
  { session, contact }: { session: string; contact: string },
) {
  const jid = isGroup(contact) ? contact : personOf(contact)
  const { snapshot, entries } = await stored(dependencies, principal, { name: session, directory: 'contacts' })
  const known = entries.find(({ id, lid }) => id === jid || lid === jid)
  const unknown = { id: jid, lid: isLid(jid) ? jid : null, name: null, pushName: null, isBlocked: false, isGone: false }
  return contactAnswer(known ?? unknown, parseSession(snapshot).me?.id ?? null)
}
