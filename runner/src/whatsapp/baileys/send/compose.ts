import { generateWAMessageFromContent, jidNormalizedUser, proto } from '@whiskeysockets/baileys'
import type { MessageContent } from '@holdfast/core/message/content'

/** Encodes a message with the content, in the form in which it is stored and sent. `userJid` is the JID of this device. */
export function composeMessage(options: {
  chat: string
  content: MessageContent
  messageId: string
  userJid: string
}): Uint8Array {
  const { chat, content, messageId, userJid } = options
  const { message } = generateWAMessageFromContent(chat, bodyOf(content), { userJid: jidNormalizedUser(userJid), messageId })
  if (!message) throw new Error('Baileys made no message.')
  return proto.Message.encode(message).finish()
}

function bodyOf(content: MessageContent): proto.IMessage {
  switch (content.type) {
    case 'text':
      return { extendedTextMessage: { text: content.text } }
  }
}
