import { isJidGroup, jidNormalizedUser, proto } from '@whiskeysockets/baileys'
import { HoldfastError } from '@holdfast/core/platform/errors'
import type { Composition } from '../../port.ts'
import type { ComposeOptions } from './compose-options.ts'
import { contextOf, expiration } from './context.ts'
import { forwarded } from './forwarded.ts'
import { keyOf, ownNameIn } from './names-in-messages.ts'
import { contactsBody, eventBody, listBody, pollBody, statusBody, textBody } from './bodies.ts'
import { mediaBody } from './media-body.ts'
import { voteBody } from './poll-vote.ts'

const { ProtocolMessage, PinInChatMessage } = proto.Message
const UNPINNED_SECONDS = 0

/** Whether the members of the group have to be known to compose it. */
export const mentionsAll = ({ content, chat }: Pick<Composition, 'content' | 'chat'>): boolean =>
  isJidGroup(chat) === true && 'mentions' in content && content.mentions?.includes('all') === true

/**
 * Encodes a message with the content, in the form in which it is stored and sent.
 *
 * @throws HoldfastError `cannot-compose`
 */
export function composeMessage(options: ComposeOptions): Uint8Array {
  return proto.Message.encode(bodyOf(options)).finish()
}

function bodyOf(options: ComposeOptions): proto.IMessage {
  const { content, me, chat, nowMs } = options
  const context = contextOf(options)
  switch (content.type) {
    case 'text':
      return textBody(content.text, options.preview, context)
    case 'location': {
      const { latitude, longitude, title, address } = content
      const place = { degreesLatitude: latitude, degreesLongitude: longitude, name: title, address: address ?? null }
      return { locationMessage: { ...place, ...context } }
    }
    case 'contacts':
      return contactsBody(content, context)
    case 'poll':
      return pollBody(content, context)
    case 'poll-vote':
      return voteBody(content, options)
    case 'list':
      return listBody(content, context)
    case 'event':
      return eventBody(content, context)
    case 'reaction':
      return { reactionMessage: { key: keyOf(content.target), text: content.text, senderTimestampMs: nowMs } }
    case 'edit': {
      const editedMessage = textBody(content.text, options.preview, context)
      const key = keyOf(content.target)
      return { protocolMessage: { type: ProtocolMessage.Type.MESSAGE_EDIT, key, editedMessage, timestampMs: nowMs } }
    }
    case 'delete':
      return { protocolMessage: { type: ProtocolMessage.Type.REVOKE, key: deletedKey(options, ownNameIn(chat, me)) } }
    case 'forward':
      return forwarded(options.source, expiration(options))
    case 'pin': {
      const { PIN_FOR_ALL, UNPIN_FOR_ALL } = PinInChatMessage.Type
      const type = content.durationSeconds === null ? UNPIN_FOR_ALL : PIN_FOR_ALL
      return {
        pinInChatMessage: { key: keyOf(content.target), type, senderTimestampMs: nowMs },
        messageContextInfo: { messageAddOnDurationInSecs: content.durationSeconds ?? UNPINNED_SECONDS },
      }
    }
    // The change is made by `star`: what is kept of it as a message is empty.
    case 'star':
      return {}
    case 'status-text':
      return statusBody(content)
    case 'image':
    case 'video':
    case 'voice':
    case 'document':
    case 'sticker':
      if (!options.upload) throw new HoldfastError('cannot-compose', 'The file of the message is not at WhatsApp.')
      return mediaBody(content, options.upload, context)
  }
}

/** The key of a message that is deleted. A status of one's own names its author, as every status does. */
function deletedKey({ content, chat }: ComposeOptions, own: string): proto.IMessageKey {
  if (content.type !== 'delete') return {}
  const key = keyOf(content.target)
  return chat === 'status@broadcast' && content.target.fromMe ? { ...key, participant: jidNormalizedUser(own) } : key
}
