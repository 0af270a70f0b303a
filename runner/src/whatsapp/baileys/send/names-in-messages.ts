import { isLidUser, jidNormalizedUser, type proto } from '@whiskeysockets/baileys'
import type { MessageReference } from '@holdfast/core/message/content'

/** The JIDs of this device. */
export interface Me {
  readonly id: string
  readonly lid?: string | undefined
}

/** The name of this account in a chat: chats by LID know its LID. */
export const ownNameIn = (chat: string, me: Me): string => jidNormalizedUser((isLidUser(chat) && me.lid) || me.id)

/** The key by which a message names another one. */
export function keyOf({ messageId, chat, participant, fromMe }: MessageReference): proto.IMessageKey {
  return { remoteJid: chat, fromMe, id: messageId, ...(participant === null || fromMe ? {} : { participant }) }
}

/** The JID of the author of a message that another one refers to. */
export const authorOf = ({ chat, participant, fromMe }: MessageReference, me: Me): string =>
  fromMe ? ownNameIn(chat, me) : jidNormalizedUser(participant ?? chat)
