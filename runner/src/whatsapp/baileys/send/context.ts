import { getContentType, isJidNewsletter, isJidStatusBroadcast, normalizeMessageContent, proto } from '@whiskeysockets/baileys'
import type { ComposeOptions } from './compose-options.ts'
import { authorOf } from './names-in-messages.ts'

/** What stands beside the content of a message: whom it mentions, what it answers, and when it disappears. Empty when there is none. */
export function contextOf(options: ComposeOptions): { contextInfo?: proto.IContextInfo } {
  const contextInfo = { ...mentions(options), ...quote(options), ...expiration(options) }
  return Object.keys(contextInfo).length > 0 ? { contextInfo } : {}
}

/**
 * When the message disappears. Phones warn of a message without it in a chat with a timer. An edited message keeps its own time, and the
 * status and channels have no timers.
 */
export function expiration({ content, chat, disappearsAfter }: ComposeOptions): proto.IContextInfo {
  const isTimed = content.type !== 'edit' && !isJidStatusBroadcast(chat) && !isJidNewsletter(chat)
  return disappearsAfter > 0 && isTimed ? { expiration: disappearsAfter } : {}
}

function mentions({ content, members }: ComposeOptions): proto.IContextInfo {
  const named = ('mentions' in content && content.mentions) || []
  const mentionedJid = [...new Set(named.flatMap((one) => (one === 'all' ? members : [one])))]
  return mentionedJid.length > 0 ? { mentionedJid } : {}
}

/** Without the message that it answers, a message goes out as no answer: a phone shows no quote of nothing. */
function quote({ content, quoted, chat, me }: ComposeOptions): proto.IContextInfo {
  const reference = 'replyTo' in content ? content.replyTo : undefined
  const quotedMessage = quoted && quotable(quoted)
  if (!reference || !quotedMessage) return {}
  return {
    stanzaId: reference.messageId,
    participant: authorOf(reference, me),
    quotedMessage,
    ...(reference.chat === chat ? {} : { remoteJid: reference.chat }),
  }
}

/** The content of a message alone, without what it itself answers or mentions. */
function quotable(encoded: Uint8Array): proto.IMessage | null {
  const message = normalizeMessageContent(proto.Message.decode(encoded))
  const kind = getContentType(message)
  const content = kind && message?.[kind]
  if (!kind || content === null || content === undefined) return null
  if (typeof content === 'object') delete (content as { contextInfo?: unknown }).contextInfo
  return { [kind]: content }
}
