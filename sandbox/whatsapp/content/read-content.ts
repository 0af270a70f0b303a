// Reads the content of a message as strictly as a real client: what that could not show or would drop is a fault.
import { proto } from '@whiskeysockets/baileys'
import { openVote } from './votes.ts'

/** What a person sees of a message. */
export type SeenContent = { kind: string; text: string; [field: string]: unknown }

/** Why a real client would not show a message. */
export class ContentFault extends Error {}

/** The messages that a person has: its own, and those that it has received. */
export type KnownMessages = {
  /** The message with this id in this chat, as its reader has it. */
  find(id: string): { message: proto.IMessage; isFromSender: boolean } | undefined
  /** The names of the sender, and of whoever created a message. */
  names: { sender: readonly string[]; creatorOf(id: string): readonly string[] }
}

const fault = (why: string): never => {
  throw new ContentFault(why)
}

const need = <Value>(value: Value | null | undefined, what: string): Value => value ?? fault(`has no ${what}`)

const needText = (value: string | null | undefined, what: string): string =>
  value === undefined || value === null || value === '' ? fault(`has no ${what}`) : value

/** Parts beside the content of a message. */
const BESIDE = new Set(['messageContextInfo', 'senderKeyDistributionMessage'])

const SECRET_BYTES = 32

const needSecret = (message: proto.IMessage): void => {
  const { messageSecret } = message.messageContextInfo ?? {}
  if (messageSecret?.length !== SECRET_BYTES) fault('has no secret of 32 bytes')
}

/** What it answers, whom it mentions, whether it was forwarded, when it disappears. */
const contextIn = (context: proto.IContextInfo | null | undefined): Record<string, unknown> => {
  if (!context) return {}
  const { stanzaId, participant, quotedMessage, mentionedJid, isForwarded, forwardingScore, expiration } = context
  const quoted = stanzaId
    ? { id: stanzaId, participant: needText(participant, 'author of its quote'), text: quotedText(quotedMessage) }
    : undefined
  for (const jid of mentionedJid ?? []) if (!/^\d+@(s\.whatsapp\.net|lid)$/.test(jid)) fault('mentions somebody who has no name')
  if (isForwarded && !forwardingScore) fault('was forwarded, but never')
  return {
    ...(quoted ? { quoted } : {}),
    ...(mentionedJid?.length ? { mentions: mentionedJid } : {}),
    ...(isForwarded ? { forwarded: forwardingScore } : {}),
    ...(expiration ? { expiration } : {}),
  }
}

const quotedText = (quoted: proto.IMessage | null | undefined): string => {
  const [kind] = Object.keys(need(quoted, 'content in its quote'))
  return quoted?.conversation ?? quoted?.extendedTextMessage?.text ?? `[${needText(kind, 'content in its quote')}]`
}

const textIn = ({ text, contextInfo, ...more }: proto.Message.IExtendedTextMessage): SeenContent => {
  const { matchedText, title, description, jpegThumbnail, backgroundArgb, font } = more
  if (matchedText && !text?.includes(matchedText)) fault('has the preview of a link that its text lacks')
  return {
    kind: 'text',
    text: needText(text, 'text'),
    ...contextIn(contextInfo),
    ...(matchedText ? { preview: { url: matchedText, title, description, picture: jpegThumbnail?.length ?? 0 } } : {}),
    ...(backgroundArgb ? { background: backgroundArgb.toString(16), font } : {}),
  }
}

const inRange = (value: number | null | undefined, limit: number, what: string): number => {
  const degrees = need(value, what)
  return Number.isFinite(degrees) && Math.abs(degrees) <= limit ? degrees : fault(`has a ${what} that is none`)
}

const cardIn = ({ displayName, vcard }: proto.Message.IContactMessage) => {
  if (!/^BEGIN:VCARD\r?\n[\s\S]*\r?\nEND:VCARD\s*$/.test(vcard ?? '')) fault('has a card that is no vCard')
  return { name: needText(displayName, 'name on its card'), vcard }
}

const pollIn = (message: proto.IMessage, poll: proto.Message.IPollCreationMessage): SeenContent => {
  needSecret(message)
  const options = (poll.options ?? []).map(({ optionName }) => needText(optionName, 'name of an option'))
  if (options.length < 2 || new Set(options).size < options.length) fault('is a poll with too few options, or the same one twice')
  const limit = poll.selectableOptionsCount ?? 0
  if (limit > options.length) fault('is a poll that takes more answers than it has')
  if (message.pollCreationMessageV3 && limit !== 1) fault('is a poll for one answer that takes several')
  return {
    kind: 'poll',
    text: needText(poll.name, 'question'),
    options,
    multipleAnswers: limit !== 1,
    ...contextIn(poll.contextInfo),
  }
}

const listIn = (list: proto.Message.IListMessage): SeenContent => {
  if (list.listType !== proto.Message.ListMessage.ListType.SINGLE_SELECT) fault('is a list of no known type')
  const rows = (list.sections ?? []).flatMap(({ rows: some }) => some ?? [])
  const ids = rows.map(({ rowId, title }) => [needText(rowId, 'id of a row'), needText(title, 'title of a row')][0])
  if (rows.length === 0 || new Set(ids).size < rows.length) fault('is a list without rows, or with one twice')
  return {
    kind: 'list',
    text: needText(list.title, 'title'),
    button: needText(list.buttonText, 'button'),
    rows: ids,
    ...contextIn(list.contextInfo),
  }
}

