import { type ChatEntry, directoryPath, pageOfEntry, sealPage } from '@holdfast/core/message/directory-document'
import { messageOrder, messagesPath } from '@holdfast/core/message/message-document'
import { sealMessage } from '@holdfast/core/message/sealed-content'
import type { Change } from '@holdfast/core/platform/ports'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import { startFirestore } from '../support/firestore-under-test.ts'
import { CountedApi } from './counted-api.ts'
import type { Clients } from './product.ts'
import { percentiles, type Percentiles } from './statistics.ts'

const CHATS = 5000
const REQUESTS = 100
const WARM_REQUESTS = 5
/** The chats whose last message is stored, which the overview shows. */
const WITH_MESSAGES = 100

const FIRST = 5_511_970_000_000

const PATHS = { list: 'chats', page: 'chats?limit=100', overview: 'chats/overview' } as const

/** Measures the lists of a session with 5,000 chats, in ms: all of them, a page, and the overview. */
export async function measureChatList(): Promise<Record<keyof typeof PATHS, Percentiles>> {
  await using firestore = await startFirestore()
  const api = await CountedApi.open(firestore.clients)
  await fill(firestore.clients, await api.cipher())
  const figures = []
  for (const [name, path] of Object.entries(PATHS)) {
    const url = `/api/${api.session}/${path}`
    for (let warm = 0; warm < WARM_REQUESTS; warm++) await api.get(url)
    const times: number[] = []
    for (let request = 0; request < REQUESTS; request++) {
      const askedAt = performance.now()
      await api.get(url)
      times.push(performance.now() - askedAt)
    }
    figures.push([name, percentiles(times)] as const)
  }
  return Object.fromEntries(figures) as Record<keyof typeof PATHS, Percentiles>
}

async function fill({ documents }: Clients, cipher: SessionCipher): Promise<void> {
  const chats = Array.from({ length: CHATS }, (_, index) => chatOf(index))
  const pages = Map.groupBy(chats, ({ id }) => pageOfEntry(id))
  const changes = [...pages].map(([page, entries]): Change => {
    const fields = { v: 1, entries: sealPage(cipher, 'chats', page, entries), upTo: null }
    return { kind: 'merge', path: `${directoryPath(cipher.sessionId, 'chats')}/${page}`, fields }
  })
  const messages = chats.slice(0, WITH_MESSAGES).map((chat, index) => messageOf(cipher, chat, index))
  await documents.commit([...changes, ...messages])
}

const chatOf = (index: number): ChatEntry => ({
  id: `${FIRST + index}@s.whatsapp.net`,
  name: `Contact ${index}`,
  pushName: `Person ${index}`,
  at: 1_790_000_000_000 - 1000 * index,
  unread: index % 7,
  archived: false,
  pinned: false,
  isGone: false,
})

function messageOf(cipher: SessionCipher, { id: chat, at }: ChatEntry, index: number): Change {
  const messageId = `BENCH${index}`
  const message = { messageId, chat, participant: null, text: `The last message of chat ${index}.`, proto: '' }
  const readable = { v: 1, fromMe: false, pushName: null, type: 'text', sentAt: new Date(at), order: messageOrder(index, 0) }
  const fields = { ...readable, ...sealMessage(cipher, messageId, message) }
  return { kind: 'merge', path: `${messagesPath(cipher.sessionId)}/${messageId}`, fields }
}
