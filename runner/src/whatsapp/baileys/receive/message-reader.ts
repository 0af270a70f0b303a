import { getContentType, jidNormalizedUser, normalizeMessageContent, proto } from '@whiskeysockets/baileys'
import type { MessageFacts } from '@holdfast/core/message/message-facts'
import type { ReceivedMessage } from '../../received-message.ts'
import { readChange, type Writing } from './message-changes.ts'
import { pollIn, readContent } from './message-kinds.ts'
import { nameOf, type Reader } from './reader.ts'
import { hasContent } from './unknown-parts.ts'

/** The part of a message that a person sees. */
export type Content = Pick<ReceivedMessage, 'type' | 'text' | 'proto' | 'facts' | 'changes' | 'secret'>

const { Type } = proto.Message.ProtocolMessage
const { AssociationType } = proto.MessageAssociation

/** Wrappings that Baileys does not take off. */
const WRAPPINGS = [
  'lottieStickerMessage',
  'groupMentionedMessage',
  'botInvokeMessage',
  'botForwardedMessage',
  'eventCoverImage',
  'pollCreationMessageV4',
  'pollCreationOptionImageMessage',
  'questionMessage',
  'questionReplyMessage',
  'statusMentionMessage',
] as const

/** The deepest nesting of wrappings that is taken off. A stranger may nest without end. */
const MOST_WRAPPINGS = 5

/** Takes off what is wrapped around a message: that it disappears, is viewed once, or edits another one. */
export function unwrapped(message: proto.IMessage): { content: proto.IMessage; isViewOnce: boolean } {
  const isViewOnce = isWrappedAsViewOnce(message)
  let content = normalizeMessageContent(message) ?? {}
  for (let left = MOST_WRAPPINGS; left > 0; left--) {
    const wrapping = WRAPPINGS.find((name) => content[name]?.message)
    const inner = wrapping && content[wrapping]?.message
    if (!inner) break
    content = normalizeMessageContent(inner) ?? {}
  }
  const { imageMessage, videoMessage, ptvMessage, audioMessage } = content
  return {
    content,
    isViewOnce: isViewOnce || [imageMessage, videoMessage, ptvMessage, audioMessage].some((part) => part?.viewOnce === true),
  }
}

const isWrappedAsViewOnce = (message: proto.IMessage): boolean => {
  const inner = message.ephemeralMessage?.message ?? message
  return Boolean(inner.viewOnceMessage ?? inner.viewOnceMessageV2 ?? inner.viewOnceMessageV2Extension)
}

/**
 * Reads a message. Null when it carries protocol only. A kind that is not known is kept as `unsupported`, with its bytes.
 *
 * @param bytes the message as it came; given where unknown parts may be in it, which the decoded message lacks
 */
export function readMessage(message: proto.IMessage, writing: Writing, bytes?: Uint8Array): Content | null {
  const { content, isViewOnce } = unwrapped(message)
  const encode = (): Uint8Array => proto.Message.encode(message).finish()
  const changed = readChange(content, writing)
  if (changed) {
    const { change, edited } = changed
    const again = edited ? readPlain(edited, writing.reader) : null
    const { text, facts } = again ?? changed
    return { type: change.kind, text, facts, proto: edited ? proto.Message.encode(edited).finish() : encode(), changes: change }
  }
  if (content.protocolMessage) return readProtocol(content.protocolMessage, encode)
  const read = readPlain(content, writing.reader)
  if (read) {
    const { type, text, facts } = read
    const secret = secretIn(message, content)
    const albumId = albumOf(message.messageContextInfo ?? content.messageContextInfo)
    const marked = {
      ...facts,
      ...(isViewOnce ? { isViewOnce: true as const } : {}),
      ...(albumId === null ? {} : { albumId }),
    }
    return { type, text, facts: marked, proto: encode(), ...(secret ? { secret } : {}) }
  }
  const kind = getContentType(content) ?? (bytes && hasContent(bytes) ? 'unknown' : null)
  if (kind === null) return null
  return { type: 'unsupported', text: null, facts: { unsupported: kind }, proto: kind === 'unknown' && bytes ? bytes : encode() }
}

