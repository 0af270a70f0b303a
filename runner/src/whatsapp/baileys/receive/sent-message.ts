import { jidNormalizedUser, proto } from '@whiskeysockets/baileys'
import type { ReceivedMessage } from '../../received-message.ts'
import { readMessage } from './message-reader.ts'
import { nameOf, type Reader } from './reader.ts'

/**
 * Describes a message of our own as the phone's copy of it would be: by the same names, so that answers and reactions find it. Null for
 * one that a person does not see.
 */
export function describeSent(
  { chat, message, messageId }: { chat: string; message: Uint8Array; messageId: string },
  reader: Reader,
): ReceivedMessage | null {
  const { name, other } = nameOf(reader.names, chat)
  const participant = chat.endsWith('@g.us') || chat === 'status@broadcast' ? jidNormalizedUser(reader.me.id) : null
  const alias = other === null ? {} : { alias: { chat: other, participant } }
  const where = { messageId, chat: name, participant, fromMe: true, ...alias }
  // What WhatsApp lets us revoke of others, we revoke as an administrator.
  const content = readMessage(proto.Message.decode(message), { where, reader, isByAdmin: true })
  return content && { ...where, pushName: null, sentAtMs: reader.now(), ...content }
}
