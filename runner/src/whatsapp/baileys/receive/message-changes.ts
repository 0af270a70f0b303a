import { jidNormalizedUser, proto } from '@whiskeysockets/baileys'
import type { ChangeKind } from '@holdfast/core/message/message-change'
import type { MessageFacts } from '@holdfast/core/message/message-facts'
import type { MessageChange } from '../../received-message.ts'
import { answerIn, editIn, reactionIn, votesIn, type SecretReader } from './message-secrets.ts'
import { nameOf, type Address, type Reader } from './reader.ts'

const { Type } = proto.Message.ProtocolMessage
const { Type: PinType } = proto.Message.PinInChatMessage
const { KeepType } = proto

/** How long WhatsApp pins a message when its sender says nothing, seconds. */
const DEFAULT_PIN_SECONDS = 7 * 24 * 60 * 60

/** A change of another message. `edited` is the whole new message of an edit, which is still to be read. */
export interface ReadChange {
  readonly change: MessageChange
  readonly text: string | null
  readonly facts: MessageFacts
  readonly edited: proto.IMessage | null
}

/** A person, by both names. */
interface Person {
  readonly name: string
  readonly other: string | null
  readonly isMe: boolean
}

/** Who writes in which chat. */
export interface Writing {
  readonly where: Address
  readonly reader: Reader
  /** True when WhatsApp's server lets the stanza pass as a revocation by an administrator of the group. */
  readonly isByAdmin: boolean
}

/** Reads what a message changes in another one. Null for a message that stands for itself. */
export function readChange(content: proto.IMessage, writing: Writing): ReadChange | null {
  const { protocolMessage, reactionMessage, pollUpdateMessage, encEventResponseMessage, pinInChatMessage, keepInChatMessage } =
    content
  if (protocolMessage) return readProtocol(protocolMessage, writing)
  if (reactionMessage) {
    return changeOf('reaction', reactionMessage.key, writing, { text: reactionMessage.text ?? '' })
  }
  if (pinInChatMessage) {
    const isPinned = pinInChatMessage.type === PinType.PIN_FOR_ALL
    const seconds = content.messageContextInfo?.messageAddOnDurationInSecs || DEFAULT_PIN_SECONDS
    return changeOf('pin', pinInChatMessage.key, writing, { facts: { pinnedFor: isPinned ? seconds : null } })
  }
  if (keepInChatMessage) {
    return changeOf('keep', keepInChatMessage.key, writing, {
      facts: { kept: keepInChatMessage.keepType === KeepType.KEEP_FOR_ALL },
    })
  }
  const opened = readSealed(content, writing)
  if (opened) return opened
  if (pollUpdateMessage) {
    const key = pollUpdateMessage.pollCreationMessageKey
    const asked = secretReaderOf(key, writing)
    return changeOf('vote', key, writing, { facts: { vote: asked && votesIn(pollUpdateMessage, asked) } })
  }
  if (!encEventResponseMessage) return null
  const key = encEventResponseMessage.eventCreationMessageKey
  const asked = secretReaderOf(key, writing)
  return changeOf('response', key, writing, { facts: { response: asked && answerIn(encEventResponseMessage, asked) } })
}

/** Reads an edit or a reaction that is encrypted with the secret of its message. Null without that secret. */
function readSealed(
  { secretEncryptedMessage: edit, encReactionMessage: reaction }: proto.IMessage,
  writing: Writing,
): ReadChange | null {
  const key = (edit ?? reaction)?.targetMessageKey
  const reader = key ? secretReaderOf(key, writing) : null
  if (!reader) return null
  if (reaction) {
    const opened = reactionIn(reaction, reader)
    return opened && changeOf('reaction', key, writing, { text: opened.text ?? '' })
  }
  const edited = edit ? editIn(edit, reader) : null
  return edited && changeOf('edited', key && { ...key, fromMe: true }, writing, { edited })
}

function readProtocol({ type, key, editedMessage }: proto.Message.IProtocolMessage, writing: Writing): ReadChange | null {
  // Only its author edits a message, whatever the key says.
  if (type === Type.MESSAGE_EDIT && editedMessage) {
    return changeOf('edited', key && { ...key, fromMe: true }, writing, { edited: editedMessage })
  }
  if (type !== Type.REVOKE || !key) return null
  const revoked = changeOf('revoked', key, writing, {})
  if (!revoked || isWriter(revoked.change, writing)) return revoked
  // WhatsApp's server marks what an administrator may revoke. Anybody else has no say over the messages of others.
  return writing.isByAdmin ? { ...revoked, change: { ...revoked.change, byAdmin: true } } : null
}

