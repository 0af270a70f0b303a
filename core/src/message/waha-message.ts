import { chatIdOf } from './chat-id.ts'
import type { JobStatus } from './job-document.ts'
import type { MessageFacts } from './message-facts.ts'
import { serializedId } from './message-id.ts'

/**
 * The message object of the API and of webhooks, in WAHA's words. It is made from an opened message by pure functions, so that
 * lists, events and answers show the same message in the same way.
 */

/** A message in clear. JIDs, as stored. */
export interface OpenMessage {
  readonly messageId: string
  readonly chat: string
  readonly participant: string | null
  readonly fromMe: boolean
  readonly pushName: string | null
  readonly type: string
  readonly text: string | null
  readonly sentAtMs: number
  readonly facts?: MessageFacts | undefined
  /** Of a message of one's own: what is known of its way. Otherwise absent. */
  readonly ack?: Ack | undefined
  /** True for a message that was sent through the API, false for one of the phone. */
  readonly isFromApi?: boolean | undefined
  /** The last edit. Its text and facts replace those of the message. */
  readonly edited?: { readonly atMs: number; readonly text: string | null; readonly facts?: MessageFacts | undefined } | undefined
  readonly revoked?: { readonly atMs: number; readonly by: string } | undefined
  readonly reactions?: readonly OpenReaction[] | undefined
  readonly votes?: readonly OpenVote[] | undefined
  readonly responses?: readonly OpenResponse[] | undefined
  readonly pinnedUntilMs?: number | undefined
  /** True when somebody keeps it in the chat, although it would have disappeared. */
  readonly isKept?: boolean | undefined
}

export interface OpenReaction {
  readonly by: string
  readonly text: string
  readonly atMs: number
}

export interface OpenVote {
  readonly by: string
  readonly options: readonly string[]
  readonly atMs: number
}

/** An answer to an event. */
export interface OpenResponse {
  readonly by: string
  readonly answer: string
  readonly extraGuests: number
  readonly atMs: number
}

/** Where the bytes of a medium are to be had, or why not. Both null: they are there, and nobody fetches them. */
export interface MediaPlace {
  readonly url: string | null
  readonly error: string | null
}

export interface Viewer {
  /** The JID of the session's own account; null while no phone has been linked. */
  readonly me: string | null
  /** Null: the bytes were not asked for. */
  readonly media: MediaPlace | null
}

export const ACKS = { ERROR: -1, PENDING: 0, SERVER: 1, DEVICE: 2, READ: 3, PLAYED: 4 } as const

export type AckName = keyof typeof ACKS
export type Ack = (typeof ACKS)[AckName]

export const ackNameOf = (ack: Ack): AckName => ACK_NAMES[ack + 1] ?? 'ERROR'

const ACK_NAMES: readonly AckName[] = ['ERROR', 'PENDING', 'SERVER', 'DEVICE', 'READ', 'PLAYED']

const ACK_OF_JOB: Readonly<Record<JobStatus, Ack>> = {
  pending: ACKS.PENDING,
  processing: ACKS.PENDING,
  sent: ACKS.SERVER,
  delivered: ACKS.DEVICE,
  read: ACKS.READ,
  failed: ACKS.ERROR,
  canceled: ACKS.ERROR,
}

export const ackOfJob = (status: JobStatus): Ack => ACK_OF_JOB[status]

/** The words of WhatsApp Web, which clients read in `_data.type`. The words of our own documents are the keys. */
const WEB_TYPES: Readonly<Record<string, string>> = {
  text: 'chat',
  contact: 'vcard',
  contacts: 'multi_vcard',
  contactsArray: 'multi_vcard',
  liveLocation: 'location',
  poll: 'poll_creation',
  event: 'event_creation',
  choice: 'list_response',
  unavailable: 'ciphertext',
  unsupported: 'unknown',
}

const webTypeOf = ({ type, revoked }: OpenMessage, facts: MessageFacts): string => {
  if (revoked) return 'revoked'
  return type === 'audio' && facts.media?.form === 'voice' ? 'ptt' : (WEB_TYPES[type] ?? type)
}

const seconds = (ms: number): number => Math.floor(ms / 1000)