const eventIn = (message: proto.IMessage, event: proto.Message.IEventMessage): SeenContent => {
  needSecret(message)
  const startTime = Number(need(event.startTime, 'start'))
  if (startTime <= 0) fault('begins at no time')
  return {
    kind: 'event',
    text: needText(event.name, 'name'),
    startTime,
    place: event.location?.name ?? null,
    ...contextIn(event.contextInfo),
  }
}

const targetIn = (key: proto.IMessageKey | null | undefined, known: KnownMessages) => {
  const id = needText(key?.id, 'id of the message that it is about')
  const target = known.find(id) ?? fault(`is about ${id}, which nobody sent`)
  if (Boolean(key?.fromMe) !== target.isFromSender) fault(`says wrongly who sent ${id}`)
  return { id, ...target }
}

const protocolIn = ({ type, key, editedMessage }: proto.Message.IProtocolMessage, known: KnownMessages): SeenContent => {
  const { MESSAGE_EDIT, REVOKE } = proto.Message.ProtocolMessage.Type
  const target = targetIn(key, known)
  if (type === REVOKE) return { kind: 'delete', text: '', target: target.id }
  if (type !== MESSAGE_EDIT) return fault('is of no known kind')
  if (!target.isFromSender) fault(`edits ${target.id}, which somebody else wrote`)
  const { text, ...more } = readContent(need(editedMessage, 'new content'), known)
  return { ...more, kind: 'edit', text, target: target.id }
}

const PIN_SECONDS = [86_400, 604_800, 2_592_000]

const pinIn = (message: proto.IMessage, { key, type }: proto.Message.IPinInChatMessage, known: KnownMessages): SeenContent => {
  const { PIN_FOR_ALL, UNPIN_FOR_ALL } = proto.Message.PinInChatMessage.Type
  const seconds = message.messageContextInfo?.messageAddOnDurationInSecs ?? 0
  const target = targetIn(key, known).id
  if (type === UNPIN_FOR_ALL) return { kind: 'unpin', text: '', target }
  if (type !== PIN_FOR_ALL || !PIN_SECONDS.includes(seconds)) fault('pins for no time')
  return { kind: 'pin', text: '', target, seconds }
}

const voteIn = ({ pollCreationMessageKey: key, vote }: proto.Message.IPollUpdateMessage, known: KnownMessages): SeenContent => {
  const { id, message } = targetIn(key, known)
  const poll = message.pollCreationMessage ?? message.pollCreationMessageV3 ?? fault(`votes in ${id}, which is no poll`)
  const options = (poll.options ?? []).map(({ optionName }) => optionName ?? '')
  const secret = message.messageContextInfo?.messageSecret ?? fault('votes in a poll without a secret')
  const chosen = openVote(vote ?? {}, { id, secret, options, creators: known.names.creatorOf(id), voters: known.names.sender })
  return { kind: 'poll-vote', text: (chosen ?? fault('has a vote that cannot be opened')).join(', '), target: id }
}

/** Returns what a person sees of a message; throws ContentFault for what no client would show. */
export const readContent = (message: proto.IMessage, known: KnownMessages): SeenContent => {
  const kinds = Object.keys(message).filter((kind) => !BESIDE.has(kind))
  if (kinds.length > 1) fault(`has several contents: ${kinds.join(', ')}`)
  if (message.extendedTextMessage) return textIn(message.extendedTextMessage)
  if (message.conversation) return { kind: 'text', text: message.conversation }
  if (message.locationMessage) {
    const { degreesLatitude, degreesLongitude, name, contextInfo } = message.locationMessage
    const place = { latitude: inRange(degreesLatitude, 90, 'latitude'), longitude: inRange(degreesLongitude, 180, 'longitude') }
    return { kind: 'location', text: name ?? '', ...place, ...contextIn(contextInfo) }
  }
  const cards = message.contactMessage ? [message.contactMessage] : message.contactsArrayMessage?.contacts
  if (cards)
    return {
      kind: 'contacts',
      text: cards
        .map(cardIn)
        .map(({ name }) => name)
        .join(', '),
      cards: cards.map(cardIn),
    }
  const poll = message.pollCreationMessage ?? message.pollCreationMessageV3
  if (poll) return pollIn(message, poll)
  if (message.pollUpdateMessage) return voteIn(message.pollUpdateMessage, known)
  if (message.listMessage) return listIn(message.listMessage)
  if (message.eventMessage) return eventIn(message, message.eventMessage)
  if (message.reactionMessage) {
    return { kind: 'reaction', text: message.reactionMessage.text ?? '', target: targetIn(message.reactionMessage.key, known).id }
  }
  if (message.protocolMessage) return protocolIn(message.protocolMessage, known)
  if (message.pinInChatMessage) return pinIn(message, message.pinInChatMessage, known)
  // Media, and what the simulator does not know yet.
  return { kind: kinds[0] ?? '', text: `[${kinds[0] ?? ''}]` }
}