const isWriter = ({ target }: MessageChange, { where }: Writing): boolean =>
  target.fromMe === where.fromMe && target.participant === where.participant

function changeOf(
  kind: ChangeKind,
  key: proto.IMessageKey | null | undefined,
  writing: Writing,
  { text = null, facts = {}, edited = null }: Partial<Pick<ReadChange, 'text' | 'facts' | 'edited'>>,
): ReadChange | null {
  if (!key?.id) return null
  if (key.remoteJid === STATUS && writing.where.chat !== STATUS)
    return changeOfStatus(kind, key, writing, { text, facts, edited })
  const { where } = writing
  const author = authorOf(key, writing)
  const isGroup = where.participant !== null
  const alias = where.alias || author.other !== null ? { alias: aliasOf(where, isGroup ? author : null) } : {}
  const target = {
    messageId: key.id,
    chat: where.chat,
    participant: isGroup ? author.name : null,
    fromMe: author.isMe,
    ...alias,
  }
  return { change: { kind, target, by: writerOf(writing).name }, text, facts, edited }
}

const STATUS = 'status@broadcast'

/** Reads what a message in the chat with somebody changes in a status: a reaction to it. */
function changeOfStatus(
  kind: ChangeKind,
  key: proto.IMessageKey,
  writing: Writing,
  read: Pick<ReadChange, 'text' | 'facts' | 'edited'>,
): ReadChange | null {
  if (!key.id || kind !== 'reaction') return null
  const named = key.participant ? personOf(key.participant, writing.reader) : null
  const author = key.fromMe === true ? writerOf(writing) : (named ?? ourselves(writing.reader))
  const alias = author.other === null ? {} : { alias: { chat: STATUS, participant: author.other } }
  const target = { messageId: key.id, chat: STATUS, participant: author.name, fromMe: author.isMe, ...alias }
  return { change: { kind, target, by: writerOf(writing).name }, ...read }
}

const aliasOf = ({ chat, alias }: Address, author: Person | null) => ({
  chat: alias?.chat ?? chat,
  participant: author ? (author.other ?? author.name) : null,
})

/** The author of the message that a key names. A key speaks from its writer's point of view. */
function authorOf(key: proto.IMessageKey, writing: Writing): Person {
  const { where, reader } = writing
  if (key.fromMe === true) return writerOf(writing)
  if (where.participant !== null) return key.participant ? personOf(key.participant, reader) : writerOf(writing)
  // Two people share the chat: it is the other one.
  return where.fromMe ? { name: where.chat, other: where.alias?.chat ?? null, isMe: false } : ourselves(reader)
}

function writerOf({ where, reader }: Writing): Person {
  if (where.fromMe) return ourselves(reader)
  const name = where.participant ?? where.chat
  const other = where.alias ? (where.alias.participant ?? where.alias.chat) : null
  return { name, other: other === name ? null : other, isMe: false }
}

/** The account that reads. */
export function ourselves({ me }: Pick<Reader, 'me'>): Person {
  return { name: jidNormalizedUser(me.id), other: me.lid ? jidNormalizedUser(me.lid) : null, isMe: true }
}

function personOf(jid: string, reader: Reader): Person {
  const { name, other } = nameOf(reader.names, jid)
  const mine = ourselves(reader)
  return name === mine.name || name === mine.other ? mine : { name, other, isMe: false }
}

/** Everything that opens what is encrypted with the secret of another message. Null when the secret is not known. */
function secretReaderOf(key: proto.IMessageKey | null | undefined, writing: Writing): SecretReader | null {
  if (!key?.id) return null
  const asked = changeOf('vote', key, writing, {})
  const kept = asked && writing.reader.secretOf(asked.change.target)
  if (!kept) return null
  const namesOf = ({ name, other }: Person): string[] => (other === null ? [name] : [name, other])
  return {
    messageId: key.id,
    secret: Buffer.from(kept.secret, 'base64'),
    options: kept.options ?? [],
    authors: namesOf(authorOf(key, writing)),
    writers: namesOf(writerOf(writing)),
  }
}
