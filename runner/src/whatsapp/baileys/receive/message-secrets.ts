import { createHash, hkdfSync } from 'node:crypto'
import { aesDecryptGCM, decryptEventResponse, decryptPollVote, proto } from '@whiskeysockets/baileys'
import type { MessageFacts } from '@holdfast/core/message/message-facts'

/** What opens a vote or an answer. People have two names, and the key is made from the ones that the writer's client uses. */
export interface SecretReader {
  /** The id of the poll or the event. */
  readonly messageId: string
  readonly secret: Buffer
  /** The options of the poll. */
  readonly options: readonly string[]
  readonly authors: readonly string[]
  readonly writers: readonly string[]
}

/** The names of the chosen options. Null when the vote does not open, or chooses what the poll does not have. */
export function votesIn({ vote }: proto.Message.IPollUpdateMessage, reader: SecretReader): string[] | null {
  const { encPayload, encIv } = vote ?? {}
  if (!encPayload || !encIv) return null
  const opened = tryNames(reader, (author, writer) =>
    decryptPollVote(
      { encPayload, encIv },
      { pollCreatorJid: author, pollMsgId: reader.messageId, pollEncKey: reader.secret, voterJid: writer },
    ),
  )
  if (!opened) return null
  const byHash = new Map(reader.options.map((name) => [createHash('sha256').update(name).digest('hex'), name]))
  const chosen = opened.selectedOptions.flatMap((hash) => byHash.get(Buffer.from(hash).toString('hex')) ?? [])
  return chosen.length === opened.selectedOptions.length ? chosen : null
}

const { EventResponseType } = proto.Message.EventResponseMessage

/** The answer to an event. Null when it does not open. */
export function answerIn(
  { encPayload, encIv }: proto.Message.IEncEventResponseMessage,
  reader: SecretReader,
): NonNullable<MessageFacts['response']> | null {
  if (!encPayload || !encIv) return null
  const opened = tryNames(reader, (author, writer) =>
    decryptEventResponse(
      { encPayload, encIv },
      { eventCreatorJid: author, eventMsgId: reader.messageId, eventEncKey: reader.secret, responderJid: writer },
    ),
  )
  return opened && eventAnswerOf(opened)
}

export function eventAnswerOf({
  response,
  extraGuestCount,
}: proto.Message.IEventResponseMessage): NonNullable<MessageFacts['response']> {
  const answer = ANSWERS.find((word) => EventResponseType[word] === response) ?? 'UNKNOWN'
  return { answer, extraGuests: extraGuestCount ?? 0 }
}

const ANSWERS = ['GOING', 'NOT_GOING', 'MAYBE'] as const

interface Sealed {
  readonly encPayload?: Uint8Array | null
  readonly encIv?: Uint8Array | null
}

const { SecretEncType } = proto.Message.SecretEncryptedMessage

/** The reaction to a message of an announcement group. Null when it does not open. */
export const reactionIn = (sealed: Sealed, reader: SecretReader): proto.Message.IReactionMessage | null =>
  openSealed(sealed, reader, 'Enc Reaction', (bytes) => proto.Message.ReactionMessage.decode(bytes))

/** The new message of an edit, mostly of an event. Null when it does not open. */
export function editIn(sealed: proto.Message.ISecretEncryptedMessage, reader: SecretReader): proto.IMessage | null {
  const purpose = sealed.secretEncType === SecretEncType.EVENT_EDIT ? 'Event Edit' : 'Message Edit'
  const opened = openSealed(sealed, reader, purpose, (bytes) => proto.Message.decode(bytes))
  return opened?.protocolMessage?.editedMessage ?? opened
}

/** Opens what is encrypted with the secret of a message for one purpose, and with nothing beside it. */
function openSealed<T>(
  { encPayload, encIv }: Sealed,
  reader: SecretReader,
  purpose: string,
  decode: (bytes: Uint8Array) => T,
): T | null {
  if (!encPayload || !encIv) return null
  return tryNames(reader, (author, writer) => {
    const info = Buffer.from(`${reader.messageId}${author}${writer}${purpose}`)
    const key = Buffer.from(hkdfSync('sha256', reader.secret, Buffer.alloc(0), info, 32))
    return decode(aesDecryptGCM(encPayload, key, encIv, Buffer.alloc(0)))
  })
}

function tryNames<T>({ authors, writers }: SecretReader, open: (author: string, writer: string) => T): T | null {
  for (const author of authors) {
    for (const writer of writers) {
      try {
        return open(author, writer)
      } catch {
        // Another pair of names may fit.
      }
    }
  }
  return null
}
