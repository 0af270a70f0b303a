import {
  decodeMessageNode,
  getContentType,
  isJidBroadcast,
  isJidNewsletter,
  isJidStatusBroadcast,
  jidNormalizedUser,
  normalizeMessageContent,
  proto,
  unpadRandomMax16,
  type BinaryNode,
} from '@whiskeysockets/baileys'
import type { ReceivedMessage } from '../../port.ts'
import type { LidMap } from '../signal/lid-map.ts'

/** The account that reads a stanza, and the names that it knows. */
export interface Reader {
  readonly me: { readonly id: string; readonly lid?: string | undefined }
  readonly names: LidMap
  readonly now: () => number
}

/** The content of a decrypted stanza. */
export interface Reading {
  /** The message for a person. Null when the stanza only carries protocol (keys, receipts of edits, …). */
  readonly message: ReceivedMessage | null
  /** The protocol message of our own phone. Null for every other sender. */
  readonly fromPhone: proto.Message.IProtocolMessage | null
  /** True when the plaintext holds only the sender key that decrypts the rest of its stanza. */
  readonly isKeyOnly: boolean
}

/** Reads a decrypted plaintext. Null when it is no message: Baileys then finds the same and answers with an error. */
export function readStanza(stanza: BinaryNode, padded: Uint8Array, reader: Reader): Reading | null {
  let outer: proto.Message
  try {
    outer = proto.Message.decode(unpadRandomMax16(padded))
  } catch {
    return null
  }
  const where = addressOf(stanza, reader)
  const message = where && describe(stanza, outer, where, reader)
  const isKeyOnly = !message && outer.senderKeyDistributionMessage !== null && outer.senderKeyDistributionMessage !== undefined
  const isFromPhone = where?.fromMe === true && where.participant === null && stanza.attrs['recipient'] === undefined
  return { message, fromPhone: isFromPhone ? (outer.protocolMessage ?? null) : null, isKeyOnly }
}

/** True for status posts and newsletters. Their posts are no messages to us, so they are not stored. */
export const isOfNoInterest = (jid: string | undefined): boolean =>
  jid !== undefined && (isJidStatusBroadcast(jid) || isJidNewsletter(jid) === true)

/** The part of a message that a person sees. Null when there is none. */
export function contentOf(message: proto.IMessage): Pick<ReceivedMessage, 'type' | 'text' | 'proto'> | null {
  const content = normalizeMessageContent(message)
  const contentType = content && getContentType(content)
  if (!contentType || contentType === 'protocolMessage') return null
  return {
    type: typeWord(contentType),
    text: content.conversation ?? content.extendedTextMessage?.text ?? null,
    proto: proto.Message.encode(message).finish(),
  }
}

/** A valid plaintext with an empty text. It answers Baileys for a stanza whose message is already stored. */
export const emptyPlaintext = (): Buffer => Buffer.concat([proto.Message.encode({ conversation: '' }).finish(), Buffer.of(1)])

/** Describes a message that WhatsApp only announces to this device. A person can see it on the phone. */
export function describeUnavailable(stanza: BinaryNode, reader: Reader): ReceivedMessage | null {
  const where = addressOf(stanza, reader)
  if (!where) return null
  return { ...envelopeOf(stanza, where, reader), type: 'unavailable', text: null, proto: new Uint8Array() }
}

type Address = Pick<ReceivedMessage, 'messageId' | 'chat' | 'participant' | 'fromMe' | 'alias'>

/** The address of the message in a stanza. Null for a stanza that Baileys refuses, and for a post that is no message to us. */
export function addressOf(stanza: BinaryNode, { me, names }: Reader): Address | null {
  const { from, recipient_pn, sender_pn, peer_recipient_pn, participant_pn } = stanza.attrs
  if (from === undefined || isOfNoInterest(from)) return null
  let key
  try {
    ;({ key } = decodeMessageNode(stanza, me.id, me.lid ?? '').fullMessage)
  } catch {
    return null
  }
  const { remoteJid, id, fromMe, participant } = key
  if (!remoteJid || !id) return null
  // A message to a broadcast list belongs to the chat with its sender.
  const isListed = isJidBroadcast(remoteJid) === true && participant !== undefined && participant !== null
  const chatHint = remoteJid === from ? sender_pn : (recipient_pn ?? peer_recipient_pn)
  const chat = nameOf(names, isListed ? participant : remoteJid, isListed ? participant_pn : chatHint)
  const author = participant && !isListed ? nameOf(names, participant, participant_pn) : null
  return {
    messageId: id,
    chat: chat.name,
    participant: author?.name ?? null,
    fromMe: fromMe === true,
    ...(chat.other === null && !author?.other
      ? {}
      : { alias: { chat: chat.other ?? chat.name, participant: author ? (author.other ?? author.name) : null } }),
  }
}

/** Returns one name per contact: the phone number, if the hint or the known names have it. `other` is the second name. */
export function nameOf(names: LidMap, jid: string, phoneHint?: string): { name: string; other: string | null } {
  const plain = jidNormalizedUser(jid)
  const hinted = phoneHint?.endsWith('@s.whatsapp.net') ? phoneHint : null
  const phone = plain.endsWith('@lid') ? (hinted ?? names.phoneOf(plain)) : null
  if (phone !== null) return { name: jidNormalizedUser(phone), other: plain }
  return { name: plain, other: names.lidOf(plain) }
}

function describe(stanza: BinaryNode, outer: proto.Message, where: Address, reader: Reader): ReceivedMessage | null {
  if (stanza.attrs['category'] === 'peer') return null
  const sent = outer.deviceSentMessage
  const content = contentOf(sent?.message ?? outer)
  if (!content) return null
  const envelope = { ...envelopeOf(stanza, where, reader), ...content }
  if (!sent?.destinationJid || stanza.attrs['recipient'] !== undefined || where.participant !== null) return envelope
  return { ...envelope, chat: nameOf(reader.names, sent.destinationJid).name }
}

function envelopeOf(stanza: BinaryNode, where: Address, reader: Reader) {
  const { notify, t } = stanza.attrs
  const sentSeconds = Number(t)
  return { ...where, pushName: notify ?? null, sentAtMs: Number.isFinite(sentSeconds) ? sentSeconds * 1000 : reader.now() }
}

/** The word for a type of content. An `extendedTextMessage` is a text like any other. */
const typeWord = (contentType: string): string =>
  contentType === 'conversation' || contentType === 'extendedTextMessage' ? 'text' : contentType.replace(/Message$/, '')