function readPlain(content: proto.IMessage, reader: Reader) {
  const read = readContent(content)
  return read && { ...read, facts: { ...read.facts, ...contextFacts(read.context, reader) } }
}

/** Protocol messages that only our own phone sends to us, and that are no business of a person. */
const BETWEEN_DEVICES: ReadonlySet<number> = new Set([
  Type.HISTORY_SYNC_NOTIFICATION,
  Type.APP_STATE_SYNC_KEY_SHARE,
  Type.APP_STATE_SYNC_KEY_REQUEST,
  Type.INITIAL_SECURITY_NOTIFICATION_SETTING_SYNC,
  Type.APP_STATE_FATAL_EXCEPTION_NOTIFICATION,
  Type.MSG_FANOUT_BACKFILL_REQUEST,
  Type.EPHEMERAL_SYNC_RESPONSE,
  Type.PEER_DATA_OPERATION_REQUEST_MESSAGE,
  Type.PEER_DATA_OPERATION_REQUEST_RESPONSE_MESSAGE,
  Type.LID_MIGRATION_MAPPING_SYNC,
])

function readProtocol({ type, ephemeralExpiration }: proto.Message.IProtocolMessage, encode: () => Uint8Array): Content | null {
  // A revocation or an edit that is none: without a message that it names, or by somebody who may not.
  if (type === null || type === undefined || type === Type.REVOKE || type === Type.MESSAGE_EDIT) return null
  if (BETWEEN_DEVICES.has(type)) return null
  if (type === Type.EPHEMERAL_SETTING) {
    return { type: 'disappearing', text: null, facts: { disappearsAfter: ephemeralExpiration ?? 0 }, proto: encode() }
  }
  return { type: 'unsupported', text: null, facts: { unsupported: `protocolMessage.${Type[type] ?? type}` }, proto: encode() }
}

/** The id of the album that a picture belongs to. */
function albumOf(context: proto.IMessageContextInfo | null | undefined): string | null {
  const { associationType, parentMessageKey } = context?.messageAssociation ?? {}
  return (associationType === AssociationType.MEDIA_ALBUM && parentMessageKey?.id) || null
}

/** What the context of a message says: what it answers, whom it mentions, when it disappears. */
function contextFacts(context: proto.IContextInfo | null, reader: Reader): MessageFacts {
  if (!context) return {}
  const { stanzaId, participant, quotedMessage, mentionedJid, isForwarded, expiration } = context
  const plainName = (jid: string): string => nameOf(reader.names, jidNormalizedUser(jid)).name
  return {
    ...(stanzaId && quotedMessage
      ? { replyTo: quoteOf(stanzaId, participant ? plainName(participant) : null, quotedMessage) }
      : {}),
    ...(mentionedJid && mentionedJid.length > 0 ? { mentions: mentionedJid.map(plainName) } : {}),
    ...(isForwarded === true ? { isForwarded: true } : {}),
    ...(expiration ? { disappearsAfter: expiration } : {}),
  }
}

function quoteOf(messageId: string, participant: string | null, quoted: proto.IMessage): NonNullable<MessageFacts['replyTo']> {
  const read = readContent(unwrapped(quoted).content)
  return {
    messageId,
    participant,
    text: read?.text ?? null,
    type: read?.type ?? 'unsupported',
    hasMedia: read?.facts.media !== undefined,
  }
}

/** The secret of a poll or an event, with which people encrypt their answers. */
function secretIn(message: proto.IMessage, content: proto.IMessage): ReceivedMessage['secret'] {
  const poll = pollIn(content)
  if (!poll && !content.eventMessage) return undefined
  const secret = message.messageContextInfo?.messageSecret ?? content.messageContextInfo?.messageSecret ?? poll?.encKey
  if (!secret || secret.length === 0) return undefined
  return { bytes: secret, ...(poll ? { options: (poll.options ?? []).map(({ optionName }) => optionName ?? '') } : {}) }
}
