import { chatIdOf } from '@holdfast/core/message/chat-id'
import type { MessageContent } from '@holdfast/core/message/content'
import type { JobStatus } from '@holdfast/core/message/job-document'
import { mediaUrlOf } from '@holdfast/core/message/media-document'
import { serializedId } from '@holdfast/core/message/message-id'
import { ackNameOf, ackOfJob } from '@holdfast/core/message/waha-message'
import { mediaIdOf } from './new-message.ts'

/** The answer of every request that sends something, in the form that WAHA's clients read. */

/** A message that is stored and will be sent. */
export interface Accepted {
  readonly jobId: string
  /** The id of the message at WhatsApp. */
  readonly messageId: string
  readonly status: JobStatus
  /** A JID. */
  readonly chat: string
  readonly acceptedAt: Date
  /** True if an earlier request made the job. */
  readonly isEarlier?: boolean
}

/** Where the files of a session are to be had. */
export interface FilePlace {
  /** Without a slash at its end. */
  readonly publicUrl: string
  /** The name of the session. */
  readonly session: string
}

/** Words of one of WAHA's engines for the acks, which some clients compare. */
export const ACK_STATUSES = ['ERROR', 'PENDING', 'SERVER_ACK', 'DELIVERY_ACK', 'READ', 'PLAYED'] as const

/** Tells the status of a message in WAHA's numbers and words. */
export function ackFieldsOf(jobStatus: JobStatus) {
  const ack = ackOfJob(jobStatus)
  return { ack, ackName: ackNameOf(ack), status: ACK_STATUSES[ack + 1] ?? 'ERROR' }
}

/** What a request for many messages tells of each. */
export function shortAnswer({ jobId, messageId, status, chat }: Accepted) {
  return { id: idOfSent({ chat, messageId }), jobId, messageId, ...ackFieldsOf(status) }
}

/** The text that names the message everywhere: in answers, lists and webhooks. */
export const idOfSent = ({ chat, messageId }: Pick<Accepted, 'chat' | 'messageId'>): string =>
  serializedId({ fromMe: true, chat, messageId, participant: null })

/**
 * Makes the answer. WAHA's engines answer differently, and each client reads the fields of one of them: this body has all of them.
 * The chat is in `from` too, because half of the clients look for it there.
 *
 * @param place null for a content without a file
 */
export function sendAnswer(accepted: Accepted, content: MessageContent, place: FilePlace | null) {
  const { jobId, messageId, chat, acceptedAt } = accepted
  const { ack, ackName, status } = ackFieldsOf(accepted.status)
  const chatId = chatIdOf(chat)
  const id = idOfSent(accepted)
  const key = { remoteJid: chat, fromMe: true, id: messageId } as const
  const seconds = Math.floor(acceptedAt.getTime() / 1000)
  return {
    id,
    jobId,
    messageId,
    timestamp: seconds,
    from: chatId,
    to: chatId,
    fromMe: true,
    body: bodyOf(content),
    hasMedia: 'media' in content,
    media: mediaOf(accepted, content, place),
    ack,
    ackName,
    replyTo: replyToOf(content),
    key,
    messageTimestamp: String(seconds),
    status,
    _data: { key, id: { fromMe: true, remote: chatId, id: messageId, _serialized: id } },
  } as const
}

/** The text of a message, or the caption of a medium. */
function bodyOf(content: MessageContent): string {
  return 'text' in content ? content.text : (('caption' in content ? content.caption : null) ?? '')
}

/** The medium as the caller gave it. */
function mediaOf(accepted: Accepted, content: MessageContent, place: FilePlace | null) {
  if (!('media' in content)) return null
  const { mimetype, filename } = content.media
  const url = place && mediaUrlOf(place.publicUrl, place.session, mediaIdOf(accepted), mimetype)
  return { url, mimetype, filename }
}

function replyToOf(content: MessageContent) {
  const { replyTo } = 'replyTo' in content ? content : {}
  if (!replyTo) return null
  return { id: replyTo.messageId, participant: replyTo.participant === null ? null : chatIdOf(replyTo.participant) }
}
