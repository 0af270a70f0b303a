import { isLid } from '@holdfast/core/message/chat-id'
import { type ContactEntry, entriesOf } from '@holdfast/core/message/directory-document'
import { isDamage } from '@holdfast/core/platform/errors'
import type { DocumentStore } from '@holdfast/core/platform/ports'
import type { KeyWrapping } from '@holdfast/core/security/key-wrapping'
import { directoryPages, type Place } from './directory/directory-pages.ts'
import { cipherOf } from './find-session.ts'

/**
 * Returns the name under which the owner of a session keeps a chat: of a LID the phone number of the same person, where the session's
 * contacts tell it. The id of a message names its chat, and has to be the same text in the answer, in lists and in webhooks.
 */
export async function knownChat(documents: Pick<DocumentStore, 'query'>, session: Place, chat: string): Promise<string> {
  return new KnownChats(documents).nameOf(session, chat)
}

/**
 * Returns all names under which documents of a session may have a chat, its own first: what came before the number of a LID was known lies
 * under the LID.
 */
export async function namesOfChat(
  documents: Pick<DocumentStore, 'query'>,
  session: Place,
  chat: string,
): Promise<readonly string[]> {
  return new KnownChats(documents).namesOf(session, chat)
}

/** The same for a session whose key was not read. Only a LID needs it. */
export async function knownChatIn(
  documents: DocumentStore,
  wrappingKey: KeyWrapping,
  sessionId: string,
  chat: string,
): Promise<string> {
  return isLid(chat) ? knownChat(documents, { sessionId, cipher: await cipherOf(documents, sessionId, wrappingKey) }, chat) : chat
}

const OF_NUMBERS = '@s.whatsapp.net'

/** A query compares with 30 values, and a name is stored in two forms. */
const MOST_NAMES = 15

/** Looks up the names of many chats, and reads the contacts of a session once for all of them. */
export class KnownChats {
  readonly #documents: Pick<DocumentStore, 'query'>
  readonly #contacts = new Map<string, Promise<ReadonlyMap<string, string>>>()

  constructor(documents: Pick<DocumentStore, 'query'>) {
    this.#documents = documents
  }

  async nameOf(session: Place, chat: string): Promise<string> {
    if (!isLid(chat)) return chat
    return (await this.#contactsOf(session)).get(chat) ?? chat
  }

  /** All names of a chat; see `namesOfChat`. */
  async namesOf(session: Place, chat: string): Promise<readonly string[]> {
    if (!isLid(chat) && !chat.endsWith(OF_NUMBERS)) return [chat]
    const name = await this.nameOf(session, chat)
    const lids = [...(await this.#contactsOf(session))].filter(([, id]) => id === name).map(([lid]) => lid)
    return [...new Set([name, chat, ...lids])].slice(0, MOST_NAMES)
  }

  #contactsOf(session: Place): Promise<ReadonlyMap<string, string>> {
    const { sessionId } = session
    const contacts = this.#contacts.get(sessionId) ?? this.#read(session)
    this.#contacts.set(sessionId, contacts)
    return contacts
  }

  /** The phone numbers of contacts by their LIDs. */
  async #read(session: Place): Promise<ReadonlyMap<string, string>> {
    try {
      const pages = await directoryPages(this.#documents, session, 'contacts')
      const contacts = [...entriesOf<ContactEntry>(pages).values()]
      return new Map(
        contacts.flatMap(({ id, lid, isGone }) => (lid === null || isGone || id === lid ? [] : [[lid, id] as const])),
      )
    } catch (error) {
      // A damaged list of contacts keeps no message from being sent.
      if (isDamage(error)) return new Map()
      throw error
    }
  }
}
