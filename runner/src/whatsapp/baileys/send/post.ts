import { proto, type WASocket } from '@whiskeysockets/baileys'

/** The parts of a message that refer to a file, and WhatsApp's word for what that is. */
const MEDIA_TYPES = [
  ['imageMessage', 'image'],
  ['videoMessage', 'video'],
  ['ptvMessage', 'ptv'],
  ['audioMessage', 'ptt'],
  ['documentMessage', 'document'],
  ['documentWithCaptionMessage', 'document'],
  ['stickerMessage', 'sticker'],
] as const satisfies readonly (readonly [keyof proto.IMessage, string])[]

/** A message for a channel. */
interface Post {
  readonly chat: string
  readonly message: proto.Message
  readonly messageId: string
  readonly mediaHandle: string | null
}

/**
 * Posts to a channel, which the server itself reads: nothing is encrypted, and nobody but its members sees what the server sees of a message.
 * A file goes out in a stanza of our own. Baileys' one names neither its kind nor its handle, and the members then see no file.
 */
export async function post(socket: WASocket, { chat, message, messageId, mediaHandle }: Post): Promise<void> {
  const mediatype = MEDIA_TYPES.find(([part]) => message[part])?.[1]
  if (mediatype === undefined) return void (await socket.relayMessage(chat, message, { messageId }))
  const content = proto.Message.encode(message).finish()
  await socket.sendNode({
    tag: 'message',
    attrs: { to: chat, id: messageId, type: 'media', ...(mediaHandle === null ? {} : { media_id: mediaHandle }) },
    content: [{ tag: 'plaintext', attrs: { mediatype }, content }],
  })
}
