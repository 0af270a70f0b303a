import { jidDecode, jidNormalizedUser, type proto } from '@whiskeysockets/baileys'
import { nameOf, type Address, type Reader } from './reader.ts'
import { isOfPosts } from './received-stanza.ts'

/**
 * The address of a message that the phone has stored. Null for one that names no message, and for a post.
 *
 * @param author the author, where the key does not say it
 */
export function addressInHistory(
  key: proto.IMessageKey | null | undefined,
  author: string | null | undefined,
  reader: Reader,
): Address | null {
  const { remoteJid, id, fromMe } = key ?? {}
  if (!remoteJid || !id || isOfPosts(remoteJid)) return null
  const isGroup = remoteJid.endsWith('@g.us')
  const chat = nameOf(reader.names, remoteJid)
  const writer = isGroup ? participantOf(key?.participant ?? author, fromMe === true, reader) : null
  const hasAlias = chat.other !== null || (writer !== null && writer.other !== null)
  const participant = writer ? (writer.other ?? writer.name) : null
  return {
    messageId: id,
    chat: chat.name,
    participant: writer?.name ?? null,
    fromMe: fromMe === true,
    ...(hasAlias ? { alias: { chat: chat.other ?? chat.name, participant } } : {}),
  }
}

/** The author of a group message. The phone does not always name the author of our own messages. */
function participantOf(jid: string | null | undefined, fromMe: boolean, { me, names }: Reader) {
  const writer = jid ?? (fromMe ? me.id : undefined)
  return writer && jidDecode(writer) ? nameOf(names, jidNormalizedUser(writer)) : null
}
