// Chats and messages of a phone from before a companion was linked.
import type { proto } from '@whiskeysockets/baileys'
import type { Contact } from '../person.ts'

/** The part of history that carries a message: the first notification, a later chunk, or the full history only. */
export const PARTS = ['bootstrap', 'recent', 'older'] as const

export type PastMessage = {
  id: string
  chat: string
  fromMe: boolean
  /** The author, in a group. */
  participant: string | undefined
  text: string
  /** A message with a file, whose caption is the text. */
  content?: proto.IMessage
  /** In seconds. */
  timestamp: number
  part: (typeof PARTS)[number]
}

/** Messages, the newest first, as history has them. */
export type PastChat = {
  jid: string
  name: string
  people: Contact[]
  isGroup: boolean
  unread: number
  archived: boolean
  pinned: boolean
  messages: PastMessage[]
}

export type Past = { chats: PastChat[]; recentChunks: number; fullChunks: number; inline: boolean }