/** Returns WAHA's message object. It names a person by the number wherever the stored message does. */
export function wahaMessageOf(message: OpenMessage, viewer: Viewer) {
  const { fromMe, revoked, edited } = message
  const facts = revoked ? {} : (edited?.facts ?? message.facts ?? {})
  const chat = chatIdOf(message.chat)
  const participant = message.participant === null ? null : chatIdOf(message.participant)
  const me = viewer.me === null ? null : chatIdOf(viewer.me)
  const ack = message.ack ?? (fromMe ? ACKS.SERVER : ACKS.DEVICE)
  const media = mediaOf(facts, viewer.media)
  const id = serializedId(message)
  return {
    id,
    timestamp: seconds(message.sentAtMs),
    from: chat,
    fromMe,
    source: message.isFromApi === true ? ('api' as const) : ('app' as const),
    // From me: half of the clients take the chat from `to`, half from `from`.
    to: fromMe ? chat : me,
    participant,
    body: revoked ? '' : ((edited ?? message).text ?? ''),
    hasMedia: facts.media !== undefined,
    media,
    ...(media?.url ? { mediaUrl: media.url } : {}),
    ack,
    ackName: ackNameOf(ack),
    replyTo: replyToOf(facts),
    location: locationOf(facts),
    vCards: facts.vCards ?? [],
    ...extrasOf(message, facts),
    _data: {
      key: {
        remoteJid: message.chat,
        fromMe,
        id: message.messageId,
        ...(message.participant === null ? {} : { participant: message.participant }),
      },
      id: { fromMe, remote: chat, id: message.messageId, ...(participant === null ? {} : { participant }), _serialized: id },
      pushName: message.pushName,
      notifyName: message.pushName,
      type: webTypeOf(message, facts),
      messageTimestamp: seconds(message.sentAtMs),
    },
  }
}

export type WahaMessage = ReturnType<typeof wahaMessageOf>

function mediaOf({ media }: MessageFacts, place: MediaPlace | null) {
  if (!media || !place) return null
  return { url: place.url, mimetype: media.mimetype, filename: media.filename, error: place.error }
}

function replyToOf({ replyTo }: MessageFacts) {
  if (!replyTo) return null
  const { messageId, participant, text, hasMedia } = replyTo
  return {
    id: messageId,
    participant: participant === null ? null : chatIdOf(participant),
    body: text ?? '',
    hasMedia,
    media: null,
  }
}

/** Clients read the two numbers as strings. */
function locationOf({ location }: MessageFacts) {
  if (!location) return null
  const { latitude, longitude, name, address, url, live } = location
  return { latitude: String(latitude), longitude: String(longitude), name, address, url, live }
}

/** What WAHA's object has no field for. Each is absent when the message has none. */
function extrasOf(message: OpenMessage, facts: MessageFacts) {
  const { edited, revoked, reactions, votes, responses, pinnedUntilMs, isKept } = message
  const { mentions, poll, list, choice, event, album, albumId, isViewOnce, isForwarded, disappearsAfter, unsupported } = facts
  return {
    ...(mentions ? { mentionedIds: mentions.map(chatIdOf) } : {}),
    ...(poll ? { poll: { ...poll, votes: (votes ?? []).map(voteOf) } } : {}),
    ...(list ? { list } : {}),
    ...(choice ? { choice } : {}),
    ...(event ? { event: { ...event, responses: (responses ?? []).map(responseOf) } } : {}),
    ...(album ? { album } : {}),
    ...(albumId === undefined ? {} : { albumId: serializedId({ ...message, messageId: albumId }) }),
    ...(isViewOnce ? { isViewOnce } : {}),
    ...(isForwarded ? { isForwarded } : {}),
    ...(disappearsAfter === undefined ? {} : { disappearsAfter }),
    ...(isKept ? { isKept } : {}),
    ...(unsupported === undefined ? {} : { unsupported }),
    ...(reactions && reactions.length > 0 ? { reactions: reactions.map(reactionOf) } : {}),
    ...(pinnedUntilMs === undefined ? {} : { pinnedUntil: seconds(pinnedUntilMs) }),
    ...(edited ? { editedAt: seconds(edited.atMs) } : {}),
    ...(revoked ? { revokedAt: seconds(revoked.atMs), revokedBy: chatIdOf(revoked.by) } : {}),
  }
}

const reactionOf = ({ by, text, atMs }: OpenReaction) => ({ from: chatIdOf(by), text, timestamp: seconds(atMs) })

const voteOf = ({ by, options, atMs }: OpenVote) => ({ from: chatIdOf(by), options, timestamp: seconds(atMs) })

const responseOf = ({ by, answer, extraGuests, atMs }: OpenResponse) => ({
  from: chatIdOf(by),
  response: answer,
  extraGuests,
  timestamp: seconds(atMs),
})
