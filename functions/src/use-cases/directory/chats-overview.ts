import { parseChatId } from '@holdfast/core/message/chat-id'
import type { Principal } from '../../app/principal.ts'
import { newestMessages } from '../chat-messages.ts'
import type { Dependencies } from '../dependencies.ts'
import { KnownChats } from '../named-person.ts'
import type { Place } from './directory-pages.ts'
import { chatAnswer, readChats } from './stored-directory.ts'

type Needed = Pick<Dependencies, 'documents' | 'wrappingKey' | 'clock' | 'logger' | 'publicUrl'>

const OVERVIEW_LIMIT = 20
const MOST_IN_OVERVIEW = 100

interface Overview {
  readonly limit?: number | null | undefined
  readonly offset?: number | null | undefined
  readonly ids?: readonly string[] | null | undefined
}

/**
 * Returns a page of the chats of a session, the newest first, each with its last message.
 *
 * @throws Refusal `unknown-session`
 */
export async function chatsOverview(dependencies: Needed, principal: Principal, name: string, { limit, offset, ids }: Overview) {
  const { entries, ...session } = await readChats(dependencies, principal, name)
  const wanted = ids && ids.length > 0 ? await namedChats(dependencies, session, ids) : null
  const first = offset ?? 0
  const last = first + Math.min(limit ?? OVERVIEW_LIMIT, MOST_IN_OVERVIEW)
  const shown = entries.filter(({ id, at }) => (wanted ? wanted.has(id) : at > 0)).slice(first, last)
  const page = shown.map(chatAnswer)
  const messages = await newestMessages(dependencies, { ...session, name, chatIds: page.map(({ id }) => id) })
  return page.map((chat, index) => ({
    id: chat.id,
    name: chat.name,
    picture: null,
    lastMessage: messages[index] ?? null,
    _chat: chat,
  }))
}

/** The JIDs of named chats: of a LID also the phone number under which the session keeps the chat. */
async function namedChats({ documents }: Needed, session: Place, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const known = new KnownChats(documents)
  const jids = ids.flatMap((id) => parseChatId(id)?.jid ?? [])
  return new Set([...jids, ...(await Promise.all(jids.map((jid) => known.nameOf(session, jid))))])
}
