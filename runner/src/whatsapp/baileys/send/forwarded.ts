import { getContentType, normalizeMessageContent, proto } from '@whiskeysockets/baileys'
import { HoldfastError } from '@holdfast/core/platform/errors'

/** Content that stands for itself in another chat. */
const FORWARDABLE = new Set<string>([
  'conversation',
  'extendedTextMessage',
  'imageMessage',
  'videoMessage',
  'ptvMessage',
  'audioMessage',
  'documentMessage',
  'stickerMessage',
  'locationMessage',
  'contactMessage',
  'contactsArrayMessage',
] satisfies (keyof proto.IMessage)[])

/**
 * Returns the content of a message as one that was forwarded. Media keep their place at WhatsApp, so their bytes are not sent again.
 *
 * @param context what else stands beside the content
 * @throws HoldfastError `cannot-compose`
 */
export function forwarded(source: Uint8Array | null, context: proto.IContextInfo = {}): proto.IMessage {
  if (!source) throw new HoldfastError('cannot-compose', 'The message to forward is not stored any more.')
  const message = normalizeMessageContent(proto.Message.decode(source))
  const kind = getContentType(message)
  if (!message || !kind || !FORWARDABLE.has(kind)) {
    throw new HoldfastError('cannot-compose', 'A message of this kind cannot be forwarded.')
  }
  if (kind === 'conversation') {
    return {
      extendedTextMessage: {
        text: message.conversation ?? '',
        contextInfo: { isForwarded: true, forwardingScore: 1, ...context },
      },
    }
  }
  const content = message[kind] as { contextInfo?: proto.IContextInfo | null }
  const forwardingScore = (content.contextInfo?.forwardingScore ?? 0) + 1
  return { [kind]: { ...content, contextInfo: { isForwarded: true, forwardingScore, ...context } } }
}
