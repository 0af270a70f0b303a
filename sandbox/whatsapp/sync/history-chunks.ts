// The phone's past, in the chunks that a companion receives.
import { proto } from '@whiskeysockets/baileys'
import { createHash } from 'node:crypto'
import type { Past, PastChat, PastMessage } from './past-chats.ts'

const { HistorySyncType } = proto.HistorySync

export type HistoryChunk = {
  syncType: proto.HistorySync.HistorySyncType
  chunkOrder: number
  /** Progress in per cent; only where there are several chunks of a kind. */
  progress: number | undefined
  content: proto.IHistorySync
  messages: PastMessage[]
}

/** `INITIAL_BOOTSTRAP`, `RECENT` and so on. */
export const syncTypeName = (syncType: HistoryChunk['syncType']): string => HistorySyncType[syncType]

type Slice = { chat: PastChat; messages: PastMessage[] }

/** All chunks, in the order of sending. */
export const chunksOf = (past: Past, wantsFull: boolean): HistoryChunk[] => [
  bootstrap(past),
  pushNames(past),
  nonBlockingData(past),
  ...inChunks(past, 'recent', HistorySyncType.RECENT, past.recentChunks),
  ...(wantsFull ? inChunks(past, 'older', HistorySyncType.FULL, past.fullChunks) : []),
]

/** A companion's request: messages of a chat before one that it knows. */
export const chunkBefore = (past: Past, asked: { chat: string; id: string; count: number }): HistoryChunk => {
  const chat = past.chats.find(({ jid }) => jid === asked.chat)
  const known = chat?.messages.findIndex(({ id }) => id === asked.id) ?? -1
  const messages = known < 0 ? [] : (chat?.messages.slice(known + 1, known + 1 + asked.count) ?? [])
  return chunk(HistorySyncType.ON_DEMAND, 1, 100, chat ? [{ chat, messages }] : [])
}

/** Every chat with its newest messages, and the LIDs of one-to-one contacts. */
const bootstrap = (past: Past): HistoryChunk => {
  const slices = past.chats.map((chat) => ({ chat, messages: chat.messages.filter(({ part }) => part === 'bootstrap') }))
  return withMappings(
    chunk(HistorySyncType.INITIAL_BOOTSTRAP, 1, undefined, slices),
    past.chats.filter(({ isGroup }) => !isGroup),
  )
}

const pushNames = (past: Past): HistoryChunk => {
  const people = new Set(past.chats.flatMap((chat) => chat.people))
  const pushnames = [...people].map(({ pn, name }) => ({ id: pn, pushname: name }))
  const { PUSH_NAME: syncType } = HistorySyncType
  return { syncType, chunkOrder: 1, progress: undefined, content: { syncType, pushnames }, messages: [] }
}

const nonBlockingData = (past: Past): HistoryChunk => {
  const pastParticipants = past.chats.filter(({ isGroup }) => isGroup).map(({ jid }) => ({ groupJid: jid, pastParticipants: [] }))
  const { NON_BLOCKING_DATA: syncType } = HistorySyncType
  return { syncType, chunkOrder: 1, progress: undefined, content: { syncType, pastParticipants }, messages: [] }
}

/** Chunks with a slice of every chat, the newer slices first. LIDs of group members come with the group. */
const inChunks = (past: Past, part: PastMessage['part'], syncType: HistoryChunk['syncType'], count: number): HistoryChunk[] => {
  const whole = past.chats.map((chat) => ({ chat, messages: chat.messages.filter((message) => message.part === part) }))
  return Array.from({ length: count }, (_, n) => {
    const slices = whole.map(({ chat, messages }) => {
      const size = Math.ceil(messages.length / count)
      return { chat, messages: messages.slice(n * size, (n + 1) * size) }
    })
    const used = slices.filter(({ messages }) => messages.length > 0)
    const groups = used.flatMap(({ chat }) => (chat.isGroup ? [chat] : []))
    return withMappings(chunk(syncType, n + 1, Math.round((100 * (n + 1)) / count), used), groups)
  })
}

const chunk = (
  syncType: HistoryChunk['syncType'],
  chunkOrder: number,
  progress: number | undefined,
  slices: Slice[],
): HistoryChunk => ({
  syncType,
  chunkOrder,
  progress,
  content: { syncType, chunkOrder, ...(progress === undefined ? {} : { progress }), conversations: slices.map(conversation) },
  messages: slices.flatMap(({ messages }) => messages),
})

const withMappings = (made: HistoryChunk, chats: PastChat[]): HistoryChunk => {
  const people = new Set(chats.flatMap((chat) => chat.people))
  const phoneNumberToLidMappings = [...people].flatMap(({ pn, lid }) => (lid === undefined ? [] : [{ pnJid: pn, lidJid: lid }]))
  return { ...made, content: { ...made.content, phoneNumberToLidMappings } }
}

const conversation = ({ chat, messages }: Slice): proto.IConversation => ({
  id: chat.jid,
  name: chat.name,
  messages: messages.map((message, n) => ({ message: webMessage(message), msgOrderId: messages.length - n })),
  conversationTimestamp: chat.messages[0]?.timestamp ?? 0,
  unreadCount: chat.unread,
  archived: chat.archived,
  // The time of that.
  pinned: chat.pinned ? (chat.messages[0]?.timestamp ?? 1) : 0,
  ...(chat.isGroup ? { participant: chat.people.map(({ pn }) => ({ userJid: pn })) } : oneToOne(chat)),
})

/** The contact's LID, and the token of earlier messages to the contact. */
const oneToOne = ({ jid, people, messages }: PastChat): proto.IConversation => ({
  lidJid: people[0]?.lid ?? null,
  tcToken: createHash('sha256').update(jid).digest().subarray(0, 16),
  tcTokenTimestamp: messages[0]?.timestamp ?? 1,
})

const webMessage = ({ id, chat, fromMe, participant, text, content, timestamp }: PastMessage): proto.IWebMessageInfo => ({
  key: { remoteJid: chat, fromMe, id, ...(participant === undefined ? {} : { participant }) },
  message: content ?? { conversation: text },
  messageTimestamp: timestamp,
  status: fromMe ? proto.WebMessageInfo.Status.READ : proto.WebMessageInfo.Status.DELIVERY_ACK,
  ...(participant === undefined ? {} : { participant }),
})
