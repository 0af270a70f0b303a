import { jidNormalizedUser, type ChatModification, type WAPatchName } from '@whiskeysockets/baileys'
import type { QueryArgs } from '@holdfast/core/operations/owner-queries'
import type { Questions } from '../../questions.ts'
import { ask, change, type Asking } from './asking.ts'

type OfChats = Pick<
  Questions,
  'presence' | 'subscribe-presence' | 'presences' | 'seen' | 'change-chat' | 'put-label' | 'label-chat' | 'reject-call'
>

type Presences = Map<string, Map<string, { presence: string; lastSeen: number | null }>>

/** The collection of the app state that has labels. */
const LABELS = 'regular'

/** Those that have what changes of a chat write. */
const COLLECTION_OF = {
  archive: 'regular_low',
  unarchive: 'regular_low',
  read: 'regular_low',
  unread: 'regular_low',
  clear: 'regular_high',
  delete: 'regular_high',
} as const satisfies Record<QueryArgs<'change-chat'>['change'], WAPatchName>

/** A connection remembers the presences of this many chats. */
const MOST_CHATS = 2000

/** Shows presence, tells of read messages, and changes chats. */
export const chatQuestions = (asking: Asking): OfChats => {
  const { socket } = asking
  const known: Presences = new Map()
  socket.ev.on('presence.update', ({ id, presences }) => remember(known, id, presences))
  return {
    presence: async ({ presence, chat }) => {
      await ask(asking, socket.sendPresenceUpdate(presence, chat ?? undefined))
      return {}
    },
    'subscribe-presence': async ({ chat }) => {
      await ask(asking, socket.presenceSubscribe(chat))
      return {}
    },
    presences: async ({ chat }) => {
      const wanted =
        chat === null
          ? [...known.keys()]
          : namesOf(chat, asking)
              .filter((name) => known.has(name))
              .slice(0, 1)
      return {
        presences: wanted.map((name) => ({
          chat: asking.names.phoneOf(name) ?? name,
          participants: [...(known.get(name) ?? [])].map(([id, heard]) => ({ id: asking.names.phoneOf(id) ?? id, ...heard })),
        })),
      }
    },
    seen: async ({ messages }) => {
      const keys = messages.map(({ chat, participant, messageId }) => ({
        remoteJid: chat,
        id: messageId,
        fromMe: false,
        ...(participant === null ? {} : { participant }),
      }))
      if (keys.length > 0) await ask(asking, socket.readMessages(keys))
      return {}
    },
    'change-chat': async (args) => {
      await change(asking, COLLECTION_OF[args.change], () => socket.chatModify(modificationOf(args), args.chat))
      return {}
    },
    'put-label': async ({ id, name, color, isGone }) => {
      if (id === null) throw new Error('A label has no id.')
      await change(asking, LABELS, () => socket.addLabel('', { id, name, color, deleted: isGone }))
      return { id }
    },
    'label-chat': async ({ chat, labels, former }) => {
      for (const label of labels)
        if (!former.includes(label)) await change(asking, LABELS, () => socket.addChatLabel(chat, label))
      for (const label of former)
        if (!labels.includes(label)) await change(asking, LABELS, () => socket.removeChatLabel(chat, label))
      return {}
    },
    'reject-call': async ({ call, from }) => {
      await ask(asking, socket.rejectCall(call, from))
      return {}
    },
  }
}

const namesOf = (chat: string, { names }: Asking): string[] =>
  [chat, names.lidOf(chat), names.phoneOf(chat)].filter((name) => name !== null)

function remember(
  known: Presences,
  chat: string,
  presences: Readonly<Record<string, { lastKnownPresence: string; lastSeen?: number | undefined }>>,
): void {
  const heard = known.get(chat) ?? new Map<string, { presence: string; lastSeen: number | null }>()
  for (const [id, { lastKnownPresence, lastSeen }] of Object.entries(presences)) {
    heard.set(jidNormalizedUser(id), { presence: lastKnownPresence, lastSeen: lastSeen ?? null })
  }
  known.delete(chat)
  known.set(chat, heard)
  const oldest = known.keys().next()
  if (known.size > MOST_CHATS && !oldest.done) known.delete(oldest.value)
}

function modificationOf({ chat, change, last }: QueryArgs<'change-chat'>): ChatModification {
  const { messageId, fromMe, participant, sentAtMs } = last
  const key = { remoteJid: chat, id: messageId, fromMe, ...(participant === null ? {} : { participant }) }
  const lastMessages = [{ key, messageTimestamp: Math.floor(sentAtMs / 1000) }]
  switch (change) {
    case 'archive':
      return { archive: true, lastMessages }
    case 'unarchive':
      return { archive: false, lastMessages }
    case 'unread':
      return { markRead: false, lastMessages }
    case 'read':
      return { markRead: true, lastMessages }
    case 'clear':
      return { clear: true, lastMessages }
    case 'delete':
      return { delete: true, lastMessages }
  }
}
